/** Introspection (RFC 7662) with its answers kept for a short, stated time, and asked once for many. */
import { LRUCache } from 'lru-cache'
import { readIntrospectionAnswer } from './token-answer.ts'
import type { ActiveAnswer, InactiveAnswer, IntrospectionAnswer } from './token-answer.ts'
import { toUnavailable } from './unavailable.ts'

/** Limits of an {@link IntrospectionCache}. */
export interface IntrospectionCacheOptions {
  readonly negativeMaxAgeMs: number
  readonly maxEntries: number
  readonly negativeMaxEntries: number
  readonly now: () => number
}

/** Asks Hydra about tokens, or remembers what it said. */
export interface IntrospectionCache {
  /** What is remembered, if it is no older than `maxAgeMs`. */
  recall(key: string, maxAgeMs: number): IntrospectionAnswer | undefined
  /** Asks, or joins a question that is at most `maxAgeMs` old. Rejects with a `VerificationUnavailableError`. */
  ask(key: string, token: string, maxAgeMs: number): Promise<IntrospectionAnswer>
}

/** Creates the cache for one issuer and one set of credentials. */
export function createIntrospectionCache(
  introspect: (token: string) => PromiseLike<unknown>,
  options: IntrospectionCacheOptions,
): IntrospectionCache {
  const { negativeMaxAgeMs, now } = options
  // Apart, so that a flood of invented tokens cannot push good answers out.
  const active = new LRUCache<string, ActiveAnswer>({ max: options.maxEntries })
  const inactive = new LRUCache<string, InactiveAnswer>({ max: options.negativeMaxEntries })
  const flights = new Map<string, { readonly askedAt: number; readonly answer: Promise<IntrospectionAnswer> }>()

  /** The distance counts, not the direction: a clock that was set back must not make old answers young. */
  function ageOf({ askedAt }: { readonly askedAt: number }): number {
    return Math.abs(now() - askedAt)
  }

  function recall(key: string, maxAgeMs: number): IntrospectionAnswer | undefined {
    const good = active.get(key)
    if (good !== undefined) return ageOf(good) < maxAgeMs ? good : undefined
    const bad = inactive.get(key)
    return bad !== undefined && ageOf(bad) < negativeMaxAgeMs ? bad : undefined
  }

  function ask(key: string, token: string, maxAgeMs: number): Promise<IntrospectionAnswer> {
    const flight = flights.get(key)
    if (flight !== undefined && ageOf(flight) <= maxAgeMs) return flight.answer
    const askedAt = now()
    const answer = askNow(token, askedAt)
      .then((result) => remember(key, result))
      .finally(() => {
        if (flights.get(key)?.answer === answer) flights.delete(key)
      })
    flights.set(key, { askedAt, answer })
    return answer
  }

  async function askNow(token: string, askedAt: number): Promise<IntrospectionAnswer> {
    let body: unknown
    try {
      body = await introspect(token)
    } catch (cause) {
      throw toUnavailable('Introspection', cause)
    }
    const answer = readIntrospectionAnswer(body, askedAt)
    if (answer === undefined) throw toUnavailable('Introspection', new TypeError('Not an introspection answer'))
    return answer
  }

  /** Of two questions about one token, the later one counts, whichever is answered first. */
  function remember(key: string, answer: IntrospectionAnswer): IntrospectionAnswer {
    const known = active.get(key) ?? inactive.get(key)
    if (known !== undefined && known.askedAt > answer.askedAt) return answer
    if (answer.active) {
      inactive.delete(key)
      active.set(key, answer)
    } else {
      active.delete(key)
      if (negativeMaxAgeMs > 0) inactive.set(key, answer)
    }
    return answer
  }

  return { recall, ask }
}
