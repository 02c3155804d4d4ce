/** The outside program: plain HTTP over node:http, redirects never followed, cookies only in a browser's own jar. */
import { Agent, request } from 'node:http'

/** What goes over the wire. */
export interface RawRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back; header names are in lower case, each with all its values. */
export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

/** Closes the kept connections, so that a process that used them can end. */
export function closeConnections(): void {
  agent.destroy()
}

/**
 * Sends one request and reads the whole answer.
 *
 * @throws when the server does not answer within 30 seconds or drops the connection
 */
export function send({ method, url, headers = {}, body }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const outgoing = request(url, { method, agent, headers: { ...headers, ...length } }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        resolve({
          status: incoming.statusCode ?? 0,
          headers: collectHeaders(incoming.rawHeaders),
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error(`no answer from ${method} ${url} within 30 s`)))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function collectHeaders(raw: readonly string[]): Record<string, readonly string[]> {
  const headers: Record<string, string[]> = {}
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase()
    headers[name] = [...(headers[name] ?? []), raw[i + 1] ?? '']
  }
  return headers
}
