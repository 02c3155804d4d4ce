/**
 * What each page shows, as plain data: the same for our pages, for render functions of the app and for JSON mode.
 */

/** The client as it may be shown: texts cleaned and cut, links http(s) only. */
export interface ClientView {
  readonly id: string
  /** `undefined` if the client has no name. */
  readonly name: string | undefined
  /** Only with `clientLogos: true`, and only https. */
  readonly logoUrl: string | undefined
  readonly websiteUrl: string | undefined
  readonly privacyPolicyUrl: string | undefined
  readonly termsOfServiceUrl: string | undefined
}

/** What is wrong with an entry. JSON mode sends `code` and `field` only. */
export interface FormError {
  /** `credentials_wrong`, `required`, `form_expired`, `too_many_attempts`, `unavailable`, `code_wrong`, `no_scope`, or one of the app's own. */
  readonly code: string
  /** The field it belongs to; `undefined`: the form. */
  readonly field: string | undefined
  /** In the user's language. */
  readonly message: string
}

/** The login page. */
export interface LoginModel {
  /** `undefined` while Hydra cannot be asked. */
  readonly client: ClientView | undefined
  /** Which field names the user, and its type. */
  readonly identifier: 'email' | 'username'
  /** What is filled in: the hint of the client, or what the user typed. Never a password. */
  readonly values: { readonly identifier: string; readonly remember: boolean }
  readonly offersRemember: boolean
  readonly offersSignUp: boolean
  readonly forgotPasswordUrl: string | undefined
  readonly errors: readonly FormError[]
}

/** The page that asks whether to go on as somebody. */
export interface AccountModel {
  readonly client: ClientView
  readonly account: AccountView
}

/** An account as it may be shown. */
export interface AccountView {
  readonly name: string
  readonly detail: string | undefined
}

/** A scope on the consent page. */
export interface ScopeView {
  readonly name: string
  /** From `scopes`, else the built-in sentence for standard scopes, else the scope itself. */
  readonly description: string
  /** Cannot be unticked. */
  readonly required: boolean
  readonly checked: boolean
}

/** The consent page. */
export interface ConsentModel {
  readonly client: ClientView
  readonly account: AccountView
  readonly scopes: readonly ScopeView[]
  /** APIs that the token will be good for. */
  readonly audience: readonly string[]
  readonly offersRemember: boolean
  readonly remember: boolean
  /** Host that the browser returns to; `undefined` in the device flow, for custom schemes and with a request object. */
  readonly returnHost: string | undefined
  readonly errors: readonly FormError[]
}

/** The logout page. */
export interface LogoutModel {
  /** The client that asked; `undefined` if the user came by himself. */
  readonly client: ClientView | undefined
  readonly account: AccountView | undefined
}

/** The page that asks for a device's code. */
export interface DeviceModel {
  readonly userCode: string
  /** The code came with the address: the user only compares (RFC 8628 section 3.3.1). */
  readonly isPrefilled: boolean
  readonly errors: readonly FormError[]
}

/** Hydra cannot be reached. */
export interface UnavailableModel {
  /** What to post again: everything but passwords. `undefined`: simply open the page again. */
  readonly fields: readonly (readonly [name: string, value: string])[] | undefined
  readonly retryAfterSeconds: number
}

/** The error page. */
export interface ErrorModel {
  /** Stable: a `FlowErrorReason`, an OAuth error code, `server_error`, … */
  readonly code: string
  /** In the user's language. */
  readonly message: string
  /** For developers: Hydra's own words; only where `showErrorDescriptions` allows. */
  readonly detail: string | undefined
  /** Starts the flow again. */
  readonly restartUrl: string | undefined
  readonly homeUrl: string | undefined
}

/** Pages without data of their own. */
export type NoticeModel = Readonly<Record<string, never>>

/** All pages and their models. */
export interface PageModels {
  readonly login: LoginModel
  readonly account: AccountModel
  readonly consent: ConsentModel
  readonly logout: LogoutModel
  readonly stayed: NoticeModel
  readonly 'signed-out': NoticeModel
  readonly device: DeviceModel
  readonly 'device-done': NoticeModel
  readonly 'device-denied': NoticeModel
  readonly unavailable: UnavailableModel
  readonly error: ErrorModel
}

/** The name of a page. */
export type PageName = keyof PageModels
