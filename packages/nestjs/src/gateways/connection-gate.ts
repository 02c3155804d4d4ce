/** Stands in front of a WebSocket server, so that no connection reaches a gateway before its token is judged. */
import type { Type } from '@nestjs/common'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { PlainSocket, SocketIoSocket } from '../contexts/websocket.ts'
import { rememberUpgrade } from '../contexts/websocket.ts'
import { optionsError } from '../options-error.ts'
import { refusalOf } from './connection-refusal.ts'
import { refuseConnection } from './open-connection.ts'

/** What decides about connections to one gateway. */
export interface ConnectionJudge {
  readonly gateway: Type
  /** Rejects with what the guard throws. `client` is the socket, or what stands for it before it is open. */
  judge(client: object): Promise<void>
  /** The connection is open: carries over what was found out about what stood for it, and keeps an eye on it. */
  opened(client: SocketIoSocket | PlainSocket, stoodFor: object): void
}

/** Server or namespace of socket.io. */
interface SocketIoServer {
  use(middleware: (socket: SocketIoSocket, next: (error?: Error) => void) => void): unknown
  on(event: 'connection', listener: (socket: SocketIoSocket) => void): unknown
  readonly opts?: SocketIoOptions
  readonly server?: { readonly opts?: SocketIoOptions }
}

interface SocketIoOptions {
  readonly connectionStateRecovery?: { readonly skipMiddlewares?: boolean }
}

type Upgraded = (socket: PlainSocket, request: IncomingMessage) => void

/** Server of ws. */
interface PlainServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, upgraded: Upgraded): void
}

/** Gateways that share a server share its connections, so all of them decide. */
const judges = new WeakMap<object, ConnectionJudge[]>()

/**
 * Has a gateway judge the connections of its server.
 *
 * @throws TypeError `ERR_OPTIONS` for a server that cannot be guarded
 */
export function guardServer(server: object, judge: ConnectionJudge): void {
  const before = judges.get(server)
  if (before !== undefined) {
    before.push(judge)
    return
  }
  const all = [judge]
  if (isPlainServer(server)) guardPlainServer(server, all)
  else if (isSocketIoServer(server)) guardSocketIoServer(server, all)
  else {
    throw optionsError(
      'WebSocket adapter',
      `${judge.gateway.name} runs on a WebSocket server that is neither of socket.io nor of ws, so its connections cannot be guarded.`,
      'Use @nestjs/platform-socket.io or @nestjs/platform-ws.',
    )
  }
  judges.set(server, all)
}

/** A refusal is the `connect_error` of the client, with the facts as its `data`. */
function guardSocketIoServer(server: SocketIoServer, all: readonly ConnectionJudge[]): void {
  const { connectionStateRecovery } = server.opts ?? server.server?.opts ?? {}
  if (connectionStateRecovery !== undefined && connectionStateRecovery.skipMiddlewares !== false) {
    throw optionsError(
      'connectionStateRecovery',
      `${all[0]?.gateway.name} recovers connections of socket.io without judging their tokens.`,
      'Set connectionStateRecovery: { skipMiddlewares: false }.',
    )
  }
  server.use((socket, next) => {
    const refuse = (error: unknown): void => {
      const facts = refusalOf(error)
      next(Object.assign(new Error(facts.message), { data: facts }))
    }
    // What middleware of the application throws has no other place to go.
    judgeAll(all, socket)
      .then(() => next(), refuse)
      .catch(refusalOf)
  })
  // Not before: middleware of the application may still refuse the client or keep it waiting, and it may have hung up.
  server.on('connection', (socket) => {
    for (const judge of all) judge.opened(socket, socket)
  })
}

/**
 * The token is judged while the client still waits for the upgrade, so it can send nothing that would be lost. The upgrade
 * is made in any case: a browser shows a close code to its page, but no HTTP status.
 */
function guardPlainServer(server: PlainServer, all: readonly ConnectionJudge[]): void {
  const upgrade = server.handleUpgrade.bind(server)
  server.handleUpgrade = (request, socket, head, upgraded) => {
    const pending = {}
    rememberUpgrade(pending, request)
    // A socket without a listener for errors would end the process.
    const ignore = (): void => {}
    socket.on('error', ignore)
    const accept = (): void => {
      upgrade(request, socket, head, (client, same) => {
        rememberUpgrade(client, request)
        for (const judge of all) judge.opened(client, pending)
        upgraded(client, same)
      })
    }
    const refuse = (error: unknown): void => {
      upgrade(request, socket, head, (client) => {
        client.on('error', ignore)
        refuseConnection(client, error)
      })
    }
    judgeAll(all, pending)
      .then(accept, refuse)
      // What ws or a listener of the application throws has no other place to go.
      .catch((error: unknown) => {
        refusalOf(error)
        socket.destroy()
      })
      .finally(() => socket.off('error', ignore))
  }
}

/** One after the other: the first refusal decides. */
async function judgeAll(all: readonly ConnectionJudge[], client: object): Promise<void> {
  for (const judge of all) await judge.judge(client)
}

function isPlainServer(server: object): server is PlainServer {
  return 'handleUpgrade' in server && typeof server.handleUpgrade === 'function'
}

function isSocketIoServer(server: object): server is SocketIoServer {
  return 'use' in server && typeof server.use === 'function'
}
