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
export function retryAfterMsOf(error: unknown): number | undefined {
  const fromHydra = (error as { retryAfterMs?: unknown } | null | undefined)?.retryAfterMs
  return typeof fromHydra === 'number' ? fromHydra : undefined
}
