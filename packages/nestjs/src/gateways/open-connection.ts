/** An open connection: its token is judged again when it expires, and now and then. */
import type { PlainSocket, SocketIoSocket } from '../contexts/websocket.ts'
import { isOpen, isPlainSocket, recheckOnRefusal, sendException } from '../contexts/websocket.ts'
import { closeCodeOf, refusalOf } from './connection-refusal.ts'

/** What keeps an eye on a connection. */
export interface ConnectionWatch {
  /** Judges the connection as if it were made now. Rejects with what the guard throws. */
  readonly judge: () => Promise<void>
  /** When its token expires, if it does and if there is one. */
  readonly expiresAt: () => Date | undefined
  readonly recheckSeconds: number
}

/** Watches a connection until it is closed. A connection whose token is not good any more is closed. */
export function watchConnection(client: SocketIoSocket | PlainSocket, watch: ConnectionWatch): void {
  let timer: NodeJS.Timeout | undefined
  let judging = false
  const stop = (): void => clearTimeout(timer)
  const arm = (): void => {
    timer = setTimeout(judge, delayMs(watch)).unref()
  }
  function judge(): void {
    if (judging || !isOpen(client)) return
    judging = true
    stop()
    watch.judge().then(
      () => {
        judging = false
        if (isOpen(client)) arm()
      },
      (error: unknown) => {
        if (isOpen(client)) refuseConnection(client, error)
      },
    )
  }
  if (isPlainSocket(client)) client.once('close', stop)
  else client.once('disconnect', stop)
  recheckOnRefusal(client, judge)
  arm()
}

/** Tells the client why, and closes the connection. */
export function refuseConnection(client: SocketIoSocket | PlainSocket, error: unknown): void {
  const facts = refusalOf(error)
  sendException(client, facts)
  if (isPlainSocket(client)) client.close(closeCodeOf(facts), facts.error)
  else client.disconnect()
}

/** At the latest when the token expires; a second later again while a clock tolerance still accepts it. */
function delayMs({ expiresAt, recheckSeconds }: ConnectionWatch): number {
  const expiry = expiresAt()?.getTime() ?? Number.POSITIVE_INFINITY
  return Math.min(recheckSeconds * 1000, Math.max(1000, expiry - Date.now()))
}
