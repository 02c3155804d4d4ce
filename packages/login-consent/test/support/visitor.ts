/** A browser for these tests: real HTTP, a cookie jar that can be read and tampered with, and forms. */
import { request as httpRequest, type IncomingMessage } from 'node:http'

/** What came back. */
export interface Got {
  readonly url: URL
  readonly status: number
  readonly headers: Headers
  readonly body: string
  readonly location: string | undefined
}

/** How a request is sent. */
export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Form fields; a list, because a name may repeat. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** See the module. */
export class Visitor {
  /** Cookies by host name and name. */
  readonly jar: Map<string, string> = new Map()

  /** One request, redirects not followed. */
  async send(address: string | URL, sent: Sent = {}): Promise<Got> {
    const url = new URL(address)
    const cookies = [...this.jar].filter(([key]) => key.startsWith(`${url.hostname} `))
    const headers: Record<string, string> = { accept: 'text/html', ...sent.headers }
    if (cookies.length > 0 && headers['cookie'] === undefined) {
      headers['cookie'] = cookies.map(([key, value]) => `${key.split(' ')[1]}=${value}`).join('; ')
    }
    const message = await exchange(url, { ...sent, headers })
    const answered = new Headers()
    for (let at = 0; at < message.rawHeaders.length; at += 2) {
      answered.append(message.rawHeaders[at] ?? '', message.rawHeaders[at + 1] ?? '')
    }
    for (const line of answered.getSetCookie()) this.keep(url.hostname, line)
    const chunks: Buffer[] = []
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
    return {
      url,
      status: message.statusCode ?? 0,
      headers: answered,
      body: Buffer.concat(chunks).toString('utf8'),
      location: answered.get('location') ?? undefined,
    }
  }

  /** Opens an address and follows redirects, up to the first that `stop` names. */
  async open(address: string | URL, stop: (url: URL) => boolean = () => false, sent: Sent = {}): Promise<Got> {
    let got = await this.send(address, sent)
    for (let count = 0; got.location !== undefined && count < 20; count++) {
      const next = new URL(got.location, got.url)
      if (stop(next)) return { ...got, location: next.href }
      got = await this.send(next, sent.headers === undefined ? {} : { headers: sent.headers })
    }
    return got
  }

  /** Posts fields to the address of a page, with its form token unless `form_token` is among them. */
  async submit(page: Got, fields: Fields, headers: Record<string, string> = {}): Promise<Got> {
    const token: Fields = fields.some(([name]) => name === 'form_token') ? [] : [['form_token', tokenOf(page)]]
    return this.send(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: page.url.origin, ...headers },
      body: new URLSearchParams(
        [...token, ...fields].map(([name, value]): [string, string] => [name, value]),
      ).toString(),
    })
  }

  /** A second tab: the same cookies. */
  clone(): Visitor {
    const other = new Visitor()
    for (const [key, value] of this.jar) other.jar.set(key, value)
    return other
  }

  private keep(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const at = pair.indexOf('=')
    const key = `${host} ${pair.slice(0, at)}`
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute))) this.jar.delete(key)
    else this.jar.set(key, pair.slice(at + 1))
  }
}

/** The form token of a page. */
export function tokenOf({ body }: Pick<Got, 'body'>): string {
  return /name="form_token" value="([^"]*)"/.exec(body)?.[1] ?? ''
}

/** The texts of a page, tags taken away. */
export function textOf({ body }: Pick<Got, 'body'>): string {
  return body
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim()
}

function exchange(url: URL, sent: Sent & { headers: Record<string, string> }): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method: sent.method ?? 'GET', headers: sent.headers, agent: false, maxHeaderSize: 65_536 },
      resolve,
    )
    outgoing.once('error', reject)
    outgoing.end(sent.body)
  })
}
