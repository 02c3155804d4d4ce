/** When a call is tried again, and after which pause. */

/**
 * What may happen after an answer was lost.
 *
 * - `safe`: the call changes nothing, or the same thing again; it is repeated.
 * - `never`: a repetition could do the thing twice (a second client, a spent code, a rotated token); it is sent once.
 * - `confirm`: the server is asked what became of the first try; the call is repeated only if it is still open.
 */
export type RetryClass = 'safe' | 'never' | 'confirm'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** Answers after which another try may succeed: rate limit, server trouble, proxy trouble. */
export function isPassingStatus(status: number): boolean {
  return status === 429 || status === 500 || status === 502 || status === 503 || status === 504
}

/**
 * Whether a refusal says that two transactions got into each other's way and nothing was done. Hydra answers it with
 * 400 on every database, although the same request works a moment later.
 */
export function isSerializationFailure(status: number, error: string): boolean {
  return status === 400 && error.startsWith('Unable to serialize access due to a concurrent update')
}

/** The pause before the next try: doubling, jittered between half and all of it, never less than `Retry-After` asks. */
export function pauseMs(triesSoFar: number, retryAfterMs: number | undefined): number {
  const full = Math.min(FIRST_PAUSE_MS * 2 ** (triesSoFar - 1), LONGEST_PAUSE_MS)
  return Math.max(full * (0.5 + Math.random() / 2), retryAfterMs ?? 0)
}

/** `Retry-After` in either form of RFC 9110 section 10.2.3, in milliseconds; `undefined` if absent or unreadable. */
export function parseRetryAfter(value: string | undefined, now: () => number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now())
}
