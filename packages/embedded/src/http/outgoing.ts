import { type IncomingMessage, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

/** Calls that this server makes: hooks and back-channel logout. They look like those of Go's client. */

/** A POST. */
export interface OutgoingPost {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const retryWaitsMs: readonly number[] = [1000, 2000]
const timeoutMs = 30_000
const maxRedirects = 10
const maxAnswerBytes = 5 * 1024 * 1024

/**
 * Posts, and tries again where that may help: no connection, 429, and 5xx but for 501. Three tries, waiting 1 and 2
 * seconds, or as long as `Retry-After` says. Redirects are followed with all headers, to another host too.
 *
 * @param ending gives up when it is aborted
 * @throws the last failure to connect
 */
export async function postWithRetries(url: string, post: OutgoingPost, ending: AbortSignal): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const waitMs = retryWaitsMs[attempt]
    try {
      const response = await follow(url, post, ending)
      if (waitMs === undefined || !mayHelp(response.status)) return response
      await pause(retryAfterMs(response) ?? waitMs, ending)
    } catch (error) {
      if (waitMs === undefined || ending.aborted) throw error
      await pause(waitMs, ending)
    }
  }
}

async function follow(url: string, post: OutgoingPost, ending: AbortSignal): Promise<Response> {
  let target = url
  let body: string | undefined = post.body
  for (let count = 0; count <= maxRedirects; count += 1) {
    const response = await send(target, { ...post, body }, ending)
    const location = response.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response
    target = new URL(location, target).href
    // Only 307 and 308 repeat the method (RFC 9110 section 15.4).
    if (response.status < 307) body = undefined
  }
  throw new Error('too many redirects')
}

/** Sends a POST with a body, a GET without. */
function send(
  url: string,
  { headers, body }: { readonly headers: OutgoingPost['headers']; readonly body: string | undefined },
  ending: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = url.startsWith('https:') ? httpsRequest : httpRequest
    const outgoing = request(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'user-agent': 'Go-http-client/1.1', ...withLength(headers, body), 'accept-encoding': 'gzip' },
      signal: AbortSignal.any([ending, AbortSignal.timeout(timeoutMs)]),
    })
    outgoing.once('error', reject)
    outgoing.once('response', (message) => {
      read(message).then(resolve, reject)
    })
    outgoing.end(body)
  })
}

function withLength(headers: OutgoingPost['headers'], body: string | undefined): Record<string, string> {
  return body === undefined ? { ...headers } : { ...headers, 'content-length': String(Buffer.byteLength(body)) }
}

async function read(message: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxAnswerBytes) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  const raw = Buffer.concat(chunks)
  const body =
    message.headers['content-encoding'] === 'gzip' ? gunzipSync(raw, { maxOutputLength: maxAnswerBytes }) : raw
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) if (typeof value === 'string') headers.set(name, value)
  const status = message.statusCode ?? 0
  // The platform's Response refuses a body for these, even an empty one.
  const bodiless = [204, 205, 304].includes(status)
  return new Response(bodiless ? null : new Uint8Array(body), { status, headers })
}

function mayHelp(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

function retryAfterMs(response: Response): number | undefined {
  const header = response.headers.get('retry-after') ?? ''
  return (response.status === 429 || response.status === 503) && /^\d+$/.test(header)
    ? Number(header) * 1000
    : undefined
}

function pause(ms: number, ending: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal: ending })
}
