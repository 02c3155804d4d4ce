/** Messages to WebSocket gateways, with socket.io and ws, and the connections themselves. */
import { authorizationValues, headersOf, type RequestFacts, type VerifiedToken } from '@hydra-kit/resource-server'
import type { IncomingMessage } from 'node:http'
import { notSetUp } from '../not-set-up.ts'
import type { ContextAdapter } from './context-adapter.ts'
import type { WebSocketHandshake } from './context-settings.ts'
import { loadWsException } from './nest-exceptions.ts'
import { refusalFacts, type RefusalFacts } from './refusal-facts.ts'
import { recall } from './remembered.ts'
import { bearer, factsOfToken, withAuthorization } from './token-facts.ts'

/** A socket of socket.io, as far as it is used here. */
export interface SocketIoSocket {
  readonly handshake: { readonly auth: Readonly<Record<string, unknown>> }
  readonly request: IncomingMessage
  readonly connected: boolean
  emit(event: string, data: unknown): unknown
  disconnect(): unknown
  once(event: 'disconnect', listener: () => void): unknown
}

/** A WebSocket of ws, as far as it is used here. */
export interface PlainSocket {
  readonly readyState: number
  send(data: string): void
  close(code: number, reason: string): void
  on(event: 'error', listener: () => void): unknown
  once(event: 'close', listener: () => void): unknown
}

/** Upgrade requests of ws: a socket does not know its own. */
const upgrades = new WeakMap<object, IncomingMessage>()

/** Judges an open connection again, out of turn. */
const rechecks = new WeakMap<object, () => void>()

/** Remembers the upgrade request of a socket of ws, or of what stands for it before it is open. */
export function rememberUpgrade(socket: object, request: IncomingMessage): void {
  upgrades.set(socket, request)
}

/** Has a connection judged again as soon as one of its messages is refused for its token. */
export function recheckOnRefusal(socket: object, recheck: () => void): void {
  const before = rechecks.get(socket)
  // Gateways that share a server each have a say in its connections.
  rechecks.set(socket, () => {
    before?.()
    recheck()
  })
}

/**
 * The token that a client of a gateway connected with, in `handleConnection(client)` and wherever a client is at hand.
 * Undefined where a token is optional, or none was demanded.
 *
 * @param name the `name` of the instance of `HydraModule`, if it has one
 */
export function tokenOfSocket<Extra = Readonly<Record<string, unknown>>>(
  client: object,
  name?: string,
): VerifiedToken<Extra> | undefined {
  return recall(client, name)?.token as VerifiedToken<Extra> | undefined
}

export const websocketContext: ContextAdapter = {
  type: 'ws',
  factsOf(context, { websocket }) {
    const client = context.getArgByIndex<object>(0)
    const handshake = handshakeOf(client)
    if (handshake === undefined) {
      throw notSetUp(
        `${context.getClass().name} has a client that is neither of socket.io nor of ws, so nobody knows where its token is.`,
        'Use one of these adapters.',
      )
    }
    if (websocket.tokenFrom !== undefined) return factsOfToken(websocket.tokenFrom(handshake))
    return factsOfHandshake(handshake)
  },
  carrierOf: (context) => context.getArgByIndex<object>(0),
  async refusal(error, answer, context) {
    const client = context.getArgByIndex<object>(0)
    const { WsException, reachesPlainSockets } = await loadWsException()
    const facts = { status: 'error', ...refusalFacts(answer) } as const
    // A connection, of which there is no message, is told by whoever closes it.
    const isMessage = context.getArgs().length > 1
    if (isMessage && isPlainSocket(client) && !reachesPlainSockets) sendException(client, facts)
    // Whoever listens with a bad token must not go on listening.
    if (answer.status === 401) rechecks.get(client)?.()
    return Object.assign(new WsException(facts), { cause: error })
  },
}

/** Sends what Nest's own filter sends. */
export function sendException(client: SocketIoSocket | PlainSocket, facts: RefusalFacts): void {
  if (isPlainSocket(client)) client.send(JSON.stringify({ event: 'exception', data: facts }))
  else client.emit('exception', facts)
}

/** True until the connection is closed, or is being closed. */
export function isOpen(client: SocketIoSocket | PlainSocket): boolean {
  // RFC 6455 has no name for it; the numbers are those of the WebSocket interface of browsers: 0 and 1.
  return isPlainSocket(client) ? client.readyState <= 1 : client.connected
}

/** True for a socket of ws. Those of socket.io have no `readyState`. */
export function isPlainSocket(client: object): client is PlainSocket {
  return 'readyState' in client && typeof client.readyState === 'number'
}

/**
 * What a client of a gateway said when it connected, for `tenant` and for guards of the application:
 * `handshakeOf(context.switchToWs().getClient())`. Undefined for a client that is neither of socket.io nor of ws.
 */
export function handshakeOf(client: object): WebSocketHandshake | undefined {
  const upgrade = upgrades.get(client)
  if (upgrade !== undefined) return { request: upgrade, auth: undefined }
  const { handshake, request } = client as Partial<SocketIoSocket>
  return handshake === undefined || request === undefined ? undefined : { request, auth: handshake.auth }
}

/** An `Authorization` header, or `auth.token` of socket.io, with or without `Bearer` in front. */
function factsOfHandshake({ request, auth }: WebSocketHandshake): RequestFacts {
  const facts = { method: 'GET', url: request.url as string, headers: headersOf(request) }
  const token = auth?.['token']
  if (token === undefined || token === null) return facts
  const values = [...authorizationValues(request), bearer(token)]
  return { ...facts, headers: withAuthorization(facts.headers, values) }
}
