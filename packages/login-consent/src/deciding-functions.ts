/**
 * The functions that an app gives: what they are told, and what they may return.
 */
import type { ConsentRequest, LoginRequest, LogoutRequest, OAuth2Client } from '@hydra-kit/client'
import type { AuthorizeHints } from './authorize-request.ts'
import type { Account, ConsentDecision, DeviceDecision, LoginDecision, LogoutDecision } from './decisions.ts'
import type { HttpFacts } from './http.ts'

type Awaitable<T> = T | Promise<T>

/** What every deciding function is told. */
export interface DecidingContext {
  /** The request, without its body. */
  readonly http: HttpFacts
  /** What the adapter handed through: the framework's own request and response. */
  readonly native: unknown
}

/** What was typed into the login page. */
export interface LoginForm {
  /** Trimmed; `''` if the page has no such field. */
  readonly email: string
  /** Trimmed; `''` if the page has no such field. */
  readonly username: string
  /** As typed; `''` if the page has no such field. */
  readonly password: string
  /** The user ticked "keep me signed in". */
  readonly remember: boolean
  /** Every field that was sent exactly once, by name, for pages of your own. */
  readonly fields: Readonly<Record<string, string>>
}

/** What `begin` is told. */
export interface BeginContext extends DecidingContext {
  readonly loginRequest: LoginRequest
  readonly hints: AuthorizeHints
  /** The user has just confirmed the account that `login.confirmAccount` showed. */
  readonly confirmed: boolean
}

/** What `authenticate` and `signUp` are told. */
export interface AuthenticateContext extends DecidingContext {
  readonly form: LoginForm
  readonly loginRequest: LoginRequest
  readonly hints: AuthorizeHints
}

/** What `consent` is told. */
export interface ConsentContext extends DecidingContext {
  readonly consentRequest: ConsentRequest
  readonly hints: AuthorizeHints
  readonly subject: string
  readonly client: OAuth2Client
  /**
   * Hydra remembers a consent that covers this request, or the client has `skip_consent`. What Hydra remembers is scopes:
   * with an audience from `mapResource` only `skip_consent` counts.
   */
  readonly canSkip: boolean
}

/** What `claims` is told. */
export interface ClaimsContext extends DecidingContext {
  readonly subject: string
  /** What is granted. */
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  readonly client: OAuth2Client
  readonly consentRequest: ConsentRequest
}

/** Claims for both tokens. Registered ones (`sub`, `iss`, `aud`, …) cannot be replaced: Hydra ignores them. */
export interface TokenClaims {
  /** Becomes `ext` of introspection and of JWT access tokens. */
  readonly accessToken?: Readonly<Record<string, unknown>> | undefined
  /** Becomes claims of the ID token and of userinfo. */
  readonly idToken?: Readonly<Record<string, unknown>> | undefined
}

/** What `logout` is told. */
export interface LogoutContext extends DecidingContext {
  /** Hydra's request. `rp_initiated`: a client asks, with somebody's ID token. */
  readonly logoutRequest: LogoutRequest
  /**
   * Whether this browser itself signed in to the session that is to end. If not, do not accept without asking: anybody
   * can put an ID token of his own into a link, and Hydra then signs out whoever opens it.
   */
  readonly isOwnSession: boolean
}

/** What `endSession` is told. */
export type EndSessionContext = LogoutContext

/** What `device` is told. */
export interface DeviceContext extends DecidingContext {
  /** What was typed: trimmed, and folded if `userCode` says which alphabet the server uses. Never empty. */
  readonly userCode: string
}

/** What `describeAccount` is told. */
export interface DescribeAccountContext extends DecidingContext {
  readonly subject: string
}

/**
 * Called before the login page is shown, and on skipped logins: `login.accept` (your app has its own session),
 * `login.redirectTo`, `login.confirmAccount`, `login.reject` or `login.show`.
 */
export type BeginFunction = (context: BeginContext) => Awaitable<LoginDecision>
/** Checks what was typed: `login.accept`, `login.retry`, `login.redirectTo` or `login.reject`. */
export type AuthenticateFunction = (context: AuthenticateContext) => Awaitable<LoginDecision>
/** Decides about a consent before a page is shown. Default: grant what can be skipped, ask for the rest. */
export type ConsentFunction = (context: ConsentContext) => Awaitable<ConsentDecision>
/** Gives the claims of both tokens; called for every grant, skipped ones included. */
export type ClaimsFunction = (context: ClaimsContext) => Awaitable<TokenClaims>
/**
 * Decides about a logout before a page is shown. Default: ask, unless the client has `skip_logout_consent` and this
 * browser signed in to the session that is to end.
 */
export type LogoutFunction = (context: LogoutContext) => Awaitable<LogoutDecision>
/** Ends the app's own session; called after the user said yes, before Hydra is told. */
export type EndSessionFunction = (context: EndSessionContext) => Awaitable<void>
/** Looks at a user code before Hydra does: `device.accept` or `device.retry`. Default: every code is passed on. */
export type DeviceFunction = (context: DeviceContext) => Awaitable<DeviceDecision>
/** How an account is shown to its owner. Default: the subject. */
export type DescribeAccountFunction = (context: DescribeAccountContext) => Awaitable<Account>
/**
 * Maps an RFC 8707 resource to an audience, or refuses it (`undefined`): the client then gets `invalid_target`.
 * The resource is untrusted: compare with a list of your own.
 */
export type MapResourceFunction = (resource: string, client: OAuth2Client) => Awaitable<string | undefined>
