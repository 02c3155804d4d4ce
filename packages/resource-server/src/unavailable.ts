/** Turns whatever stopped a call to Hydra into a 503. */
import { isVerificationUnavailableError, VerificationUnavailableError } from './errors.ts'

/** What a client is told when Hydra did not say itself. */
const retryAfterSeconds = 2

/** Wraps the failure of a call; `Retry-After` of Hydra's 429 or 503 is passed on. */
export function toUnavailable(what: string, cause: unknown): VerificationUnavailableError {
  if (isVerificationUnavailableError(cause)) return cause
  const fromHydra = retryAfterMsOf(cause)
  const options = { retryAfterSeconds: fromHydra === undefined ? retryAfterSeconds : fromHydra / 1000, cause }
  return new VerificationUnavailableError(`${what} is not available.`, options)
}

/** The `Retry-After` of the answer that an error is about. */
function retryAfterMsOf(error: unknown): number | undefined {
  const fromHydra = (error as { retryAfterMs?: unknown } | null | undefined)?.retryAfterMs
  return typeof fromHydra === 'number' ? fromHydra : undefined
}

/** A server that asks for a longer pause is tried again nevertheless: the value may be a proxy's mistake. */
const longestPauseMs = 60_000

/** How long Hydra wants not to be asked: `Retry-After` of a 429 or 503, a minute at most; 0 if it does not say. */
export function askedPauseMs(error: unknown): number {
  const status = (error as { status?: unknown } | null | undefined)?.status
  if (status !== 429 && status !== 503) return 0
  return Math.min(retryAfterMsOf(error) ?? 0, longestPauseMs)
}
