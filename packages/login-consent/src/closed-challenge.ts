/**
 * A challenge that is of no more use: the user is led on, never left with an error code alone.
 */
import type { ClosedChallenge } from '@hydra-kit/client'
import { redirectAnswer, type Answer } from './answers.ts'
import type { Exchange } from './exchange.ts'
import { parseRedirect, safeRedirect } from './redirects.ts'
import { errorAnswer } from './trouble.ts'

/**
 * Handled: on to where Hydra says, else to the start of the flow. Expired: a page that starts again at the original
 * request. Unknown: a page that says how to go back.
 */
export function leadOn(exchange: Exchange, closed: ClosedChallenge, restartUrl?: string): Answer {
  const { targets } = exchange.settings
  const restart = restartUrl === undefined ? undefined : parseRedirect(targets, restartUrl)?.href
  if (closed.state === 'handled') {
    if (closed.redirectTo !== undefined) return redirectAnswer(safeRedirect(targets, closed.redirectTo))
    if (restart !== undefined) return redirectAnswer(restart)
    return errorAnswer(exchange, 'request_handled', 410)
  }
  return closed.state === 'expired'
    ? errorAnswer(exchange, 'request_expired', 410, { restartUrl: restart })
    : errorAnswer(exchange, 'request_unknown', 404, { restartUrl: restart })
}
