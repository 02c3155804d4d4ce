/** What the issuer's keys or introspection said about a token: the thing that is cached. Never a verdict. */
import { deepFreeze, isJsonObject, ownClaim } from './claims.ts'
import type { Claims } from './claims.ts'
import type { RefusalReason } from './errors.ts'
import type { KeyHandle } from './key-set.ts'
import { shareRepeatedValues } from './shared-values.ts'
import { intersectScopes, parseScopes } from './scopes.ts'
import type { VerifiedToken } from './verified-token.ts'

/** The claims of RFC 7519 section 4.1 and RFC 7662 section 2.2 that policy looks at, with their types checked. */
export interface TypedClaims {
  readonly issuer: string | undefined
  readonly subject: string | undefined
  readonly clientId: string | undefined
  readonly audience: readonly string[]
  readonly scopes: readonly string[]
  /** `exp`, `nbf`, `iat`: seconds since 1970. */
  readonly expiresAt: number | undefined
  readonly notBefore: number | undefined
  readonly issuedAt: number | undefined
}

/** Room for what follows from an answer alone, so that it is worked out once and goes when the answer goes. */
export interface AnswerMemo {
  /** Why it is no access token. Null: it is one. */
  refusedKind?: RefusalReason | null
  /** Made from this answer alone. Null: the `extra` schema refused it. */
  token?: VerifiedToken<unknown> | null
  /** Made from a JWT that introspection confirmed. */
  confirmedToken?: VerifiedToken<unknown> | null
}

/** A JWT whose signature was verified. */
export interface JwtAnswer extends TypedClaims, AnswerMemo {
  readonly format: 'jwt'
  readonly claims: Claims
  /** `typ` of the header (RFC 9068 section 2.1). */
  readonly type: string | undefined
  /** The key that verified it; the answer falls with it. */
  readonly key: KeyHandle
}

/** What introspection said about an active token. */
export interface ActiveAnswer extends TypedClaims, AnswerMemo {
  readonly format: 'opaque'
  readonly active: true
  readonly claims: Claims
  /** When Hydra was asked (not when it answered), in milliseconds: the age of the answer counts from here. */
  readonly askedAt: number
}

/** Introspection said `active: false`, and nothing else. */
export interface InactiveAnswer {
  readonly format: 'opaque'
  readonly active: false
  readonly askedAt: number
}

/** What introspection said. */
export type IntrospectionAnswer = ActiveAnswer | InactiveAnswer

/** Checks the types of a JWT's claims; undefined if one is wrong. The claims are frozen, and nobody's but the answer's. */
export function readJwtAnswer(claims: Claims, type: string | undefined, key: KeyHandle): JwtAnswer | undefined {
  shareRepeatedValues(claims)
  const typed = readTypedClaims(claims, jwtScopes(claims))
  return typed && { format: 'jwt', ...typed, claims: deepFreeze(claims), type, key }
}

/** Checks the types of an introspection answer (RFC 7662 section 2.2); undefined if it is none. */
export function readIntrospectionAnswer(body: unknown, askedAt: number): IntrospectionAnswer | undefined {
  if (!isJsonObject(body) || typeof body['active'] !== 'boolean') return undefined
  if (!body['active']) return { format: 'opaque', active: false, askedAt }
  const scope = ownClaim(body, 'scope')
  const typed = readTypedClaims(body, typeof scope === 'string' ? parseScopes(scope) : missing(scope))
  return typed && { format: 'opaque', active: true, ...typed, claims: deepFreeze(body), askedAt }
}

/**
 * `scp` first: with `oauth2.allowed_top_level_claims` the consent app can add a `scope` of its own beside Hydra's
 * `scp`. Where both stand, only what both grant counts.
 */
function jwtScopes(claims: Claims): readonly string[] | undefined {
  const [scp, scope] = [ownClaim(claims, 'scp'), ownClaim(claims, 'scope')]
  if (scope === undefined) return scp === undefined ? [] : parseScopes(scp)
  const second = parseScopes(scope)
  if (scp === undefined || second === undefined) return second
  const first = parseScopes(scp)
  return first && intersectScopes(first, second)
}

/** Scopes of a claim that isn't there: none. Of a claim of the wrong type: undefined. */
function missing(value: unknown): readonly string[] | undefined {
  return value === undefined ? [] : undefined
}

function readTypedClaims(claims: Claims, scopes: readonly string[] | undefined): TypedClaims | undefined {
  const issuer = ownClaim(claims, 'iss')
  const subject = ownClaim(claims, 'sub')
  const clientId = ownClaim(claims, 'client_id')
  const audience = readAudience(ownClaim(claims, 'aud'))
  const expiresAt = ownClaim(claims, 'exp')
  const notBefore = ownClaim(claims, 'nbf')
  const issuedAt = ownClaim(claims, 'iat')
  if (!isOptionalString(issuer) || !isOptionalString(subject) || !isOptionalString(clientId)) return undefined
  if (!isOptionalTime(expiresAt) || !isOptionalTime(notBefore) || !isOptionalTime(issuedAt)) return undefined
  if (audience === undefined || scopes === undefined) return undefined
  return {
    issuer,
    subject,
    clientId,
    audience: Object.freeze(audience),
    scopes: Object.freeze(scopes),
    expiresAt,
    notBefore,
    issuedAt,
  }
}

function isOptionalString(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

/** A NumericDate (RFC 7519 section 2) that fits into a Date. */
function isOptionalTime(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Math.abs(value) <= 8.64e12)
}

/** RFC 7519 section 4.1.3: one string, or a list of strings. */
function readAudience(value: unknown): readonly string[] | undefined {
  if (value === undefined) return []
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((member) => typeof member === 'string') ? value : undefined
}
