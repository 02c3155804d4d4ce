/**
 * HTTP facts in, HTTP answer out: the only shapes that adapters translate to and from.
 */

/** Facts about a request, as any framework can give them. */
export interface HttpInput {
  /** `GET`, `POST`, … */
  readonly method: string
  /**
   * Path and query as received, `/login?login_challenge=…`. Both with and without the path of `publicUrl` in front:
   * routers strip the mount path, proxies sometimes do.
   */
  readonly url: string
  /** Header names in lower case, as Node gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The browser's address, for the limiter. Only as trustworthy as the framework's proxy setting. Default: none. */
  readonly ip?: string | undefined
  /**
   * The request body: bytes, the object a body parser made of it, or the stream itself (a Node request).
   * A stream is read here, within `limits.maxBodyBytes` and `limits.bodyTimeoutMs`.
   */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array | string> | object | undefined
  /** Handed through to the deciding functions: the framework's own request and response. */
  readonly native?: unknown
}

/** The facts that deciding functions see: without the body, whose fields they get as `form`. */
export type HttpFacts = Omit<HttpInput, 'body' | 'native'>

/** An answer, ready to be written. `Set-Cookie` may appear more than once. */
export interface HttpOutput {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** One header as text; a repeated one joined with a comma (RFC 9110 section 5.3). */
export function headerOf(input: Pick<HttpInput, 'headers'>, name: string): string | undefined {
  const value = input.headers[name]
  if (value === undefined || typeof value === 'string') return value
  return value.join(', ')
}

/** Path and query of a request target; the base is only there to parse with and never looked at. */
export function targetOf(url: string): URL | undefined {
  // A target that starts with two slashes would be read as a host.
  const path = url.startsWith('/') ? url.replace(/^\/+/, '/') : `/${url.replace(/^[a-z]+:\/\/[^/?#]*\/?/i, '')}`
  return URL.parse?.(path, 'http://target.invalid') ?? parseSafely(path)
}

function parseSafely(path: string): URL | undefined {
  try {
    return new URL(path, 'http://target.invalid')
  } catch {
    return undefined
  }
}

/** Whether the caller wants JSON rather than a page. */
export function wantsJson(input: Pick<HttpInput, 'headers'>): boolean {
  const accept = headerOf(input, 'accept') ?? ''
  return /(^|,)\s*application\/json\s*($|[,;])/i.test(accept) && !/text\/html/i.test(accept)
}
