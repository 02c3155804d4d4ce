/**
 * Tries of operations that must not be repeated blindly: after a lost answer the server is asked first what became of
 * the first try.
 */
import type { Caller, OperationCall } from './caller.ts'
import { checkCallOptions } from './call.ts'
import type { CallOptions, HydraCall } from './call.ts'
import { Deadline } from './deadline.ts'
import { isHydraHttpError, isHydraTimeoutError, isHydraUnreachableError } from './errors.ts'
import type { OperationName } from './operations.ts'
import { isPassingStatus, isSerializationFailure, pauseMs } from './retry.ts'

/** An operation with a way to find out what became of it. */
export interface ConfirmedCall<T> {
  operation: OperationName
  options: CallOptions | undefined
  /** The request itself; made again for each try. `lost` counts the tries whose answer was lost. */
  request: (lost: number) => OperationCall<T>
  /**
   * The question after a lost answer; it reads as the result if the matter is settled, and as `undefined` if the
   * request is still open and may be sent again. Absent where the repeated request itself tells.
   */
  confirm?: OperationCall<T | undefined>
  /** Completes a result that lacks something, with time limit and tries for its own request. */
  complete?: (result: T, options: CallOptions) => Promise<T>
}

/** Sends, and after a lost answer confirms before sending again. */
export function callConfirmed<T>(caller: Caller, describe: () => ConfirmedCall<T>): HydraCall<T> {
  return caller.compose(async (slot) => {
    const call = describe()
    if (call.options !== undefined) checkCallOptions(call.options)
    const deadline = new Deadline(call.operation, call.options, caller.options.timeoutMs)
    const tries = call.options?.retries ?? caller.options.retries
    let lost = 0
    for (let tried = 1; ; tried += 1) {
      try {
        const result = await caller.run({ ...call.request(lost), options: deadline.options(0) }, slot)
        return (await call.complete?.(result, deadline.options(0))) ?? result
      } catch (error) {
        const wait = pauseMs(tried, isHydraHttpError(error) ? error.retryAfterMs : undefined)
        if (!mayTryAgain(error) || tried > tries || deadline.wouldExceed(wait)) deadline.rethrow(error)
        await deadline.pause(wait)
        if (saysNothingWasDone(error)) continue
        lost += 1
        if (call.confirm === undefined) continue
        const question = { ...call.confirm, options: deadline.options(0) }
        const settled = await caller.run(question, slot).catch(() => deadline.rethrow(error))
        if (settled !== undefined) return settled
      }
    }
  })
}

function mayTryAgain(error: unknown): boolean {
  if (isHydraTimeoutError(error)) return false
  if (isHydraUnreachableError(error) || saysNothingWasDone(error)) return true
  return isHydraHttpError(error) && isPassingStatus(error.status)
}

/** Refusals after which the request can be sent again without asking. */
function saysNothingWasDone(error: unknown): boolean {
  return isHydraHttpError(error) && (error.status === 429 || isSerializationFailure(error.status, error.error))
}
