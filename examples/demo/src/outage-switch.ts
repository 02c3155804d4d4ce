/**
 * Stands between the photo API and Hydra, so that an outage can be played on a server that is not ours to stop:
 * while the switch is off, every connection is dropped, as by a server that has just died.
 */
import { request as requestHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { listen } from './listening.ts'

/** One switch in front of one address. */
export interface OutageSwitch {
  /** Where the API reaches Hydra. */
  url: string
  /** Hydra answers (true, at first) or not. */
  up: boolean
  close(): Promise<void>
}

/** Forwards everything to `target`, until `up` is set to false. */
export async function startOutageSwitch(target: string): Promise<OutageSwitch> {
  const state = { up: true }
  const listening = await listen(
    (request, response) => {
      if (state.up) forward(target, request, response)
      else request.socket.destroy()
    },
    0,
    '',
  )
  return Object.assign(state, { url: listening.url, close: () => listening.close() })
}

function forward(target: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(target)
  const send = url.protocol === 'https:' ? requestHttps : requestHttp
  const path = url.pathname.replace(/\/$/, '') + (request.url ?? '/')
  const upstream = send(
    url,
    { path, method: request.method, headers: { ...request.headers, host: url.host }, agent: false },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  upstream.on('error', () => request.socket.destroy())
  request.pipe(upstream)
}
