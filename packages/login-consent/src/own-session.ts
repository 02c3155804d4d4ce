/**
 * Which login session is this browser's: a cookie that knows the session again at logout. Hydra takes any user's ID
 * token as a reason to sign out the browser that brings it, also one that another user's cookie contradicts; so a
 * stranger could sign out a visitor by a link with an ID token of his own.
 */
import { cookie, readCookie, type CookieStyle } from './cookies.ts'
import type { HttpInput } from './http.ts'
import type { Signer } from './signing.ts'

const name = 'hydra_kit_session'

/** A login session: `sid` of ID tokens and logout requests, `session_id` of login requests. */
export interface LoginSession {
  readonly subject: string
  readonly sessionId: string
}

/** The `Set-Cookie` value after a login, for as long as Hydra remembers it; `undefined`: until the browser closes. */
export function sessionCookie(
  style: CookieStyle,
  signer: Signer,
  session: LoginSession,
  rememberedSeconds: number | undefined,
): string {
  return cookie(style, name, signer.sign([session.subject, session.sessionId]), rememberedSeconds)
}

/** Whether this browser signed in to that session. No, if it cannot be known. */
export function isOwnSession(
  style: CookieStyle,
  signer: Signer,
  input: Pick<HttpInput, 'headers'>,
  session: LoginSession,
): boolean {
  const value = readCookie(input, style.prefix + name)
  return value !== undefined && session.sessionId !== '' && signer.verify([session.subject, session.sessionId], value)
}

/** The `Set-Cookie` value after a logout. */
export function forgetSession(style: CookieStyle): string {
  return cookie(style, name, '', 0)
}
