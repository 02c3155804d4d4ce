import type { Engine } from '../engine.ts'
import type { Jwk } from './key-sets.ts'

/**
 * Somebody whose assertions are good for tokens (RFC 7523 section 2.1). The key is in the key set that has the name
 * of the issuer: one key serves all trusts of an issuer that name its id, and they end together with it.
 */
export interface TrustedIssuer {
  readonly id: string
  readonly issuer: string
  /** "" when any subject is allowed. */
  readonly subject: string
  readonly allowAnySubject: boolean
  readonly scope: readonly string[]
  /** The very key of the set, by which the trust lives: one that is written again under the same id is another. */
  readonly key: Jwk
  /** Milliseconds since 1970, whole seconds. */
  readonly createdAt: number
  /** Only looked at for assertions that don't name their key. */
  readonly expiresAt: number
}

/** All trusts whose key is still there, those for any subject before the others. */
export function trustedIssuers(engine: Engine): TrustedIssuer[] {
  const trusts = engine.state.trustedIssuers
  for (const trust of trusts.values()) {
    if (engine.state.keySets.get(trust.issuer)?.includes(trust.key) !== true) trusts.delete(trust.id)
  }
  return [...trusts.values()].toSorted((a, b) => Number(b.allowAnySubject) - Number(a.allowAnySubject))
}

/** The trusts that cover an assertion of this issuer about this subject. */
export function trustsFor(engine: Engine, issuer: string, subject: string): TrustedIssuer[] {
  return trustedIssuers(engine).filter(
    (trust) => trust.issuer === issuer && (trust.allowAnySubject || trust.subject === subject),
  )
}
