/** HTTP requests, on the Express and the Fastify adapter. */
import { factsOfRequest, headersOf, type HttpAnswer, type RequestFacts } from '@hydra-kit/resource-server'
import { HttpException } from '@nestjs/common'
import type { IncomingMessage } from 'node:http'
import type { ContextAdapter } from './context-adapter.ts'

/** What both adapters' requests have; `raw` is Fastify's. */
interface HttpRequest extends IncomingMessage {
  readonly raw?: IncomingMessage
  readonly originalUrl: string
  readonly body?: unknown
}

/** What both adapters' responses have. */
export interface HttpResponse {
  readonly headersSent?: boolean
  header(name: string, value: string): unknown
}

export const httpContext: ContextAdapter = {
  type: 'http',
  factsOf(context): RequestFacts {
    const request = context.getArgByIndex<HttpRequest>(0)
    // In this order: what a request of Express doesn't have is looked for along eight prototypes.
    const headers = headersOf(request.rawHeaders === undefined ? (request.raw ?? request) : request)
    return factsOfRequest(request, headers)
  },
  carrierOf: (context) => context.getArgByIndex<object>(0),
  refusal(error, answer, context) {
    // Nest's exception layer writes a status and a body, and leaves fields alone that the response has already.
    setHeaders(context.getArgByIndex(1), answer.headers)
    return httpException(error, answer)
  },
  accepted: (headers, context) => setHeaders(context.getArgByIndex(1), headers),
}

/** An exception that Nest's own layer answers rightly, but for the header fields. */
export function httpException(error: unknown, { status, body }: HttpAnswer): HttpException {
  return new HttpException(body, status, { cause: error })
}

/** Sets header fields on a response of either adapter. */
export function setHeaders(response: HttpResponse, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) response.header(name, headers[name] as string)
}
