import type { Client } from '../clients/client.ts'

/**
 * One run of sign-in and consent.
 *
 * ```
 *   GET /oauth2/auth ──▶ login challenge ──accept/reject──▶ login verifier
 *                                                               │ the browser follows it
 *   client ◀── code ◀── consent verifier ◀──accept/reject── consent challenge
 * ```
 *
 * Between the steps the flow lives inside the challenge or verifier itself, sealed (challenge.ts). It is stored once,
 * when its consent verifier is used, under {@link Flow.id}.
 */
export interface Flow {
  /** Unique per login step. Two consent verifiers of one flow share it: the second is refused. */
  id: string
  state:
    | 'login-unused'
    | 'login-used'
    | 'login-error'
    | 'consent-unused'
    | 'consent-used'
    | 'consent-error'
    | 'device-unused'
    | 'device-used'
  requestedScope: string[]
  requestedAudience: string[]
  /** `null` in the device flow. */
  oidcContext: OidcContext | null
  /** The client as it was when the flow began; `null` until a device flow knows it. */
  client: Client | null
  requestUrl: string
  /** Milliseconds since 1970, whole seconds. The flow expires some time after it. */
  requestedAt: number
  /** Login session, `sid` of the tokens. */
  sessionId: string

  /** A remembered session may be used. */
  loginSkip: boolean
  subject: string
  forceSubjectIdentifier: string
  identityProviderSessionId: string
  loginRemember: boolean
  loginRememberFor: number
  extendSessionLifespan: boolean
  acr: string
  amr: string[] | null
  context: unknown
  /** Milliseconds since 1970; `undefined` until someone signed in. */
  authenticatedAt: number | undefined
  loginCsrf: string
  loginError: DeniedError | undefined

  consentRequestId: string
  consentSkip: boolean
  consentCsrf: string
  grantedScope: string[] | null
  grantedAudience: string[] | null
  consentRemember: boolean
  consentRememberFor: number | undefined
  consentHandledAt: number | undefined
  consentError: DeniedError | undefined
  sessionAccessToken: Record<string, unknown> | null
  sessionIdToken: Record<string, unknown> | null

  /** Device flow: the CSRF value of its cookie, and the device code it lets in. */
  deviceCsrf: string
  deviceCodeRequestId: string
}

/** What the authorization request said about the user interface. Absent members were not sent. */
export interface OidcContext {
  acr_values?: string[]
  ui_locales?: string[]
  display?: string
  login_hint?: string
  id_token_hint_claims?: Record<string, unknown>
}

/** Why an app rejected a login or consent request. */
export interface DeniedError {
  error: string
  error_description: string
  error_hint: string
  status_code: number
  error_debug: string
}

/** A browser in which someone signed in. */
export interface LoginSession {
  readonly id: string
  subject: string
  /** Milliseconds since 1970. */
  authenticatedAt: number
  /** Only remembered sessions are found again. */
  remember: boolean
  identityProviderSessionId: string
}

/** A logout on its way. */
export interface LogoutRequest {
  readonly challenge: string
  readonly verifier: string
  readonly subject: string
  readonly sessionId: string
  /** Path and query as the browser asked, for the app and for the 410 answer. */
  readonly requestUrl: string
  readonly rpInitiated: boolean
  readonly client: Client | null
  readonly postLogoutRedirectUri: string
  /** Milliseconds since 1970; only of logouts that began without an `id_token_hint`. */
  readonly requestedAt: number | undefined
  readonly expiresAt: number | undefined
  accepted: boolean
  rejected: boolean
  used: boolean
}

/** A flow at its very beginning. */
export function newFlow(given: Pick<Flow, 'id' | 'requestUrl' | 'requestedAt'> & Partial<Flow>): Flow {
  return {
    state: 'login-unused',
    requestedScope: [],
    requestedAudience: [],
    oidcContext: null,
    client: null,
    sessionId: '',
    loginSkip: false,
    subject: '',
    forceSubjectIdentifier: '',
    identityProviderSessionId: '',
    loginRemember: false,
    loginRememberFor: 0,
    extendSessionLifespan: false,
    acr: '',
    amr: null,
    context: null,
    authenticatedAt: undefined,
    loginCsrf: '',
    loginError: undefined,
    consentRequestId: '',
    consentSkip: false,
    consentCsrf: '',
    grantedScope: null,
    grantedAudience: null,
    consentRemember: false,
    consentRememberFor: undefined,
    consentHandledAt: undefined,
    consentError: undefined,
    sessionAccessToken: null,
    sessionIdToken: null,
    deviceCsrf: '',
    deviceCodeRequestId: '',
    ...given,
  }
}
