/** One Hydra: its keys, its introspection, its caches. Answers come from here; the verdict is policy.ts. */
import { LRUCache } from 'lru-cache'
import type { VerificationSource } from './events.ts'
import { createIntrospectionCache } from './introspection-cache.ts'
import type { UnverifiedJws } from './jws.ts'
import { createKeySet } from './key-set.ts'
import type { ResolvedIssuer } from './parse-options.ts'
import type { Evidence } from './policy.ts'
import type { IntrospectionAnswer, JwtAnswer } from './token-answer.ts'
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
  recallJwt(key: string, freshWithinMs: number | undefined): Finding | undefined
  /** What is remembered about an opaque token, if it is all that is needed. */
  recallOpaque(key: string, freshWithinMs: number | undefined): Finding | undefined
  /** Verifies a JWT with the issuer's keys, and by introspection if options or route say so. */
  findJwt(key: string, token: string, jws: UnverifiedJws, freshWithinMs: number | undefined): Promise<Finding>
  /** Asks about an opaque token. */
  findOpaque(key: string, token: string, freshWithinMs: number | undefined): Promise<Finding>
}

/** Creates an issuer. Nothing is fetched before the first token. */
export function createIssuer(options: ResolvedIssuer, now: () => number): Issuer {
  const { client, cache, algorithms, introspects, recheckMs } = options
  const keySet = createKeySet(() => client.oidc.jwks(), now)
  const verified = new LRUCache<string, JwtAnswer>({ max: cache.maxEntries })
  const introspections = createIntrospectionCache(
    (token) => client.tokens.introspect({ token }, { timeoutMs: options.introspectionTimeoutMs }),
    { ...cache, now },
  )

  /** How old introspection of a JWT may be; undefined if none is asked for. */
  function jwtRecheckMs(freshWithinMs: number | undefined): number | undefined {
    if (!introspects || freshWithinMs === undefined) return recheckMs
    return Math.min(freshWithinMs, recheckMs ?? freshWithinMs)
  }

  function opaqueMaxAgeMs(freshWithinMs: number | undefined): number {
    return Math.min(freshWithinMs ?? cache.maxAgeMs, cache.maxAgeMs)
  }

  /** A verified JWT counts as long as its key is in the set, and the set is not older than it may be. */
  function recallVerified(key: string): JwtAnswer | undefined {
    const jwt = verified.get(key)
    if (jwt === undefined || !keySet.isUsable()) return undefined
    if (jwt.key.alive) return jwt
    verified.delete(key)
    return undefined
  }

  function recallJwt(key: string, freshWithinMs: number | undefined): Finding | undefined {
    const jwt = recallVerified(key)
    if (jwt === undefined) return undefined
    const maxAgeMs = jwtRecheckMs(freshWithinMs)
    if (maxAgeMs === undefined) return { issuer, evidence: { jwt }, source: 'cache' }
    const introspection = introspections.recall(key, maxAgeMs)
    return introspection && { issuer, evidence: { jwt, introspection }, source: 'cache' }
  }

  async function findJwt(
    key: string,
    token: string,
    jws: UnverifiedJws,
    freshWithinMs: number | undefined,
  ): Promise<Finding> {
    const jwt = await verifyOnce(key, token, jws)
    const maxAgeMs = jwtRecheckMs(freshWithinMs)
    if (maxAgeMs === undefined) return { issuer, evidence: { jwt }, source: 'keys' }
    // Only now: Hydra is never bothered with a token that its own keys refuse.
    const known = introspections.recall(key, maxAgeMs)
    if (known !== undefined) return { issuer, evidence: { jwt, introspection: known }, source: 'keys' }
    const introspection = await introspections.ask(key, token, maxAgeMs)
    return { issuer, evidence: { jwt, introspection }, source: 'introspection' }
  }

  const verifications = new Map<string, Promise<JwtAnswer>>()

  /** One signature check for any number of equal tokens at once. */
  async function verifyOnce(key: string, token: string, jws: UnverifiedJws): Promise<JwtAnswer> {
    const known = recallVerified(key)
    if (known !== undefined) return known
    const running = verifications.get(key)
    if (running !== undefined) return running
    const verification = verifyJwt(token, jws, keySet, algorithms).finally(() => verifications.delete(key))
    verifications.set(key, verification)
    const jwt = await verification
    verified.set(key, jwt)
    return jwt
  }

  function recallOpaque(key: string, freshWithinMs: number | undefined): Finding | undefined {
    const introspection = introspections.recall(key, opaqueMaxAgeMs(freshWithinMs))
    return introspection && { issuer, evidence: { introspection }, source: 'cache' }
  }

  async function findOpaque(key: string, token: string, freshWithinMs: number | undefined): Promise<Finding> {
    const introspection: IntrospectionAnswer = await introspections.ask(key, token, opaqueMaxAgeMs(freshWithinMs))
    return { issuer, evidence: { introspection }, source: 'introspection' }
  }

  const issuer: Issuer = { options, recallJwt, recallOpaque, findJwt, findOpaque }
  return issuer
}
