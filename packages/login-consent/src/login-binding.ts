/**
 * Who signed in here: a cookie that binds this browser to the (subject, login session) pairs it has just signed in as.
 * Consent is shown and accepted for such a pair only, so a consent link of another user is refused. Since Hydra 2.2 a
 * consent request no longer names the login challenge that the login page saw; `login_session_id` is what both share.
 */
import { cookie, readCookie, type CookieStyle } from './cookies.ts'
import type { HttpInput } from './http.ts'
import type { Signer } from './signing.ts'

const name = 'hydra_kit_login'
const lifeSeconds = 3600
/** Two tabs may be signing in at once; more than a few are no browser of a person. */
const maxEntries = 6

/** A login that took place in a browser. */
export interface LoginBinding {
  readonly browserId: string
  readonly subject: string
  /** `session_id` of the login request, `login_session_id` of the consent request. */
  readonly sessionId: string
}

/** Whether this browser signed in as that subject in that login session, within the last hour. */
export function isBound(
  style: CookieStyle,
  signer: Signer,
  input: Pick<HttpInput, 'headers'>,
  binding: LoginBinding,
  nowSeconds: number,
): boolean {
  return liveEntries(style, input, nowSeconds).some(({ expiry, signature }) =>
    signer.verify(signedParts(binding, expiry), signature),
  )
}

/** The `Set-Cookie` value after a login: the new entry first, the youngest others behind it. */
export function bindLogin(
  style: CookieStyle,
  signer: Signer,
  input: Pick<HttpInput, 'headers'>,
  binding: LoginBinding,
  nowSeconds: number,
): string {
  const expiry = (nowSeconds + lifeSeconds).toString(36)
  const fresh = `${expiry}.${signer.sign(signedParts(binding, expiry))}`
  const others = liveEntries(style, input, nowSeconds)
    .filter((entry) => !signer.verify(signedParts(binding, entry.expiry), entry.signature))
    .map((entry) => `${entry.expiry}.${entry.signature}`)
  return cookie(style, name, [fresh, ...others].slice(0, maxEntries).join('~'), lifeSeconds)
}

/** The `Set-Cookie` value that forgets all logins of this browser. */
export function unbindLogins(style: CookieStyle): string {
  return cookie(style, name, '', 0)
}

function liveEntries(
  style: CookieStyle,
  input: Pick<HttpInput, 'headers'>,
  nowSeconds: number,
): { expiry: string; signature: string }[] {
  const value = readCookie(input, style.prefix + name) ?? ''
  return value.length > 1024
    ? []
    : value
        .split('~')
        .map((entry) => /^([0-9a-z]{1,11})\.([\w-]{43})$/.exec(entry))
        .filter((match) => match !== null)
        .map(([, expiry = '', signature = '']) => ({ expiry, signature }))
        .filter(({ expiry }) => parseInt(expiry, 36) >= nowSeconds)
}

/** The signature hides the subject: the cookie holds a keyed hash of it, not its name. */
function signedParts(binding: LoginBinding, expiry: string): string[] {
  return [binding.browserId, binding.subject, binding.sessionId, expiry]
}
