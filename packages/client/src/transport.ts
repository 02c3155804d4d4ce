/**
 * The only place that sends HTTP. One {@link send} is one call: tries, pauses between them, one time limit over
 * everything, a size limit, no redirects.
 *
 * It speaks to the dispatcher's handler interface directly: no stream, no abort signal and no parsed headers are
 * made for a call that doesn't need them.
 */
import { Answer } from './answer.ts'
import type { RawHeaders } from './answer.ts'
import type {
  HydraDispatchController,
  HydraDispatcher,
  HydraDispatchHandler,
  HydraDispatchOptions,
} from './dispatcher.ts'
import { HydraProtocolError, HydraTimeoutError, HydraUnreachableError } from './errors.ts'
import type { OperationName } from './operations.ts'
import { readErrorBody } from './error-body.ts'
import { isPassingStatus, isSerializationFailure, parseRetryAfter, pauseMs } from './retry.ts'

/** A request that is ready to go. */
export interface WireRequest {
  readonly operation: OperationName
  readonly dispatcher: HydraDispatcher
  readonly options: HydraDispatchOptions
  readonly timeoutMs: number
  /** Tries after the first: 0 for operations that must not be repeated. */
  readonly retries: number
  readonly maxResponseBytes: number
  readonly signal: AbortSignal | undefined
  readonly now: () => number
}

/**
 * Sends a request until there is an answer: any status that isn't worth another try.
 *
 * @throws HydraUnreachableError, HydraTimeoutError, HydraProtocolError (size, not HTTP), or the signal's reason
 */
export function send(request: WireRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    new Sending(request, resolve, reject).start()
  })
}

class Sending {
  readonly request: WireRequest
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (reason: unknown) => void
  #limit: NodeJS.Timeout | undefined
  #pause: NodeJS.Timeout | undefined
  #startedAt = 0
  #tries = 0
  #current: Try | undefined
  #onAbort: (() => void) | undefined

  constructor(request: WireRequest, resolve: (answer: Answer) => void, reject: (reason: unknown) => void) {
    this.request = request
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { signal, timeoutMs, operation } = this.request
    if (signal !== undefined) {
      if (signal.aborted) return this.#reject(signal.reason)
      this.#onAbort = () => this.#stop(signal.reason)
      signal.addEventListener('abort', this.#onAbort)
    }
    this.#startedAt = performance.now()
    this.#limit = setTimeout(() => this.#stop(new HydraTimeoutError(operation, timeoutMs)), timeoutMs)
    this.#try()
  }

  onAnswer(answer: Answer): void {
    if (mayPass(answer) && this.#tryAgain(retryAfterOf(answer, this.request))) return
    this.#settle()
    this.#resolve(answer)
  }

  onFailure(error: Error): void {
    const failure = explain(error, this.request)
    if (failure.code === 'ERR_HYDRA_UNREACHABLE' && this.#tryAgain(undefined)) return
    this.#settle()
    this.#reject(failure)
  }

  #try(): void {
    this.#tries += 1
    this.#current = new Try(this)
    try {
      this.request.dispatcher.dispatch(this.request.options, this.#current)
    } catch (error) {
      // undici throws for what it refuses to send.
      this.#current.onError(error as Error)
    }
  }

  /** Starts the pause before another try, unless none is left or the time limit would end it. */
  #tryAgain(retryAfterMs: number | undefined): boolean {
    if (this.#tries > this.request.retries) return false
    const wait = pauseMs(this.#tries, retryAfterMs)
    if (performance.now() - this.#startedAt + wait >= this.request.timeoutMs) return false
    this.#pause = setTimeout(() => this.#try(), wait)
    return true
  }

  #stop(reason: unknown): void {
    this.#settle()
    this.#current?.abandon()
    this.#reject(reason)
  }

  #settle(): void {
    clearTimeout(this.#limit)
    clearTimeout(this.#pause)
    if (this.#onAbort !== undefined) this.request.signal?.removeEventListener('abort', this.#onAbort)
  }
}

const ABANDONED = new Error('abandoned')
const NO_BODY = Buffer.alloc(0)

/** Receives one answer, from undici 7 and 8 (first six methods) or 6 (the others). */
class Try implements HydraDispatchHandler {
  readonly #sending: Sending
  #abort: ((reason: Error) => void) | undefined
  #over = false
  #status = 0
  #headers: RawHeaders = []
  #first: Buffer | undefined
  #more: Buffer[] | undefined
  #size = 0

  constructor(sending: Sending) {
    this.#sending = sending
  }

  /** Nobody waits any more: free the connection now, or as soon as there is one. */
  abandon(): void {
    this.#over = true
    this.#abort?.(ABANDONED)
  }

  onRequestStart(controller: HydraDispatchController): void {
    this.onConnect((reason) => controller.abort(reason ?? ABANDONED))
  }

  onResponseStart(
    _controller: HydraDispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#begin(status, headers)
  }

  onResponseData(_controller: HydraDispatchController, chunk: Buffer): void {
    this.onData(chunk)
  }

  onResponseEnd(): void {
    this.onComplete()
  }

  onResponseError(_controller: HydraDispatchController, error: Error): void {
    this.onError(error)
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort
    if (this.#over) abort(ABANDONED)
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    this.#begin(status, headers)
    return true
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true
    this.#size += chunk.length
    const { maxResponseBytes, operation } = this.#sending.request
    if (this.#size > maxResponseBytes) {
      const message = `the answer is larger than ${maxResponseBytes} bytes (\`maxResponseBytes\`)`
      this.onError(new HydraProtocolError(operation, 'too_large', message, this.#status))
      this.#abort?.(ABANDONED)
    } else if (this.#first === undefined) this.#first = chunk
    else (this.#more ??= [this.#first]).push(chunk)
    return true
  }

  onComplete(): void {
    if (this.#over) return
    this.#over = true
    const body = this.#more === undefined ? (this.#first ?? NO_BODY) : Buffer.concat(this.#more, this.#size)
    this.#sending.onAnswer(new Answer(this.#status, this.#headers, body))
  }

  onError(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#sending.onFailure(error)
  }

  #begin(status: number, headers: RawHeaders): void {
    // After 1xx the real answer follows.
    this.#status = status
    this.#headers = headers
  }
}

function mayPass(answer: Answer): boolean {
  const { status } = answer
  return (
    isPassingStatus(status) || (status === 400 && isSerializationFailure(400, readErrorBody(400, answer.text()).error))
  )
}

function retryAfterOf(answer: Answer, request: WireRequest): number | undefined {
  return parseRetryAfter(answer.header('retry-after'), request.now)
}

type Failure = HydraUnreachableError | HydraProtocolError

/** Turns what the dispatcher reports into one of our errors. */
function explain(error: Error, request: WireRequest): Failure {
  const { operation, options } = request
  const { code, name } = error as Error & { code?: string }
  if (code === 'ERR_HYDRA_PROTOCOL') return error as HydraProtocolError
  // The parser's errors carry the received bytes, which may be anything: they don't become a cause.
  if (name === 'HTTPParserError' || code?.startsWith('HPE_') === true) {
    return new HydraProtocolError(operation, 'not_http', `${options.origin} doesn't answer in HTTP`)
  }
  return new HydraUnreachableError(operation, `no answer from ${options.origin} (${code ?? name})`, { cause: error })
}
