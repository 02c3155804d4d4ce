/** Requests without a network: Node's own request and response objects, handed to an Express app. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

const socket = new Socket()

/** A token as the bytes of its header field. Strings are made anew for each request, as Node's parser makes them. */
export function credentials(token) {
  return Buffer.from(`Bearer ${token}`, 'latin1')
}

/** Asks for `/photos` and resolves to the status. */
export function ask(app, header) {
  return new Promise((resolve) => {
    const request = new IncomingMessage(socket)
    request.method = 'GET'
    request.url = '/photos'
    request.httpVersionMajor = 1
    request.httpVersionMinor = 1
    const lines = ['host', 'api.example.com', 'accept', 'application/json', 'authorization', header.latin1Slice()]
    request._addHeaderLines(lines, lines.length) // as Node's HTTP parser does; `headers` is made from it on first use
    const response = new ServerResponse(request)
    response.end = () => resolve(response.statusCode)
    app(request, response)
  })
}

/** As {@link ask}, but anything except 200 is an error: a contender that refuses quickly has not won. */
export async function askGood(app, header) {
  const status = await ask(app, header)
  if (status !== 200) throw new Error(`a good token was answered with ${status}`)
}
