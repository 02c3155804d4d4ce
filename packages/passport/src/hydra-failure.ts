/** What a refused request is answered with, kept beside it: Passport hands on no more than a string and a status. */
import type { HttpAnswer, RefusalReason } from '@hydra-kit/resource-server'
import { setHidden } from './hidden-property.ts'

/** The right answer to a request that the strategy did not let through. */
export interface HydraFailure extends HttpAnswer {
  /**
   * For logs and metrics, not for the response: why. `no_user`: the token is good, but `verify` knows no user for it.
   * `unavailable`: Hydra could not answer.
   */
  readonly reason: RefusalReason | 'no_user' | 'unavailable'
}

/** A symbol of the global registry, so that two copies of this package understand each other. */
const failure: unique symbol = Symbol.for('@hydra-kit/passport/failure') as never

/** Keeps it on a request or an error, hidden from logs. */
export function setFailure(target: object, value: HydraFailure): void {
  setHidden(target, failure, Object.freeze(value))
}

/**
 * Why the strategy refused this request, and the answer to it: status, headers with the challenge, body. For custom
 * callbacks and guards. Also takes the error of an outage. Undefined for requests that were not refused, and errors
 * that are not about tokens.
 */
export function failureOf(requestOrError: unknown): HydraFailure | undefined {
  if (typeof requestOrError !== 'object' || requestOrError === null) return undefined
  return (requestOrError as { [failure]?: HydraFailure })[failure]
}
