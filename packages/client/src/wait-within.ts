/** Waits for something shared or foreign no longer than a call may take. */
import { HydraTimeoutError } from './errors.ts'
import type { OperationName } from './operations.ts'

/** The limit of a call. */
export interface WaitLimit {
  operation: OperationName
  timeoutMs: number
  signal: AbortSignal | undefined
}

/**
 * Waits for a promise.
 *
 * @throws HydraTimeoutError after `timeoutMs`, the signal's reason, or what the promise rejects with
 */
export function waitWithin<T>(promise: Promise<T>, { operation, timeoutMs, signal }: WaitLimit): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason)
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort)
    const timer = setTimeout(() => reject(new HydraTimeoutError(operation, timeoutMs)), timeoutMs)
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    })
  })
}
