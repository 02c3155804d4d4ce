import { compactVerify, CompactSign, decodeProtectedHeader } from 'jose'
import type { Engine } from '../engine.ts'
import {
  type HydraError,
  invalidTokenFormat,
  tokenClaim,
  tokenExpired,
  tokenSignatureMismatch,
  untypedError,
} from '../errors.ts'
import { isObject } from '../http/go-json.ts'
import { type Jwk, currentKey, signingKey, verifyingKey } from './key-sets.ts'

/** Claims of a JWT (RFC 7519). */
export type Claims = Record<string, unknown>

/** Signs claims with one key. Header as Hydra's: `alg`, `kid`, `typ: JWT`, also for access and logout tokens. */
export async function signClaims(key: Jwk, claims: Claims): Promise<string> {
  const header = { alg: key.alg ?? 'RS256', kid: key.kid ?? '', typ: 'JWT' }
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(signingKey(key))
}

/** Signs claims with the newest key of a set. */
export async function signWithSet(engine: Engine, set: string, claims: Claims): Promise<string> {
  return signClaims(await currentKey(engine.state.keySets, set), claims)
}

/** What is wrong with a JWT. Only `expired` leaves the claims trustworthy. */
export type JwtProblem = 'malformed' | 'signature' | 'expired' | 'claims' | 'unverifiable'

/** A JWT that was looked at. */
export interface CheckedJwt {
  readonly claims: Claims
  readonly problem?: JwtProblem
}

/**
 * Verifies a JWT with the newest key of a set. Older keys don't count: after a rotation Hydra itself refuses what it
 * signed before, although the key is still published. It signs with Ed25519 keys too, but can only verify RSA and EC.
 */
export async function verifyWithSet(engine: Engine, set: string, token: string): Promise<CheckedJwt> {
  const key = await currentKey(engine.state.keySets, set)
  if (key.kty !== 'RSA' && key.kty !== 'EC') return { claims: {}, problem: 'unverifiable' }
  return verifyWithKey(key, token, engine.clock.now())
}

/** Verifies a JWT with one key; `now` in milliseconds. */
export async function verifyWithKey(key: Jwk, token: string, now: number): Promise<CheckedJwt> {
  try {
    decodeProtectedHeader(token)
  } catch {
    return { claims: {}, problem: 'malformed' }
  }
  try {
    const { payload } = await compactVerify(token, verifyingKey(key), { algorithms: [key.alg ?? 'RS256'] })
    const claims: unknown = JSON.parse(Buffer.from(payload).toString())
    if (!isObject(claims)) return { claims: {}, problem: 'malformed' }
    const problem = timeProblem(claims, Math.floor(now / 1000))
    return problem === undefined ? { claims } : { claims, problem }
  } catch {
    return { claims: {}, problem: 'signature' }
  }
}

/** Judges `exp`, `iat` and `nbf` where they are present; `now` in seconds. */
export function timeProblem(claims: Claims, now: number): 'expired' | 'claims' | undefined {
  const { exp, iat, nbf } = claims
  if (typeof iat === 'number' && iat > now) return 'claims'
  if (typeof nbf === 'number' && nbf > now) return 'claims'
  return typeof exp === 'number' && exp < now ? 'expired' : undefined
}

/** The error that Hydra answers with for a problem of an access token. */
export function jwtError(problem: JwtProblem): HydraError {
  if (problem === 'malformed') return invalidTokenFormat()
  if (problem === 'signature') return tokenSignatureMismatch()
  if (problem === 'expired') return tokenExpired()
  return problem === 'claims' ? tokenClaim() : untypedError()
}
