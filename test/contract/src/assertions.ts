/** Keys and signed assertions of the programs around Hydra (RFC 7523). */
import { generateKeyPairSync, randomUUID, sign, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { CaseContext } from './case-context.ts'

/** The only assertion type of a client (RFC 7523 section 2.2). */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** A P-256 key of a case's own. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  /** The public half, as Hydra takes it. */
  readonly jwk: JsonWebKey & { readonly kid: string; readonly alg: string; readonly use: string }
}

/** Makes a key; RSA for what only takes RSA. */
export function makeSigningKey(t: CaseContext, alg: 'ES256' | 'RS256' = 'ES256'): SigningKey {
  const kid = t.unique('kid')
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    kid,
    privateKey: pair.privateKey,
    jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' },
  }
}

/** Claims of an assertion; `undefined` leaves one out. */
export type AssertionClaims = Readonly<Record<string, unknown>>

/** An assertion that is valid for five minutes unless its claims say otherwise. */
export function assertion(key: SigningKey, claims: AssertionClaims, header: AssertionClaims = {}): string {
  const now = Math.floor(Date.now() / 1000)
  return signJwt(key, { iat: now, exp: now + 300, jti: randomUUID(), ...claims }, header)
}

/** Signs any claims. */
export function signJwt(
  { kid, privateKey, jwk }: SigningKey,
  claims: AssertionClaims,
  header: AssertionClaims = {},
): string {
  const parts = [{ alg: jwk.alg, typ: 'JWT', kid, ...header }, claims]
  const input = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}
