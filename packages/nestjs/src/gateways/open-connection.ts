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

/**
 * Watches an open connection until it is closed. A connection whose token is not good any more is closed; one whose token
 * expired while the client waited to be let in, at once.
 */
export function watchConnection(client: SocketIoSocket | PlainSocket, watch: ConnectionWatch): void {
  let timer: NodeJS.Timeout | undefined
  let judging = false
  const stop = (): void => clearTimeout(timer)
  const arm = (leastMs: number): void => {
    timer = setTimeout(judge, delayMs(watch, leastMs)).unref()
  }
  function judge(): void {
    if (judging || !isOpen(client)) return
    judging = true
    stop()
    watch.judge().then(
      () => {
        judging = false
        // A second later again while a clock tolerance still accepts an expired token.
        if (isOpen(client)) arm(1000)
      },
      (error: unknown) => {
        if (isOpen(client)) refuseConnection(client, error)
      },
    )
  }
  if (isPlainSocket(client)) client.once('close', stop)
  else client.once('disconnect', stop)
  recheckOnRefusal(client, judge)
  arm(0)
}

/** Tells the client why, and closes the connection. */
export function refuseConnection(client: SocketIoSocket | PlainSocket, error: unknown): void {
  const facts = refusalOf(error)
  sendException(client, facts)
  if (isPlainSocket(client)) client.close(closeCodeOf(facts), facts.error)
  else client.disconnect()
}

/** At the latest when the token expires, but not before `leastMs`. */
function delayMs({ expiresAt, recheckSeconds }: ConnectionWatch, leastMs: number): number {
  const expiry = expiresAt()?.getTime() ?? Number.POSITIVE_INFINITY
  return Math.min(recheckSeconds * 1000, Math.max(leastMs, expiry - Date.now()))
}
