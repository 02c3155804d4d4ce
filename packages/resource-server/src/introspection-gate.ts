/** The door that questions to Hydra go through: how many at once, for how long, and none while it cannot answer. */
import { BrokenCircuitError, bulkhead, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel'
import type { IBackoffFactory } from 'cockatiel'
import { isVerificationUnavailableError, VerificationUnavailableError } from './errors.ts'
import { askedPauseMs, toUnavailable } from './unavailable.ts'

/** Limits of an {@link IntrospectionGate}. */
export interface IntrospectionGateOptions {
  /** Over everything: waiting, tries, body. */
  readonly timeoutMs: number
  readonly maxConcurrent: number
  readonly maxQueued: number
  /** Failures in a row after which nothing is asked for a while. */
  readonly openAfterFailures: number
  readonly breakMs: number
  readonly now: () => number
}

/** `open`: nothing is asked. `half_open`: one question is on its way to see whether Hydra answers again. */
export type BreakerState = 'closed' | 'open' | 'half_open'

/** Lets questions through. */
export interface IntrospectionGate {
  /**
   * Asks when there is room, with the time that is left. Rejects with a `VerificationUnavailableError`: at once if the
   * queue is full, the breaker is open or Hydra asked for a pause.
   */
  ask<T>(question: (timeoutMs: number) => PromiseLike<T>): Promise<T>
  readonly breakerState: BreakerState
  readonly inFlight: number
  readonly queued: number
}

const what = 'Introspection'

/** Creates the gate of one issuer. */
export function createIntrospectionGate(options: IntrospectionGateOptions): IntrospectionGate {
  const { timeoutMs, maxConcurrent, maxQueued, now } = options
  const limiter = bulkhead(maxConcurrent, maxQueued)
  let pause: { readonly startedAt: number; readonly ms: number } | undefined
  let opening: { readonly startedAt: number } | undefined

  // cockatiel compares with the system's clock; this backoff ends by ours.
  const untilOurClockSaysSo: IBackoffFactory<unknown> = {
    next() {
      const { startedAt } = (opening = { startedAt: now() })
      return {
        ...untilOurClockSaysSo,
        get duration() {
          return Math.abs(now() - startedAt) >= options.breakMs ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
        },
      }
    },
  }
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: untilOurClockSaysSo,
    breaker: new ConsecutiveBreaker(options.openAfterFailures),
  })

  /** Milliseconds that Hydra's `Retry-After` still asks for. */
  function pauseLeftMs(): number {
    return pause === undefined ? 0 : pause.ms - Math.abs(now() - pause.startedAt)
  }

  function openLeftMs(): number {
    return opening === undefined ? 0 : options.breakMs - Math.abs(now() - opening.startedAt)
  }

  function notePause(error: unknown): void {
    const ms = askedPauseMs(error)
    if (ms > 0) pause = { startedAt: now(), ms }
  }

  function explain(error: unknown): VerificationUnavailableError {
    const { isBrokenCircuitError, isBulkheadRejectedError } = error as Partial<Record<string, unknown>>
    if (isBrokenCircuitError === true) return refuse(`${what} is not asked: it failed again and again.`, openLeftMs())
    if (isBulkheadRejectedError === true) return refuse(`${what} is not asked: too many questions are waiting.`, 1000)
    return toUnavailable(what, error)
  }

  async function ask<T>(question: (timeoutMs: number) => PromiseLike<T>): Promise<T> {
    const wait = pauseLeftMs()
    if (wait > 0) throw refuse(`${what} is not asked: Hydra wants a pause (Retry-After).`, wait)
    // Not even in the queue, where a question would wait for others that are refused as well.
    if (breaker.state === CircuitState.Open && openLeftMs() > 0) throw explain(new BrokenCircuitError())
    const startedAt = performance.now()
    const leftMs = (): number => Math.ceil(timeoutMs - (performance.now() - startedAt))
    let started = false
    let over = false
    const answer = limiter.execute(async () => {
      // Before the breaker, which would take a question that nobody asked for a success.
      if (over || leftMs() < 1) throw noTurn()
      return breaker.execute(async () => {
        if (over) throw noTurn()
        started = true
        return question(Math.max(1, leftMs()))
      })
    })
    // The question has its own time limit. Waiting for its turn is limited here.
    const waiting = started ? undefined : setTimeout(giveUp, timeoutMs)
    let reject!: (reason: unknown) => void
    function noTurn(): VerificationUnavailableError {
      return refuse(`${what} had no turn within ${timeoutMs} ms.`, 1000)
    }
    function giveUp(): void {
      if (started) return
      over = true
      reject(noTurn())
    }
    try {
      if (waiting === undefined) return await answer
      const timeUp = new Promise<never>((_resolve, rejectIt) => {
        reject = rejectIt
      })
      return await Promise.race([answer, timeUp])
    } catch (error) {
      notePause(error)
      throw explain(error)
    } finally {
      clearTimeout(waiting)
    }
  }

  return {
    ask,
    get breakerState() {
      return breaker.state === CircuitState.Closed
        ? 'closed'
        : breaker.state === CircuitState.Open
          ? 'open'
          : 'half_open'
    },
    get inFlight() {
      return maxConcurrent - limiter.executionSlots
    },
    get queued() {
      return maxQueued - limiter.queueSlots
    },
  }
}

function refuse(message: string, waitMs: number): VerificationUnavailableError {
  return new VerificationUnavailableError(message, { retryAfterSeconds: waitMs / 1000 })
}

/**
 * What counts for the breaker. A 4xx answer may be about one token (a firewall that dislikes it), and whoever sends
 * such tokens must not be able to stop the verification of all others.
 */
function isOutage(error: unknown): boolean {
  // It was not asked.
  if (isVerificationUnavailableError(error)) return false
  const status = (error as { code?: unknown; status?: unknown } | null | undefined)?.status
  if ((error as { code?: unknown } | null | undefined)?.code !== 'ERR_HYDRA_HTTP' || typeof status !== 'number')
    return true
  return status >= 500 || status === 429
}
