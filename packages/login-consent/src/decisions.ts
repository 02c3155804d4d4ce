/**
 * What the deciding functions return: plain values, made by `login.*`, `consent.*`, `logout.*` and `device.*`.
 */
import { optionsError } from './errors.ts'

/** What Hydra is told about a successful login. */
export interface LoginAcceptance {
  /** The user's id in your system: stable, never reused, not an e-mail address. 1 to 255 characters. */
  readonly subject: string
  /**
   * Keep a session at Hydra, so that the next login of this browser is skipped. Default: what the user ticked, if
   * `rememberLogin` is configured, else `false`.
   */
  readonly remember?: boolean | undefined
  /**
   * How long the session cookie lives. Unit: s, at least 1. Required with `remember: true` unless `rememberLogin` is
   * configured: absent or 0 means 30 days to Hydra 25.4 and later, and "until the browser closes" before.
   */
  readonly rememberForSeconds?: number | undefined
  /** On a skipped login: start `rememberForSeconds` anew (Hydra ≥ 2.1; left out before). Default: false. */
  readonly extendSession?: boolean | undefined
  /** Authentication context class, claim `acr` of the ID token. */
  readonly acr?: string | undefined
  /** How the user was authenticated (RFC 8176): `['pwd', 'otp']`. Hydra ≥ 1.10.7; left out before. */
  readonly amr?: readonly string[] | undefined
  /** Anything JSON: the consent request carries it. Do not put secrets there, it travels in the challenge. */
  readonly context?: unknown
  /** Pairwise subject identifier to use instead of Hydra's own. */
  readonly forceSubjectIdentifier?: string | undefined
  /** Session at an external identity provider, revoked at logout (Hydra ≥ 2.2; left out before). */
  readonly identityProviderSessionId?: string | undefined
  /**
   * When the user proved who they are, for a session of your own that `begin` accepts. `max_age` is judged by it; a
   * request that asks for a fresh login is never satisfied by an older session.
   */
  readonly authenticatedAt?: Date | undefined
}

/** A refusal that is sent to the client, as OAuth error. */
export interface Rejection {
  /** A registered error code. Default: `access_denied`. */
  readonly error?: string | undefined
  /** For the client's developer; the client may show it. Default: a sentence that fits. */
  readonly description?: string | undefined
}

/** Where a wrong entry is shown, and what a JSON front end is told. */
export interface RetryDetails {
  /** Stable code for JSON front ends. Default: `credentials_wrong`. */
  readonly code?: string | undefined
  /** The form field that it belongs to. Default: the form as a whole. */
  readonly field?: string | undefined
}

/** An address to send the browser to, or a function that builds it around the handle. */
export type HandleTarget = string | ((handle: string) => string)

/** Outcome of `begin`, `authenticate`, `signUp` and what `finishLogin` takes. Make it with {@link login}. */
export type LoginDecision =
  | { readonly step: 'login'; readonly type: 'accept'; readonly acceptance: LoginAcceptance }
  | { readonly step: 'login'; readonly type: 'retry'; readonly message: string; readonly details: RetryDetails }
  | { readonly step: 'login'; readonly type: 'reject'; readonly rejection: Rejection }
  | { readonly step: 'login'; readonly type: 'redirect'; readonly target: HandleTarget; readonly data: unknown }
  | { readonly step: 'login'; readonly type: 'show' }
  | { readonly step: 'login'; readonly type: 'confirmAccount'; readonly account: Account }

/** How an account is shown to its owner. */
export interface Account {
  /** Name or e-mail address. */
  readonly name: string
  /** A second line, such as the e-mail address below the name. */
  readonly detail?: string | undefined
}

/** Makes a {@link LoginDecision}. */
export const login: {
  /** The user is who they say. @throws TypeError `ERR_OPTIONS` for an empty or overlong subject */
  accept(acceptance: LoginAcceptance): LoginDecision
  /** Show the form again, with this sentence; everything but passwords stays filled in. */
  retry(message: string, details?: RetryDetails): LoginDecision
  /** Tell the client that there will be no login. */
  reject(rejection?: Rejection): LoginDecision
  /**
   * Send the browser elsewhere first: a second factor, an external identity provider, sign-up, terms of use. A path of
   * your own site gets `?flow=<handle>`; a function builds any other address around the handle (as OAuth `state`).
   * The handle grants nothing and works in this browser only: your server ends the flow with `finishLogin`.
   *
   * @param options.data kept with the flow on the server, for `readFlow`: who passed the first step, for instance
   */
  redirectTo(target: HandleTarget, options?: { data?: unknown }): LoginDecision
  /** Show the login page. On a skipped login: ask Hydra for a real one. */
  show(): LoginDecision
  /** Ask "continue as …?"; on yes, `begin` is called again with `confirmed: true`. */
  confirmAccount(account: Account): LoginDecision
} = {
  accept(acceptance) {
    const { subject, rememberForSeconds } = acceptance
    if (typeof subject !== 'string' || subject === '' || subject.length > 255) {
      throw optionsError('login.accept subject', 'must be a text of 1 to 255 characters, the id of the user')
    }
    if (rememberForSeconds !== undefined && !(Number.isInteger(rememberForSeconds) && rememberForSeconds >= 1)) {
      throw optionsError('login.accept rememberForSeconds', 'must be a whole number of seconds, at least 1')
    }
    return { step: 'login', type: 'accept', acceptance: { ...acceptance } }
  },
  retry: (message, details = {}) => ({ step: 'login', type: 'retry', message, details: { ...details } }),
  reject: (rejection = {}) => ({ step: 'login', type: 'reject', rejection: { ...rejection } }),
  redirectTo: (target, options = {}) => ({ step: 'login', type: 'redirect', target, data: options.data ?? null }),
  show: () => ({ step: 'login', type: 'show' }),
  confirmAccount: (account) => ({ step: 'login', type: 'confirmAccount', account: { ...account } }),
}

/** Outcome of `consent`. Make it with {@link consent}. */
export type ConsentDecision =
  | { readonly step: 'consent'; readonly type: 'ask' }
  | { readonly step: 'consent'; readonly type: 'grantAll' }
  | {
      readonly step: 'consent'
      readonly type: 'grant'
      readonly scopes: readonly string[]
      readonly audience: readonly string[] | undefined
    }
  | { readonly step: 'consent'; readonly type: 'deny'; readonly rejection: Rejection }

/** Makes a {@link ConsentDecision}. */
export const consent: {
  /** Show the consent page. */
  ask(): ConsentDecision
  /** Grant all that was asked for, without a page: your own apps. `prompt=consent` still shows the page. */
  grantAll(): ConsentDecision
  /** Grant these scopes without a page; what was not asked for is left out. Audience: default all asked for. */
  grant(scopes: readonly string[], options?: { audience?: readonly string[] | undefined }): ConsentDecision
  /** Tell the client no, without a page. */
  deny(rejection?: Rejection): ConsentDecision
} = {
  ask: () => ({ step: 'consent', type: 'ask' }),
  grantAll: () => ({ step: 'consent', type: 'grantAll' }),
  grant: (scopes, options = {}) => ({
    step: 'consent',
    type: 'grant',
    scopes: [...scopes],
    audience: options.audience === undefined ? undefined : [...options.audience],
  }),
  deny: (rejection = {}) => ({ step: 'consent', type: 'deny', rejection: { ...rejection } }),
}

/** Outcome of `logout`. Make it with {@link logout}. */
export type LogoutDecision = { readonly step: 'logout'; readonly type: 'ask' | 'accept' | 'reject' }

/** Makes a {@link LogoutDecision}. */
export const logout: {
  /** Show the logout page. */
  ask(): LogoutDecision
  /** Sign out without a page. Another site can cause it by a link: only for requests with `rp_initiated`. */
  accept(): LogoutDecision
  /** Stay signed in, without a page. */
  reject(): LogoutDecision
} = {
  ask: () => ({ step: 'logout', type: 'ask' }),
  accept: () => ({ step: 'logout', type: 'accept' }),
  reject: () => ({ step: 'logout', type: 'reject' }),
}

/** Outcome of `device`. Make it with {@link device}. */
export type DeviceDecision =
  | { readonly step: 'device'; readonly type: 'accept'; readonly userCode: string | undefined }
  | { readonly step: 'device'; readonly type: 'retry'; readonly message: string; readonly details: DeviceRetryDetails }

/** What a JSON front end is told about a code that was not passed on. */
export type DeviceRetryDetails = Pick<RetryDetails, 'code'>

/** Makes a {@link DeviceDecision}. */
export const device: {
  /** Pass the code on to Hydra, which knows whether it is right. `userCode` replaces what was typed. */
  accept(userCode?: string): DeviceDecision
  /** Show the form again, with this sentence. Code for JSON front ends: default `code_wrong`. */
  retry(message: string, details?: DeviceRetryDetails): DeviceDecision
} = {
  accept: (userCode) => ({ step: 'device', type: 'accept', userCode }),
  retry: (message, details = {}) => ({ step: 'device', type: 'retry', message, details: { ...details } }),
}

/** Whether a value is a decision of that step; an app in plain JavaScript may return anything. */
export function isDecision(value: unknown, step: 'login' | 'consent' | 'logout' | 'device'): boolean {
  return typeof value === 'object' && value !== null && (value as { step?: unknown }).step === step
}
