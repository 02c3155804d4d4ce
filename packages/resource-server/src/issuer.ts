/** One Hydra: its keys, its introspection, its caches. Answers come from here; the verdict is policy.ts. */
import { LRUCache } from 'lru-cache'
import type { VerificationSource } from './events.ts'
import { createIntrospectionCache } from './introspection-cache.ts'
import type { Freshness } from './introspection-cache.ts'
import { createIntrospectionGate } from './introspection-gate.ts'
import type { UnverifiedJws } from './jws.ts'
import { createKeySet } from './key-set.ts'
import type { PublicKeySet } from './key-set.ts'
import type { IssuerStats } from './stats.ts'
import type { ResolvedIssuer } from './parse-options.ts'
import type { Evidence } from './policy.ts'
import type { JwtAnswer } from './token-answer.ts'
import { verifyJwt } from './verify-jwt.ts'

/** What is known about a token, and where it came from. */
export interface Finding {
  readonly issuer: Issuer
  readonly evidence: Evidence
  readonly source: VerificationSource
}

/** Finds evidence about tokens of one issuer. `key` is the hash that a token is remembered under. */
export interface Issuer {
  readonly options: ResolvedIssuer
  /** What is remembered about a JWT, if it is all that is needed. */
  recallJwt(key: string, token: string, freshWithinMs: number | undefined): Finding | undefined
  /** What is remembered about an opaque token, if it is all that is needed. */
  recallOpaque(key: string, token: string, freshWithinMs: number | undefined): Finding | undefined
  /** Verifies a JWT with the issuer's keys, and by introspection if options or route say so. */
  findJwt(key: string, token: string, jws: UnverifiedJws, freshWithinMs: number | undefined): Promise<Finding>
  /** Asks about an opaque token. */
  findOpaque(key: string, token: string, freshWithinMs: number | undefined): Promise<Finding>
  /** Fetches the keys now. */
  hydrate(): Promise<PublicKeySet>
  /** Gets what the first token would need, and says what is missing. */
  ready(): Promise<readonly string[]>
  stats(): IssuerStats
}

const entryBytes = 512

/** Creates an issuer. Nothing is fetched before the first token. */
export function createIssuer(options: ResolvedIssuer, now: () => number): Issuer {
  const { client, cache, algorithms, introspects, recheckMs } = options
  const keySet = createKeySet(() => client.oidc.jwks(), now, options.savedKeys)
  const verified = new LRUCache<string, JwtAnswer>({ max: cache.maxEntries, maxSize: cache.maxBytes })
  const gate = createIntrospectionGate({ ...options.gate, now })
  const introspections = createIntrospectionCache(
    (token) => gate.ask((timeoutMs) => client.tokens.introspect({ token }, { timeoutMs })),
    { ...cache, now },
  )

  const usualForOpaque: Freshness = { maxAgeMs: cache.maxAgeMs, staleAllowed: true }
  const usualForJwt: Freshness | undefined =
    recheckMs === undefined ? undefined : { maxAgeMs: recheckMs, staleAllowed: true }

  /** How old introspection of a JWT may be; undefined if none is asked for. */
  function jwtFreshness(freshWithinMs: number | undefined): Freshness | undefined {
    if (!introspects || freshWithinMs === undefined) return usualForJwt
    return { maxAgeMs: Math.min(freshWithinMs, recheckMs ?? freshWithinMs), staleAllowed: false }
  }

  function opaqueFreshness(freshWithinMs: number | undefined): Freshness {
    if (freshWithinMs === undefined) return usualForOpaque
    return { maxAgeMs: Math.min(freshWithinMs, cache.maxAgeMs), staleAllowed: false }
  }

  /** A verified JWT counts as long as its key is in the set, and the set is not older than it may be. */
  function recallVerified(key: string): JwtAnswer | undefined {
    const jwt = verified.get(key)
    if (jwt === undefined || !keySet.isUsable()) return undefined
    if (jwt.key.alive) return jwt
    verified.delete(key)
    return undefined
  }

  function recallJwt(key: string, token: string, freshWithinMs: number | undefined): Finding | undefined {
    const jwt = recallVerified(key)
    if (jwt === undefined) return undefined
    const freshness = jwtFreshness(freshWithinMs)
    if (freshness === undefined) return { issuer, evidence: { jwt }, source: 'cache' }
    const introspection = introspections.recall(key, token, freshness)
    return introspection && { issuer, evidence: { jwt, introspection }, source: 'cache' }
  }

  async function findJwt(
    key: string,
    token: string,
    jws: UnverifiedJws,
    freshWithinMs: number | undefined,
  ): Promise<Finding> {
    const jwt = await verifyOnce(key, token, jws)
    const freshness = jwtFreshness(freshWithinMs)
    if (freshness === undefined) return { issuer, evidence: { jwt }, source: 'keys' }
    // Only now: Hydra is never bothered with a token that its own keys refuse.
    const known = introspections.recall(key, token, freshness)
    if (known !== undefined) return { issuer, evidence: { jwt, introspection: known }, source: 'keys' }
    const { answer, remembered } = await introspections.ask(key, token, freshness)
    return { issuer, evidence: { jwt, introspection: answer }, source: remembered ? 'cache' : 'introspection' }
  }

  const verifications = new Map<string, Promise<JwtAnswer>>()

  /** One signature check for any number of equal tokens at once. */
  function verifyOnce(key: string, token: string, jws: UnverifiedJws): Promise<JwtAnswer> | JwtAnswer {
    const known = recallVerified(key)
    if (known !== undefined) return known
    const running = verifications.get(key)
    if (running !== undefined) return running
    const verification = verifyAndRemember(key, token, jws)
    verifications.set(key, verification)
    return verification
  }

  async function verifyAndRemember(key: string, token: string, jws: UnverifiedJws): Promise<JwtAnswer> {
    try {
      const jwt = await verifyJwt(token, jws, keySet, algorithms)
      // The claims are three quarters of the token's length; the rest is what an entry costs beside them.
      verified.set(key, jwt, { size: entryBytes + token.length })
      return jwt
    } finally {
      verifications.delete(key)
    }
  }

  function recallOpaque(key: string, token: string, freshWithinMs: number | undefined): Finding | undefined {
    const introspection = introspections.recall(key, token, opaqueFreshness(freshWithinMs))
    return introspection && { issuer, evidence: { introspection }, source: 'cache' }
  }

  async function findOpaque(key: string, token: string, freshWithinMs: number | undefined): Promise<Finding> {
    const { answer, remembered } = await introspections.ask(key, token, opaqueFreshness(freshWithinMs))
    return { issuer, evidence: { introspection: answer }, source: remembered ? 'cache' : 'introspection' }
  }

  async function ready(): Promise<readonly string[]> {
    const problems: string[] = []
    if (options.acceptsJwt && !(await keySet.load().then(Boolean, () => false))) {
      problems.push(`${options.issuer}: no keys`)
    }
    if (introspects && gate.breakerState === 'open') problems.push(`${options.issuer}: introspection fails`)
    return problems
  }

  function stats(): IssuerStats {
    const { breakerState, inFlight, queued } = gate
    const { activeEntries, activeBytes, inactiveEntries } = introspections
    return {
      issuer: options.issuer,
      keys: { kids: keySet.kids, ageSeconds: keySet.ageMs === undefined ? undefined : keySet.ageMs / 1000 },
      verifiedJwts: { entries: verified.size, bytes: verified.calculatedSize },
      introspection: { breaker: breakerState, inFlight, queued, activeEntries, activeBytes, inactiveEntries },
    }
  }

  const hydrate = (): Promise<PublicKeySet> => keySet.hydrate()
  const issuer: Issuer = { options, recallJwt, recallOpaque, findJwt, findOpaque, hydrate, ready, stats }
  return issuer
}
