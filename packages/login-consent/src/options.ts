/**
 * The options of the provider, and what each of them means.
 */
import type { HydraClient } from '@hydra-kit/client'
import type {
  AuthenticateFunction,
  BeginFunction,
  ClaimsFunction,
  ConsentFunction,
  DescribeAccountFunction,
  DeviceFunction,
  EndSessionFunction,
  LogoutFunction,
  MapResourceFunction,
} from './deciding-functions.ts'
import type { FlowStore } from './flow-store.ts'
import type { LimitCallback } from './limiter.ts'
import type { MessageTables } from './messages/messages.ts'
import type { PageRenderers } from './pages/page-renderers.ts'
import type { Branding } from './pages/layout.ts'
import type { ErrorListener } from './reporting.ts'
import type { Secret } from './signing.ts'

/** The part of a Hydra client that is used. */
export type ProviderHydra = Pick<
  HydraClient,
  'loginRequests' | 'consentRequests' | 'logoutRequests' | 'deviceRequests' | 'clients'
>

/** A scope as the consent page shows it. */
export interface ScopeOptions {
  /** What it allows, in the user's words: "See your photos". One text, or one a language. */
  readonly description: string | Readonly<Record<string, string>>
  /** Cannot be unticked; granted whenever access is allowed. Default: false (`openid`: true). */
  readonly required?: boolean | undefined
  /** Ticked at first. Default: true. */
  readonly preselected?: boolean | undefined
}

/** Bounds of what a request may send. */
export interface LimitOptions {
  /** Longest form. Unit: bytes. Default: 65 536. */
  readonly maxBodyBytes?: number | undefined
  /** Time to receive it. Unit: ms. Default: 10 000. */
  readonly bodyTimeoutMs?: number | undefined
}

/** Which user codes the server makes, where that is known. */
export interface UserCodeOptions {
  /**
   * `upper`: A–Z only, `digits`: 0–9 only (Hydra's entropy presets `medium` and `low`). Then hyphens, spaces and, for
   * `upper`, case are forgiven. Without it codes are trimmed and nothing else: by default they are case-sensitive.
   */
  readonly alphabet: 'upper' | 'digits'
}

/** Extra sources for the Content-Security-Policy of pages of your own. */
export type ContentSecurityPolicy = Readonly<
  Partial<Record<'style-src' | 'img-src' | 'font-src' | 'script-src' | 'connect-src', readonly string[]>>
>

/** Options of {@link createLoginConsentProvider}. */
export interface LoginConsentOptions {
  /** The client of `@hydra-kit/client`, with `adminUrl`. */
  readonly hydra: ProviderHydra
  /**
   * Where the browser finds these pages, `https://login.example.com` or with a path. Hydra's `urls.login`,
   * `urls.consent`, … are this plus `/login`, `/consent`, …. Plain http: loopback hosts, or with `allowInsecureHttp`.
   */
  readonly publicUrl: string
  /**
   * Hydra as the browser sees it (`urls.self.issuer`): the browser is redirected to this origin only. Not taken from the
   * client, whose `publicUrl` may be an address inside the cluster.
   */
  readonly issuer: string
  /** Further origins that Hydra may name in `redirect_to`. Default: none. */
  readonly redirectOrigins?: readonly string[] | undefined
  /** Signs form tokens and cookies: 32 bytes or more; several in a list rotate, the first one signs. */
  readonly secret: Secret
  /** Plain http for `publicUrl` on another host than this machine: cookies can then be read on the way. Default: false. */
  readonly allowInsecureHttp?: boolean | undefined

  /** See {@link AuthenticateFunction}. Needed unless `begin` never shows the page. */
  readonly authenticate?: AuthenticateFunction | undefined
  /** See {@link BeginFunction}. Default: show the page; accept skipped logins. */
  readonly begin?: BeginFunction | undefined
  /** The login page gets a "create an account" button, which calls this. Default: no button. */
  readonly signUp?: AuthenticateFunction | undefined
  /** See {@link ConsentFunction}. Default: ask, unless Hydra or the client says that it may be skipped. */
  readonly consent?: ConsentFunction | undefined
  /** See {@link ClaimsFunction}. Default: no claims of yours. */
  readonly claims?: ClaimsFunction | undefined
  /**
   * See {@link LogoutFunction}. Default: ask, unless the client has `skip_logout_consent` and it is this browser's
   * session.
   */
  readonly logout?: LogoutFunction | undefined
  /** See {@link EndSessionFunction}. Default: nothing to end. */
  readonly endSession?: EndSessionFunction | undefined
  /** See {@link DeviceFunction}. Default: every code is passed on to Hydra. */
  readonly device?: DeviceFunction | undefined
  /** See {@link DescribeAccountFunction}. Default: the subject. */
  readonly describeAccount?: DescribeAccountFunction | undefined
  /** See {@link MapResourceFunction}. Default: `resource` is ignored. */
  readonly mapResource?: MapResourceFunction | undefined

  /** What scopes mean, by name. Default: sentences for the standard ones, the bare name for others. */
  readonly scopes?: Readonly<Record<string, string | ScopeOptions>> | undefined
  /** The login page offers "keep me signed in", for so long. Unit: s. Default: not offered. */
  readonly rememberLogin?: { readonly forSeconds: number } | undefined
  /** The consent page offers to remember the choice, for so long. Unit: s; 0: for ever. Default: not offered. */
  readonly rememberConsent?: { readonly forSeconds: number } | undefined
  /** Which field names the user. Default: `email`. */
  readonly identifier?: 'email' | 'username' | undefined
  /** Fields of the login form that must not be empty. Default: the identifier and `password`. */
  readonly requiredFields?: readonly string[] | undefined
  /** Link beside the password. Default: none. */
  readonly forgotPasswordUrl?: string | undefined
  /** Consent is shown only to the browser that signed in as that user. `false`: for login and consent on two hosts. Default: true. */
  readonly bindConsentToLogin?: boolean | undefined
  /** See {@link UserCodeOptions}. Default: trim, never fold. */
  readonly userCode?: UserCodeOptions | undefined

  /** See {@link Branding}. Default: a plain page without a name. */
  readonly branding?: Branding | undefined
  /** Further languages, or other words: tables by language tag, partial ones allowed. Default: English and German. */
  readonly messages?: MessageTables | undefined
  /** When neither client nor browser asks for a language that exists. Default: `en`. */
  readonly defaultLocale?: string | undefined
  /** Render functions in place of our pages, one by one. Default: ours. */
  readonly pages?: PageRenderers | undefined
  /**
   * For pages of your own: allows their styles, images, scripts. `'unsafe-inline'` and `'unsafe-eval'` are refused.
   * Default: nothing further.
   */
  readonly contentSecurityPolicy?: ContentSecurityPolicy | undefined
  /** Show https logos of clients on the consent page: their servers then see your users' addresses. Default: false. */
  readonly clientLogos?: boolean | undefined
  /** Show Hydra's own error texts on the error page. Anybody can put text into that address, so default: loopback only. */
  readonly showErrorDescriptions?: boolean | undefined

  /** See {@link LimitOptions}. Default: 64 KiB, 10 s. */
  readonly limits?: LimitOptions | undefined
  /** Refuses tries of passwords and device codes. Default: {@link createMemoryLimiter}. */
  readonly limit?: LimitCallback | undefined
  /** Where waiting flows are kept. Default: {@link createMemoryFlowStore}. */
  readonly flowStore?: FlowStore | undefined
  /** How long a form may stay open. Unit: s. Default: 1 800, Hydra's own limit for a request. */
  readonly formTokenSeconds?: number | undefined
  /** Told about everything that went wrong on our side. Default: a process warning without data of the request. */
  readonly onError?: ErrorListener | undefined
  /** Clock. Unit: ms. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}
