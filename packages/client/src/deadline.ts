/** One time limit over several requests. */
import { HydraTimeoutError, isHydraTimeoutError } from './errors.ts'
import type { CallOptions } from './call.ts'
import type { OperationName } from './operations.ts'
import { waitWithin } from './wait-within.ts'

/** Counts down the time of one call. */
export class Deadline {
  readonly operation: OperationName
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly #startedAt: number = performance.now()

  constructor(operation: OperationName, options: CallOptions | undefined, defaultMs: number) {
    this.operation = operation
    this.timeoutMs = options?.timeoutMs ?? defaultMs
    this.signal = options?.signal
  }

  /** Milliseconds left, at least 1. */
  remainingMs(): number {
    return Math.max(1, Math.ceil(this.timeoutMs - (performance.now() - this.#startedAt)))
  }

  /** Whether `ms` more would exceed the limit. */
  wouldExceed(ms: number): boolean {
    return performance.now() - this.#startedAt + ms >= this.timeoutMs
  }

  /** Waits for something that has no limit of its own. */
  wait<T>(promise: Promise<T>): Promise<T> {
    const { operation, signal } = this
    return waitWithin(promise, { operation, signal, timeoutMs: this.remainingMs() }).catch((error) =>
      this.rethrow(error),
    )
  }

  /** Waits for a time that is within the limit. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(this.signal?.reason)
      }
      const timer = setTimeout(() => {
        this.signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      if (this.signal?.aborted === true) onAbort()
      else this.signal?.addEventListener('abort', onAbort)
    })
  }

  /** Options for one of the requests: what is left of the time, and no tries of its own. */
  options(retries: number): CallOptions {
    return { timeoutMs: this.remainingMs(), retries, signal: this.signal }
  }

  /** An inner time limit is part of the whole: the error names the whole. */
  rethrow(error: unknown): never {
    throw isHydraTimeoutError(error) ? new HydraTimeoutError(this.operation, this.timeoutMs) : error
  }
}
