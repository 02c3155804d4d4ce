/** Introspection (RFC 7662) with its answers kept for a short, stated time, and asked once for many. */
import { LRUCache } from 'lru-cache'
import { jsonLength } from './claims.ts'
import { readIntrospectionAnswer } from './token-answer.ts'
import type { ActiveAnswer, InactiveAnswer, IntrospectionAnswer } from './token-answer.ts'
import { toUnavailable } from './unavailable.ts'

/** Limits of an {@link IntrospectionCache}. */
export interface IntrospectionCacheOptions {
  readonly negativeMaxAgeMs: number
  readonly staleWhileRevalidateMs: number
  readonly staleIfErrorMs: number
  readonly maxEntries: number
  readonly maxBytes: number
  readonly negativeMaxEntries: number
  readonly now: () => number
}

/** How old an answer may be. */
export interface Freshness {
  readonly maxAgeMs: number
  /** False where a route demands a fresh answer: then an old one is never served instead. */
  readonly staleAllowed: boolean
}

/** An answer, and whether it was there already. */
export interface Known {
  readonly answer: IntrospectionAnswer
  readonly remembered: boolean
}

/** Asks Hydra about tokens, or remembers what it said. */
export interface IntrospectionCache {
  /**
   * What is remembered, if it is young enough. In the time of `staleWhileRevalidateMs` after that it still is, and a
   * question is started in the background (RFC 5861 section 3).
   */
  recall(key: string, token: string, freshness: Freshness): IntrospectionAnswer | undefined
  /**
   * Asks, or joins a question that is young enough. If Hydra cannot answer, an older active answer may do (RFC 5861
   * section 4); else it rejects with a `VerificationUnavailableError`.
   */
  ask(key: string, token: string, freshness: Freshness): Promise<Known>
  readonly activeEntries: number
  readonly activeBytes: number
  readonly inactiveEntries: number
}

interface Flight {
  readonly askedAt: number
  readonly answer: Promise<IntrospectionAnswer>
}

/** What an entry costs beside its claims. */
const entryBytes = 512

/** Creates the cache for one issuer and one set of credentials. */
export function createIntrospectionCache(
  introspect: (token: string) => PromiseLike<unknown>,
  options: IntrospectionCacheOptions,
): IntrospectionCache {
  const { negativeMaxAgeMs, staleWhileRevalidateMs, staleIfErrorMs, now } = options
  // Apart, so that a flood of invented tokens cannot push good answers out.
  const active = new LRUCache<string, ActiveAnswer>({
    max: options.maxEntries,
    maxSize: options.maxBytes,
    sizeCalculation: ({ claims }) => entryBytes + jsonLength(claims),
  })
  const inactive = new LRUCache<string, InactiveAnswer>({ max: options.negativeMaxEntries })
  const flights = new Map<string, Flight>()

  /** The distance counts, not the direction: a clock that was set back must not make old answers young. */
  function ageOf({ askedAt }: { readonly askedAt: number }): number {
    return Math.abs(now() - askedAt)
  }

  function recall(key: string, token: string, freshness: Freshness): IntrospectionAnswer | undefined {
    const good = active.get(key)
    if (good !== undefined) {
      const age = ageOf(good)
      if (age < freshness.maxAgeMs) return good
      if (!freshness.staleAllowed || age >= freshness.maxAgeMs + staleWhileRevalidateMs) return undefined
      // Whoever asks in the foreground learns what went wrong.
      question(key, token, freshness.maxAgeMs).catch(() => {})
      return good
    }
    const bad = inactive.get(key)
    return bad !== undefined && ageOf(bad) < negativeMaxAgeMs ? bad : undefined
  }

  async function ask(key: string, token: string, freshness: Freshness): Promise<Known> {
    try {
      return { answer: await question(key, token, freshness.maxAgeMs), remembered: false }
    } catch (error) {
      // A token that Hydra called inactive since then is no longer among the active ones. `exp` is judged on each use.
      const old = freshness.staleAllowed ? active.get(key) : undefined
      if (old === undefined || ageOf(old) >= freshness.maxAgeMs + staleIfErrorMs) throw error
      return { answer: old, remembered: true }
    }
  }

  function question(key: string, token: string, maxAgeMs: number): Promise<IntrospectionAnswer> {
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
    const answer = readIntrospectionAnswer(await introspect(token), askedAt)
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
      // Also where it is never served: an answer to an earlier question may still be on its way.
      inactive.set(key, answer)
    }
    return answer
  }

  return {
    recall,
    ask,
    get activeEntries() {
      return active.size
    },
    get activeBytes() {
      return active.calculatedSize
    },
    get inactiveEntries() {
      return inactive.size
    },
  }
}
