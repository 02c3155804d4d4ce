/** A real HTTP server on a free port that does what a test tells it, and remembers what it was asked. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SeenRequest {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingMessage['headers']
  body: string
}

export type Handler = (request: SeenRequest, response: ServerResponse, socket: Socket) => void | Promise<void>

export interface StubServer {
  url: string
  port: number
  seen: SeenRequest[]
  /** Replaces what the server does. */
  handle(handler: Handler): void
  close(): Promise<void>
}

export async function startStub(
  handler: Handler = (_request, response) => json(response, 200, {}),
): Promise<StubServer> {
  let current = handler
  const seen: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((message, response) => {
    const chunks: Buffer[] = []
    message.on('error', () => undefined)
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const request = { method: message.method ?? '', url: message.url ?? '', headers: message.headers, body }
      seen.push(request)
      void current(request, response, message.socket)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    handle: (next) => {
      current = next
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

/** An error body as Hydra's own handlers send it. */
export function refuse(response: ServerResponse, status: number, error: string, description = ''): void {
  json(response, status, { error, error_description: description })
}
