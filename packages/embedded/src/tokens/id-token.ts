import { createHash, randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { insufficientEntropy, serverError } from '../errors.ts'
import { type Claims, signWithSet, verifyWithSet } from './jws.ts'
import { currentKey, idTokenSet } from './key-sets.ts'
import type { IdTokenClaims } from './session.ts'

/** Values shorter than this are not unguessable enough for Hydra. */
export const minEntropy = 8

/** Parameters of the authorization request that matter for its ID token. */
export type IdTokenForm = Readonly<
  Partial<Record<'prompt' | 'max_age' | 'acr_values' | 'id_token_hint' | 'nonce', string>>
>

/** What an ID token is made from. */
export interface IdTokenInput {
  /** Filled in with `exp`, `iat`, `acr`, `nonce` and the like. */
  readonly claims: IdTokenClaims
  readonly clientId: string
  readonly lifespanMs: number
  /** `undefined` on refresh: the request was judged when it was made. */
  readonly form: IdTokenForm | undefined
}

/** Signs an ID token. @throws HydraError `server_error`, `insufficient_entropy` */
export async function issueIdToken(engine: Engine, input: IdTokenInput): Promise<string> {
  const { claims, form, clientId } = input
  const now = engine.clock.now()
  if (claims.sub === '') throw serverError('An ID token needs a subject.')
  if (form !== undefined) await checkForm(engine, claims, form, now)
  claims.exp ??= now + (input.lifespanMs === 0 ? 3_600_000 : input.lifespanMs)
  if (claims.exp < now) throw serverError('The ID token would be expired already.')
  claims.authTime ??= Math.floor(now / 1000) * 1000
  claims.iss ||= engine.config.issuer
  applyNonce(claims, form)
  if (!claims.aud.includes(clientId)) claims.aud = [...claims.aud, clientId]
  claims.iat = now
  return signWithSet(engine, idTokenSet, writtenClaims(claims))
}

function applyNonce(claims: IdTokenClaims, form: IdTokenForm | undefined): void {
  const nonce = form?.nonce ?? ''
  if (nonce === '') return
  if (nonce.length < minEntropy) throw insufficientEntropy(`The nonce must have at least ${minEntropy} characters.`)
  claims.nonce = nonce
}

async function checkForm(engine: Engine, claims: IdTokenClaims, form: IdTokenForm, now: number): Promise<void> {
  const authTime = claims.authTime
  const rat = claims.rat ?? 0
  if (authTime !== undefined && authTime > now + 5000) throw serverError('The user signed in in the future.')
  const maxAge = parseInteger(form.max_age) ?? 0
  if (maxAge > 0 && (authTime === undefined || authTime + maxAge * 1000 < rat)) {
    throw serverError('The user signed in longer ago than max_age allows.')
  }
  const prompt = form.prompt ?? ''
  if (prompt === 'none' && authTime !== undefined && authTime > rat)
    throw serverError('prompt=none, but the user signed in.')
  if (prompt === 'login' && authTime !== undefined && authTime < rat)
    throw serverError('prompt=login, but the user did not sign in.')
  // OpenID Connect Core section 2: "0" says that the authentication met none of the wanted classes.
  if ((form.acr_values ?? '') !== '' && claims.acr === '') claims.acr = '0'
  await checkHint(engine, claims, form.id_token_hint ?? '')
}

async function checkHint(engine: Engine, claims: IdTokenClaims, hint: string): Promise<void> {
  if (hint === '') return
  const checked = await verifyWithSet(engine, idTokenSet, hint)
  if (checked.problem !== undefined && checked.problem !== 'expired')
    throw serverError('The id_token_hint is not valid.')
  if (checked.claims['sub'] !== claims.sub) throw serverError('The id_token_hint names another subject.')
}

/** Go's `ParseInt`; `undefined` for anything else. */
export function parseInteger(value: string | null | undefined): number | undefined {
  return /^[+-]?\d+$/.test(value ?? '') ? Number(value) : undefined
}

/** The claims as they stand in a token. Session data comes first, so that it can't replace any of the named ones. */
export function writtenClaims(claims: IdTokenClaims): Claims {
  const written: Claims = { ...claims.ext }
  const set = (name: string, value: unknown): void => {
    if (value === '' || value === undefined) delete written[name]
    else written[name] = value
  }
  set('sub', claims.sub)
  set('iss', claims.iss)
  set('jti', claims.jti || randomUUID())
  set('aud', claims.aud)
  set('iat', seconds(claims.iat))
  set('exp', seconds(claims.exp))
  set('rat', seconds(claims.rat))
  set('nonce', claims.nonce)
  set('at_hash', claims.atHash)
  set('c_hash', claims.cHash)
  set('auth_time', seconds(claims.authTime))
  set('acr', claims.acr)
  set('amr', claims.amr.length === 0 ? '' : claims.amr)
  return written
}

function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.floor(ms / 1000)
}

/** `at_hash` and `c_hash`: the left half of the token's SHA-256 (OpenID Connect Core section 3.1.3.6). */
export function halfHash(token: string): string {
  const hash = createHash('sha256').update(token).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}

/** Key id that new ID tokens will carry. */
export async function idTokenKid(engine: Engine): Promise<string> {
  return (await currentKey(engine.state.keySets, idTokenSet)).kid ?? ''
}
