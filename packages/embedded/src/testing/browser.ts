import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** What one request of a browser may say. */
export interface BrowserRequest {
  /** Default `GET`, or `POST` with a form. */
  readonly method?: string | undefined
  /** Beside the cookies, which the browser sends itself. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sent urlencoded. Default: none. */
  readonly form?: Readonly<Record<string, string>> | undefined
  /**
   * Follows redirects: `true` until there are none, or as long as the function says yes to the next address.
   * Default: not at all.
   */
  readonly follow?: boolean | ((url: URL) => boolean) | undefined
}

/** What a browser got. */
export interface BrowserResponse {
  /** Address of the last request. */
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Where a redirect leads that was not followed. */
  readonly location: URL | undefined
}

/** A browser without a screen: real HTTP, and a cookie jar. */
export interface Browser {
  /** Opens an address. */
  open(url: string | URL, request?: BrowserRequest): Promise<BrowserResponse>
  /** Names of the cookies that would be sent to an address. */
  cookieNames(url: string | URL): string[]
  /** Forgets all cookies. */
  clearCookies(): void
  /** Another browser with the same cookies: a second tab that then goes its own way. */
  clone(): Browser
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly host: string
  readonly path: string
  /** Milliseconds since 1970; `undefined` until the browser is closed. */
  readonly expiresAt: number | undefined
}

const maxRedirects = 20

/** Makes a browser with an empty cookie jar. Cookies are kept per host, for all its ports, as real browsers do. */
export function browser(): Browser {
  return browserWith(new Map())
}

function browserWith(jar: Map<string, Cookie>): Browser {
  const cookiesFor = (url: URL): Cookie[] =>
    [...jar.values()].filter(
      ({ host, path, expiresAt }) =>
        host === url.hostname && url.pathname.startsWith(path) && (expiresAt === undefined || expiresAt > Date.now()),
    )
  return {
    async open(address, request = {}) {
      let url = new URL(address)
      let step = request
      for (let count = 0; ; count += 1) {
        const response = await send(url, step, cookiesFor(url))
        for (const line of response.headers.getSetCookie()) store(jar, url, line)
        const { location } = response
        if (location === undefined || !follows(request.follow, location)) return response
        if (count === maxRedirects)
          throw new Error(`browser: more than ${maxRedirects} redirects, last at ${url.origin}${url.pathname}`)
        url = location
        // Every browser turns a redirected POST into a GET, but for 307 and 308.
        if (response.status !== 307 && response.status !== 308)
          step = request.headers === undefined ? {} : { headers: request.headers }
      }
    },
    cookieNames: (url) => cookiesFor(new URL(url)).map(({ name }) => name),
    clearCookies: () => jar.clear(),
    clone: () => browserWith(new Map(jar)),
  }
}

function follows(follow: BrowserRequest['follow'], location: URL): boolean {
  return typeof follow === 'function' ? follow(location) : follow === true
}

function store(jar: Map<string, Cookie>, url: URL, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const at = pair.indexOf('=')
  const attribute = (name: string): string | undefined =>
    attributes.find((part) => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
  const maxAge = attribute('max-age')
  const expires = attribute('expires')
  const expiresAt =
    maxAge !== undefined ? Date.now() + Number(maxAge) * 1000 : expires === undefined ? undefined : Date.parse(expires)
  const cookie: Cookie = {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    host: url.hostname,
    path: attribute('path') ?? '/',
    expiresAt,
  }
  const key = `${cookie.host}${cookie.path}|${cookie.name}`
  if (expiresAt !== undefined && expiresAt <= Date.now()) jar.delete(key)
  else jar.set(key, cookie)
}

async function send(url: URL, request: BrowserRequest, cookies: readonly Cookie[]): Promise<BrowserResponse> {
  const body = request.form === undefined ? undefined : new URLSearchParams(request.form).toString()
  const headers: Record<string, string> = { accept: 'text/html,*/*;q=0.8', ...request.headers }
  if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded'
  if (cookies.length > 0) headers['cookie'] = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const message = await exchange(url, request.method ?? (body === undefined ? 'GET' : 'POST'), headers, body)
  const answered = new Headers()
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    answered.append(message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? '')
  }
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const location = answered.get('location')
  const status = message.statusCode ?? 0
  return {
    url,
    status,
    headers: answered,
    body: Buffer.concat(chunks).toString(),
    location: status >= 300 && status < 400 && location !== null ? new URL(location, url) : undefined,
  }
}

function exchange(
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = send(url, { method, headers, maxHeaderSize: 64 * 1024 }, resolve)
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
