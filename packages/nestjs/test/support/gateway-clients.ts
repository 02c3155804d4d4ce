/** Real clients of WebSocket gateways: socket.io-client, and ws. */
import type { RefusalFacts } from '@hydra-kit/nestjs'
import { IoAdapter } from '@nestjs/platform-socket.io'
import { WsAdapter } from '@nestjs/platform-ws'
import type { INestApplication, WebSocketAdapter } from '@nestjs/common'
import { io, type ManagerOptions, type SocketOptions } from 'socket.io-client'
import { WebSocket } from 'ws'

export const socketKinds = ['socket.io', 'ws'] as const
export type SocketKind = (typeof socketKinds)[number]

/** What a message brought back. */
export type Reply = { readonly answer: unknown } | { readonly refused: RefusalFacts }

/** How a connection ended. */
export interface Closed {
  readonly code?: number
  /** What the server said last. */
  readonly refused: RefusalFacts | undefined
  readonly exceptions: readonly RefusalFacts[]
}

/** A connected client. */
export interface GatewayClient extends Disposable {
  /** Sends a message and waits for the answer or the exception. */
  ask(message: string, data?: unknown): Promise<Reply>
  /** How the server ended the connection. */
  readonly closed: Promise<Closed>
  /** What the server sends by itself. */
  next(event: string): Promise<unknown>
}

/** The server said no. */
export class ConnectionRefused extends Error {
  readonly refused: RefusalFacts
  readonly closeCode: number | undefined

  constructor(refused: RefusalFacts, closeCode?: number) {
    super(refused.message)
    this.refused = refused
    this.closeCode = closeCode
  }
}

/** Has an application speak to this kind of client. */
export function useSockets(app: INestApplication, kind: SocketKind): void {
  app.useWebSocketAdapter((kind === 'ws' ? new WsAdapter(app) : new IoAdapter(app)) as unknown as WebSocketAdapter)
}

/** Connects with a token, or without; rejects with {@link ConnectionRefused}. */
export function connect(kind: SocketKind, url: string, token?: string): Promise<GatewayClient> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return kind === 'ws' ? connectPlain(url, { headers }) : connectSocketIo(url, { extraHeaders: headers })
}

/** Connects with socket.io-client. */
export async function connectSocketIo(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<GatewayClient> {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, ...options })
  const exceptions: RefusalFacts[] = []
  socket.on('exception', (facts: RefusalFacts) => exceptions.push(facts))
  const closed = new Promise<Closed>((resolve) => {
    socket.on('disconnect', () => resolve({ refused: exceptions.at(-1), exceptions }))
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', (error: Error & { data?: RefusalFacts }) => {
      socket.disconnect()
      reject(error.data === undefined ? error : new ConnectionRefused(error.data))
    })
  })
  return {
    closed,
    ask: (message, data = {}) =>
      new Promise((resolve) => {
        const take = (reply: Reply): void => {
          socket.off('exception', onException).off(message, onEvent)
          resolve(reply)
        }
        const onException = (refused: RefusalFacts): void => take({ refused })
        const onEvent = (answer: unknown): void => take({ answer })
        // A handler answers by an event, or by an acknowledgement.
        socket.on('exception', onException).on(message, onEvent)
        socket.emit(message, data, onEvent)
      }),
    next: (event) => new Promise((resolve) => socket.once(event, resolve)),
    [Symbol.dispose]: () => void socket.disconnect(),
  }
}

interface Frame {
  readonly event: string
  readonly data: unknown
}

/** Connects with ws. */
export async function connectPlain(
  url: string,
  options: { headers?: Record<string, string>; protocols?: string[] } = {},
): Promise<GatewayClient> {
  const socket = new WebSocket(url.replace('http', 'ws'), options.protocols ?? [], { headers: options.headers ?? {} })
  const waiting = new Set<(frame: Frame) => boolean>()
  const exceptions: RefusalFacts[] = []
  socket.on('message', (data) => {
    const frame = JSON.parse((data as Buffer).toString()) as Frame
    if (frame.event === 'exception') exceptions.push(frame.data as RefusalFacts)
    for (const take of waiting) if (take(frame)) waiting.delete(take)
  })
  const closed = new Promise<Closed>((resolve) => {
    socket.on('close', (code) => resolve({ code, refused: exceptions.at(-1), exceptions }))
  })
  const next = (...events: string[]): Promise<Frame> =>
    new Promise((resolve) => {
      waiting.add((frame) => {
        if (!events.includes(frame.event)) return false
        resolve(frame)
        return true
      })
    })
  // What is sent right after the upgrade comes with it.
  const hello = next('hello')
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  // A refused connection is opened and closed again: what comes first decides.
  const first = await Promise.race([hello, closed])
  if ('code' in first) throw new ConnectionRefused(first.refused as RefusalFacts, first.code)
  return {
    closed,
    async ask(message, data = {}) {
      const answer = next(message, 'exception')
      socket.send(JSON.stringify({ event: message, data }))
      const frame = await answer
      if (frame.event === 'exception') return { refused: frame.data as RefusalFacts }
      return { answer: frame.data }
    },
    next: async (event) => (await next(event)).data,
    [Symbol.dispose]: () => socket.terminate(),
  }
}

/** Called by `handleConnection`: a client of ws cannot tell otherwise that it was let in. */
export function greet(client: object): void {
  if ('readyState' in client) (client as WebSocket).send(JSON.stringify({ event: 'hello' }))
}
