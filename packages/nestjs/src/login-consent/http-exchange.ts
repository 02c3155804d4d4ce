/** Requests of both adapters as a provider takes them, and its answers written through them. */
import type { HttpInput, HttpOutput } from '@hydra-kit/login-consent'
import type { HttpServer } from '@nestjs/common'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What deciding functions get as `native`. */
export interface NestNative {
  /** The request of Express or Fastify. */
  readonly request: object
  /** The response of Express, or the reply of Fastify. */
  readonly response: object
}

/** What both adapters' requests have; `raw` is Fastify's. */
interface AdapterRequest extends IncomingMessage {
  readonly raw?: IncomingMessage
  readonly ip?: string
  body?: unknown
}

/** What both adapters' responses have; `raw` is Fastify's. */
interface AdapterResponse {
  readonly raw?: ServerResponse
  getHeader(name: string): number | string | readonly string[] | undefined
  removeHeader(name: string): unknown
  /** Sets it, in both. */
  header(name: string, value: string | readonly string[]): unknown
  send(body: string): unknown
}

/** A request without its body. */
export function factsOf(request: object): HttpInput {
  const { method = 'GET', url = '/', headers, ip } = request as AdapterRequest
  return { method, url, headers, ip }
}

/** A request with its body: what a parser made of it, or the stream if none has read it. */
export function inputOf(native: NestNative): HttpInput {
  const request = native.request as AdapterRequest
  const stream = request.raw ?? request
  const body = stream.readableDidRead ? request.body : stream
  return { ...factsOf(request), body: body as HttpInput['body'], native }
}

/** Puts another body in place of the one that was sent: what `@Body()` then gives, and pipes look at. */
export function replaceBody(request: object, body: unknown): void {
  ;(request as AdapterRequest).body = body
}

/** Writes an answer, unless something else has answered already. Headers that others have set stay, but for CORS. */
export function sendOutput(adapter: HttpServer, response: object, output: HttpOutput): void {
  if (adapter.isHeadersSent(response)) return
  writeHead(adapter, response, output)
  // Express's `send` would add an ETag, and turn pages that must not be stored into 304.
  if (adapter.getType() === 'fastify') (response as AdapterResponse).send(output.body)
  else adapter.end(response, output.body)
}

/** Writes status and headers only. */
export function writeHead(adapter: HttpServer, response: object, { status, headers }: HttpOutput): void {
  const native = response as AdapterResponse
  // `app.enableCors()` may let other origins read answers. Ours hold form tokens, and are for their own origin.
  for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials']) {
    native.removeHeader(name)
    native.raw?.removeHeader(name)
  }
  adapter.status(response, status)
  const own = headers.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value)
  const others = [native.getHeader('Set-Cookie') ?? []].flat().map(String)
  if (own.length > 0) {
    // Fastify would add to the values that are there, and forget those that a middleware left at the raw response.
    native.removeHeader('Set-Cookie')
    native.header('Set-Cookie', [...others, ...own])
  }
  for (const [name, value] of headers) if (name !== 'Set-Cookie') native.header(name, value)
}

/** The request and response behind `native`. @throws TypeError if the provider is not served by this package */
export function nestOf(native: unknown): NestNative {
  const { request, response } = (typeof native === 'object' && native !== null ? native : {}) as Partial<NestNative>
  if (request === undefined || response === undefined) {
    throw new TypeError('nestOf: this is not the `native` that LoginConsentModule hands on')
  }
  return { request, response }
}
