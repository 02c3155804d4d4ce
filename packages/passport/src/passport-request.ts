/** Requests as Passport hands them on: Express's, or through @nestjs/passport those of its Fastify adapter. */
import { headersOf, type RequestFacts } from '@hydra-kit/resource-server'
import type { ServerResponse } from 'node:http'

/** What is read of a request. Express's `Request` and Fastify's `FastifyRequest` both fit. */
export interface PassportRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Express and Fastify keep the whole path here; `url` is shorter below a router. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body?: unknown
  readonly rawHeaders?: readonly string[] | undefined
  /** Fastify: the request of Node. */
  readonly raw?: { readonly rawHeaders?: readonly string[] | undefined } | undefined
  /** Express: the response to this request. */
  readonly res?: ServerResponse | undefined
}

/** The facts that a resource server judges. */
export function factsOf(request: PassportRequest, tenant: string | undefined): RequestFacts {
  const facts = {
    method: request.method ?? 'GET',
    url: request.originalUrl ?? request.url ?? '/',
    headers: headersOf({ headers: request.headers, rawHeaders: request.rawHeaders ?? request.raw?.rawHeaders ?? [] }),
    form: request.body,
  }
  return tenant === undefined ? facts : { ...facts, tenant }
}
