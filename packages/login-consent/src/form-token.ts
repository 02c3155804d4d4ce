/**
 * The form token: proof that a form was rendered by us, for this browser, this purpose and this challenge.
 * It also carries the address at which the flow can be started again, signed, for the time when Hydra has
 * forgotten the request.
 */
import type { Signer } from './signing.ts'

/** What a form does; a token made for one purpose is refused for another. */
export type FormPurpose = 'login' | 'account' | 'consent' | 'logout' | 'device'

/** What a token is bound to. */
export interface FormTokenSubject {
  readonly browserId: string
  readonly purpose: FormPurpose
  readonly challenge: string
}

/** `restartUrl` is only there when the token is genuine. */
export type FormTokenVerdict =
  | { readonly state: 'valid'; readonly restartUrl: string | undefined }
  | { readonly state: 'expired'; readonly restartUrl: string | undefined }
  | { readonly state: 'missing'; readonly restartUrl?: undefined }
  | { readonly state: 'invalid'; readonly restartUrl?: undefined }

/** Longest token that is looked at: the restart address may hold a long authorize request. */
const maxLength = 16_384

/** Makes a token that is good until `expiresAtSeconds` (epoch seconds). */
export function makeFormToken(
  signer: Signer,
  subject: FormTokenSubject,
  expiresAtSeconds: number,
  restartUrl = '',
): string {
  const expiry = expiresAtSeconds.toString(36)
  const restart = Buffer.from(restartUrl, 'utf8').toString('base64url')
  return `${expiry}.${restart}.${signer.sign(signedParts(subject, expiry, restart))}`
}

/** Judges a token; never throws. */
export function checkFormToken(
  signer: Signer,
  token: string | undefined,
  subject: FormTokenSubject,
  nowSeconds: number,
): FormTokenVerdict {
  if (token === undefined || token === '') return { state: 'missing' }
  const match = token.length > maxLength ? null : /^([0-9a-z]{1,11})\.([\w-]*)\.([\w-]{43})$/.exec(token)
  if (match === null) return { state: 'invalid' }
  const [, expiry = '', restart = '', signature = ''] = match
  if (!signer.verify(signedParts(subject, expiry, restart), signature)) return { state: 'invalid' }
  const restartUrl = restart === '' ? undefined : Buffer.from(restart, 'base64url').toString('utf8')
  return { state: parseInt(expiry, 36) >= nowSeconds ? 'valid' : 'expired', restartUrl }
}

function signedParts(subject: FormTokenSubject, expiry: string, restart: string): string[] {
  return [subject.browserId, subject.purpose, subject.challenge, expiry, restart]
}
