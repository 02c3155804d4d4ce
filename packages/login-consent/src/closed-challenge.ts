/**
 * A challenge that is of no more use: the user is led on, never left with an error code alone.
 */
import { randomBytes } from 'node:crypto'
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
    if (closed.redirectTo !== undefined) return redirectAnswer(pastCache(safeRedirect(targets, closed.redirectTo)))
    if (restart !== undefined) return redirectAnswer(pastCache(restart))
    return errorAnswer(exchange, 'request_handled', 410)
  }
  return closed.state === 'expired'
    ? errorAnswer(exchange, 'request_expired', 410, { restartUrl: restart })
    : errorAnswer(exchange, 'request_unknown', 404, { restartUrl: restart })
}

const verifiers = ['login_verifier', 'consent_verifier', 'logout_verifier', 'device_verifier']

/**
 * An address that starts a flow anew, changed so that the browser has not seen it. The back button makes browsers follow
 * redirects that they remember, fresh or not, and Hydra's are not marked `no-store`: the old one leads to the challenge
 * that has just led here, for ever. Servers ignore parameters that they don't know (RFC 6749 section 3.1).
 */
function pastCache(address: string): string {
  const url = new URL(address)
  if (verifiers.some((name) => url.searchParams.has(name))) return address
  url.searchParams.set('again', randomBytes(6).toString('base64url'))
  return url.href
}
