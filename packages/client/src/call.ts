/** What every operation takes last, and returns. */
import { optionsError } from './options-error.ts'
import { checkRetries, checkTimeoutMs } from './options.ts'

/** Status and headers of the answer that a result was read from. */
export interface HydraResponse {
  /** The HTTP status. */
  readonly status: number
  /** The header fields. */
  readonly headers: Headers
}

/** A result with its answer. */
export interface WithResponse<T> {
  /** The result. */
  data: T
  /** The answer that it was read from. */
  response: HydraResponse
}

/** A promise of the result that also gives status and headers on request. */
export interface HydraCall<T> extends Promise<T> {
  /** The result together with the answer it came in (what the older SDKs called `…_with_http_info`). */
  withResponse(): Promise<WithResponse<T>>
}

/** Per call, on every operation, as the last argument. */
export interface CallOptions {
  /** Time limit of this call in milliseconds, over connecting, headers, body and all tries. Default: the client's; at most 60 000. */
  timeoutMs?: number | undefined
  /** Tries after the first, 0 – 5. Default: the client's. Has no effect on operations that are never repeated. */
  retries?: number | undefined
  /** Ends the call: it then rejects with the signal's reason. Default: none. */
  signal?: AbortSignal | undefined
}

/** Keeps the last answer of a call until someone asks for it. */
export interface ResponseSlot {
  response?: HydraResponse
}

/** Gives a promise its `withResponse`. */
export function toHydraCall<T>(promise: Promise<T>, slot: ResponseSlot): HydraCall<T> {
  const call = promise as HydraCall<T>
  call.withResponse = async () => {
    const data = await promise
    const { status, headers } = slot.response!
    return { data, response: { status, headers } }
  }
  return call
}

/** @throws TypeError `ERR_OPTIONS` for an unknown name or a value outside its range */
export function checkCallOptions(options: CallOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue
    if (name === 'timeoutMs') checkTimeoutMs(value)
    else if (name === 'retries') checkRetries(value)
    else if (name !== 'signal') {
      throw optionsError(`unknown call option ${JSON.stringify(name)}; known are timeoutMs, retries, signal`)
    } else if (typeof value?.addEventListener !== 'function') throw optionsError('`signal` must be an AbortSignal')
  }
}
