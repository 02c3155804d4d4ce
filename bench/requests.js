/** Requests without a network: Node's own request and response objects, handed to an Express app. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

const socket = new Socket()

/** A token as the bytes of its header field. Strings are made anew for each request, as Node's parser makes them. */
export function credentials(token) {
  return Buffer.from(`Bearer ${token}`, 'latin1')
}

/**
 * A request for `/photos` and its response, as Node's server hands them to a handler: it has looked for `Host` and
 * `Expect` by then, so `headers` is made already.
 */
export function prepare(header) {
  const request = new IncomingMessage(socket)
  request.method = 'GET'
  request.url = '/photos'
  request.httpVersionMajor = 1
  request.httpVersionMinor = 1
  const lines = ['host', 'api.example.com', 'accept', 'application/json', 'authorization', header.latin1Slice()]
  request._addHeaderLines(lines, lines.length) // as Node's HTTP parser does; `headers` is made from it on first use
  if (request.headers.host === undefined) throw new Error('the request has no host')
  return { request, response: new ServerResponse(request) }
}

/** Hands a prepared request to an app and resolves to the status. */
export function hand(app, { request, response }) {
  return new Promise((resolve) => {
    response.end = () => resolve(response.statusCode)
    app(request, response)
  })
}

/** As {@link hand}, but anything except 200 is an error: a contender that refuses quickly has not won. */
export async function handGood(app, prepared) {
  const status = await hand(app, prepared)
  if (status !== 200) throw new Error(`a good token was answered with ${status}`)
}

/** The part of a contender that hands these tokens to an app, in turn and one after the other. */
export function oneByOne(app, headers) {
  let next = 0
  return {
    prepare: () => prepare(headers[next++ % headers.length]),
    async run(_count, requests) {
      for (const request of requests) await handGood(app, request)
    },
  }
}

/** Prepares a request and hands it over. */
export function ask(app, header) {
  return hand(app, prepare(header))
}

/** As {@link ask}, but anything except 200 is an error. */
export function askGood(app, header) {
  return handGood(app, prepare(header))
}
