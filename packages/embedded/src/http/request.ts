import type { IncomingMessage } from 'node:http'
import { invalidRequest } from '../errors.ts'
import { firstDocument, isDecodeError } from './go-json.ts'
import { parseCookies } from './cookies.ts'

/** Which of the two listeners a request came to. */
export type Port = 'public' | 'admin'

/** One received request, with its body read. */
export interface HydraRequest {
  readonly port: Port
  readonly method: string
  /** The path as it is routed: cleaned, on the admin port with its `/admin` prefix. */
  readonly path: string
  /** The query as sent, without `?`. */
  readonly rawQuery: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly cookies: ReadonlyMap<string, string>
  readonly params: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Bodies above this are cut off. Hydra reads forms up to 10 MiB and JSON without a limit; tests need less. */
export const maxBodyBytes: number = 16 * 1024 * 1024

/** Reads a body to its end. */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= maxBodyBytes) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Node's headers as one value per name. */
export function singleHeaders(message: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  )
}

/** The cookies of a request's headers. */
export function cookiesOf(headers: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  return parseCookies(headers['cookie'])
}

/**
 * The fields of a form body, urlencoded or multipart. A body of any other type has none, as in Hydra.
 *
 * @throws HydraError `invalid_request` for a form that can't be parsed
 */
export async function bodyForm(request: HydraRequest): Promise<URLSearchParams> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') return urlencoded(request.body.toString())
  if (type !== 'multipart/form-data') return new URLSearchParams()
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(new Uint8Array(request.body), { headers }).formData().catch(() => {
    throw invalidRequest('The form can not be parsed.')
  })
  const fields = new URLSearchParams()
  for (const [name, value] of form) if (typeof value === 'string') fields.append(name, value)
  return fields
}

const brokenEscape = /%(?![0-9a-f]{2})/i

function urlencoded(text: string): URLSearchParams {
  if (brokenEscape.test(text) || text.includes(';')) throw invalidRequest('The form can not be parsed.')
  return new URLSearchParams(text)
}

/** The fields of the body, then those of the query: Go's merged form, in which the body wins. */
export async function mergedForm(request: HydraRequest): Promise<URLSearchParams> {
  const form = request.method === 'GET' ? new URLSearchParams() : await bodyForm(request)
  for (const [name, value] of request.query) form.append(name, value)
  return form
}

/** The first JSON document of the body. @throws DecodeError */
export function jsonBody(request: HydraRequest): unknown {
  return firstDocument(request.body.toString())
}

/** Decodes the body with `decode`, and turns a failure into the error that the endpoint answers with. */
export function decodeBody<T>(
  request: HydraRequest,
  decode: (document: unknown) => T,
  refuse: (reason: string) => Error,
): T {
  try {
    return decode(jsonBody(request))
  } catch (error) {
    if (isDecodeError(error)) throw refuse(error.reason)
    throw error
  }
}

/** The parameters of a query. Pairs that can't be decoded, or contain a semicolon, are left out, as Go does. */
export function queryParameters(query: string): URLSearchParams {
  const pairs = query.split('&').filter((pair) => !pair.includes(';') && !brokenEscape.test(pair))
  return new URLSearchParams(pairs.join('&'))
}

/** The bearer token of a request (RFC 6750 section 2): header, then form or query field `access_token`. */
export async function bearerToken(request: HydraRequest): Promise<string> {
  const [scheme, token] = splitOnce(request.headers['authorization'] ?? '')
  if (token !== undefined && scheme.toLowerCase() === 'bearer') return token
  return (await mergedForm(request)).get('access_token') ?? ''
}

function splitOnce(value: string): [string, string?] {
  const at = value.indexOf(' ')
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)]
}
