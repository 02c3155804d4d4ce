/**
 * The options: documented here, checked once, completed into a form without gaps.
 */
import type { HydraClient } from '@hydra-kit/client'
import { cleanLink } from './clean-text.ts'
import { createCompletions, type Completions } from './completions.ts'
import { cookieStyle, type CookieStyle } from './cookies.ts'
import type {
  AuthenticateFunction,
  BeginFunction,
  ClaimsFunction,
  ConsentFunction,
  DescribeAccountFunction,
  EndSessionFunction,
  LogoutFunction,
  MapResourceFunction,
} from './deciding-functions.ts'
import { optionsError } from './errors.ts'
import { createMemoryFlowStore, type FlowStore } from './flow-store.ts'
import { createMemoryLimiter, type LimitCallback } from './limiter.ts'
import { allTranslations, type MessageTables, type Translation } from './messages/messages.ts'
import type { PageRenderers } from './pages/page-renderers.ts'
import type { Branding } from './pages/layout.ts'
import { styleSheet, type StyleSheet } from './pages/style-sheet.ts'
import { isLocalPath, type RedirectTargets } from './redirects.ts'
import { onErrorDefault, type ErrorListener } from './reporting.ts'
import { createSigner, parseSecrets, type Secret, type Signer } from './signing.ts'

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
  readonly bodyBytes?: number | undefined
  /** Time to receive it. Unit: ms. Default: 10 000. */
  readonly bodyTimeMs?: number | undefined
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
  /** See {@link ConsentFunction}. */
  readonly consent?: ConsentFunction | undefined
  /** See {@link ClaimsFunction}. Default: no claims of yours. */
  readonly claims?: ClaimsFunction | undefined
  /** See {@link LogoutFunction}. */
  readonly logout?: LogoutFunction | undefined
  /** See {@link EndSessionFunction}. Default: nothing to end. */
  readonly endSession?: EndSessionFunction | undefined
  /** See {@link DescribeAccountFunction}. */
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

  /** See {@link Branding}. */
  readonly branding?: Branding | undefined
  /** Further languages, or other words: tables by language tag, partial ones allowed. */
  readonly messages?: MessageTables | undefined
  /** When neither client nor browser asks for a language that exists. Default: `en`. */
  readonly defaultLocale?: string | undefined
  /** Render functions in place of our pages, one by one. */
  readonly pages?: PageRenderers | undefined
  /** For pages of your own: allows their styles, images, scripts. `'unsafe-inline'` and `'unsafe-eval'` are refused. */
  readonly contentSecurityPolicy?: ContentSecurityPolicy | undefined
  /** Show https logos of clients on the consent page: their servers then see your users' addresses. Default: false. */
  readonly clientLogos?: boolean | undefined
  /** Show Hydra's own error texts on the error page. Anybody can put text into that address, so default: loopback only. */
  readonly showErrorDescriptions?: boolean | undefined

  /** See {@link LimitOptions}. */
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

/** The options, complete. */
export interface Settings {
  readonly hydra: ProviderHydra
  readonly publicUrl: URL
  /** Path of `publicUrl` without a slash at the end. */
  readonly basePath: string
  readonly targets: RedirectTargets
  readonly cookies: CookieStyle
  readonly formSigner: Signer
  readonly bindingSigner: Signer
  readonly authenticate: AuthenticateFunction | undefined
  readonly begin: BeginFunction | undefined
  readonly signUp: AuthenticateFunction | undefined
  readonly consent: ConsentFunction | undefined
  readonly claims: ClaimsFunction | undefined
  readonly logout: LogoutFunction | undefined
  readonly endSession: EndSessionFunction | undefined
  readonly describeAccount: DescribeAccountFunction
  readonly mapResource: MapResourceFunction | undefined
  readonly scopes: ReadonlyMap<string, ScopeOptions>
  readonly rememberLoginSeconds: number | undefined
  readonly rememberConsentSeconds: number | undefined
  readonly identifier: 'email' | 'username'
  readonly requiredFields: readonly string[]
  readonly forgotPasswordUrl: string | undefined
  readonly bindConsentToLogin: boolean
  readonly userCode: UserCodeOptions | undefined
  readonly branding: Branding
  readonly styleSheet: StyleSheet
  readonly translations: ReadonlyMap<string, Translation>
  readonly defaultLocale: string
  readonly pages: PageRenderers
  readonly contentSecurityPolicy: ContentSecurityPolicy
  readonly clientLogos: boolean
  readonly showErrorDescriptions: boolean
  readonly bodyLimits: { readonly bodyBytes: number; readonly bodyTimeMs: number }
  readonly limit: LimitCallback
  readonly flowStore: FlowStore
  readonly formTokenSeconds: number
  readonly onError: ErrorListener
  readonly now: () => number
  readonly completions: Completions
}

const known: Record<keyof LoginConsentOptions, 'function' | 'object' | 'other'> = {
  hydra: 'object',
  publicUrl: 'other',
  issuer: 'other',
  redirectOrigins: 'object',
  secret: 'other',
  allowInsecureHttp: 'other',
  authenticate: 'function',
  begin: 'function',
  signUp: 'function',
  consent: 'function',
  claims: 'function',
  logout: 'function',
  endSession: 'function',
  describeAccount: 'function',
  mapResource: 'function',
  scopes: 'object',
  rememberLogin: 'object',
  rememberConsent: 'object',
  identifier: 'other',
  requiredFields: 'object',
  forgotPasswordUrl: 'other',
  bindConsentToLogin: 'other',
  userCode: 'object',
  branding: 'object',
  messages: 'object',
  defaultLocale: 'other',
  pages: 'object',
  contentSecurityPolicy: 'object',
  clientLogos: 'other',
  showErrorDescriptions: 'other',
  limits: 'object',
  limit: 'function',
  flowStore: 'object',
  formTokenSeconds: 'other',
  onError: 'function',
  now: 'function',
}

/** Checks and completes the options. @throws TypeError `ERR_OPTIONS`, naming the option and the cure */
export function parseOptions(options: LoginConsentOptions): Settings {
  checkShape(options)
  const now = options.now ?? Date.now
  const publicUrl = parsePublicUrl(options.publicUrl, options.allowInsecureHttp === true)
  const issuer = parseIssuer(options)
  const secrets = parseSecrets(options.secret)
  const branding = parseBranding(options.branding)
  const translations = allTranslations(options.messages)
  return {
    hydra: options.hydra,
    publicUrl,
    basePath: publicUrl.pathname.replace(/\/+$/, ''),
    targets: {
      issuer,
      origins: new Set([issuer.origin, ...(options.redirectOrigins ?? []).map(parseOrigin)]),
    },
    cookies: cookieStyle(publicUrl),
    formSigner: createSigner(secrets, 'form-token'),
    bindingSigner: createSigner(secrets, 'login-binding'),
    authenticate: options.authenticate,
    begin: options.begin,
    signUp: options.signUp,
    consent: options.consent,
    claims: options.claims,
    logout: options.logout,
    endSession: options.endSession,
    describeAccount: options.describeAccount ?? (({ subject }) => ({ name: subject })),
    mapResource: options.mapResource,
    scopes: parseScopes(options.scopes),
    rememberLoginSeconds: parseSeconds('rememberLogin.forSeconds', options.rememberLogin, 1),
    rememberConsentSeconds: parseSeconds('rememberConsent.forSeconds', options.rememberConsent, 0),
    identifier: parseIdentifier(options.identifier),
    requiredFields: options.requiredFields ?? [parseIdentifier(options.identifier), 'password'],
    forgotPasswordUrl: parseLink('forgotPasswordUrl', options.forgotPasswordUrl),
    bindConsentToLogin: options.bindConsentToLogin ?? true,
    userCode: parseUserCode(options.userCode),
    branding,
    styleSheet: styleSheet(branding.accentColor ?? '#2f5fd0'),
    translations,
    defaultLocale: parseLocale(options.defaultLocale, translations),
    pages: options.pages ?? {},
    contentSecurityPolicy: parsePolicy(options.contentSecurityPolicy),
    clientLogos: options.clientLogos ?? false,
    showErrorDescriptions: options.showErrorDescriptions ?? isLoopback(publicUrl.hostname),
    bodyLimits: {
      bodyBytes: parseCount('limits.bodyBytes', options.limits?.bodyBytes, 65_536),
      bodyTimeMs: parseCount('limits.bodyTimeMs', options.limits?.bodyTimeMs, 10_000),
    },
    limit: options.limit ?? createMemoryLimiter({ now }),
    flowStore: options.flowStore ?? createMemoryFlowStore({ now }),
    formTokenSeconds: parseCount('formTokenSeconds', options.formTokenSeconds, 1800),
    onError: options.onError ?? onErrorDefault,
    now,
    completions: createCompletions(now),
  }
}

/** Refuses members that are not in the list: a typo in a security option must not pass in silence. */
export function refuseUnknown(path: string, value: object, names: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw optionsError(`${path}${name}`, `is not an option; known are ${names.join(', ')}`)
    }
  }
}

function checkShape(options: LoginConsentOptions): void {
  if (typeof options !== 'object' || options === null) throw optionsError('options', 'give an object')
  refuseUnknown('', options, Object.keys(known))
  for (const [name, kind] of Object.entries(known)) {
    const value = (options as unknown as Record<string, unknown>)[name]
    if (value === undefined || kind === 'other') continue
    if (typeof value !== kind || value === null)
      throw optionsError(name, `must be ${kind === 'function' ? 'a function' : 'an object'}`)
  }
  for (const name of ['bindConsentToLogin', 'clientLogos', 'showErrorDescriptions', 'allowInsecureHttp'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      throw optionsError(name, 'must be true or false')
  }
  if (options.hydra === undefined) throw optionsError('hydra', 'give the client that createHydraClient made')
  for (const resource of ['loginRequests', 'consentRequests', 'logoutRequests'] as const) {
    if (typeof options.hydra[resource]?.get !== 'function') {
      throw optionsError('hydra', `give the client that createHydraClient made; it has no ${resource}`)
    }
  }
  for (const name of ['set', 'get', 'delete'] as const) {
    if (options.flowStore !== undefined && typeof options.flowStore[name] !== 'function') {
      throw optionsError('flowStore', `needs a function ${name}`)
    }
  }
  refuseUnknown('limits.', options.limits ?? {}, ['bodyBytes', 'bodyTimeMs'])
  for (const [name, render] of Object.entries(options.pages ?? {})) {
    if (!pageNames.includes(name))
      throw optionsError(`pages.${name}`, `is not a page; pages are ${pageNames.join(', ')}`)
    if (render !== undefined && typeof render !== 'function') throw optionsError(`pages.${name}`, 'must be a function')
  }
}

const pageNames: readonly string[] = [
  'login',
  'account',
  'consent',
  'logout',
  'stayed',
  'signed-out',
  'device',
  'device-done',
  'device-denied',
  'unavailable',
  'error',
]

function parseUrl(option: string, value: unknown): URL {
  try {
    return new URL(value as string)
  } catch {
    throw optionsError(option, 'must be an absolute URL such as https://login.example.com')
  }
}

function parsePublicUrl(value: unknown, allowInsecureHttp: boolean): URL {
  const url = parseUrl('publicUrl', value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw optionsError('publicUrl', 'must be https or http')
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw optionsError(
      'publicUrl',
      'must be https: passwords and cookies cross the network. allowInsecureHttp: true turns this off',
    )
  }
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    throw optionsError('publicUrl', 'must not have a query, a fragment or credentials')
  }
  return url
}

function parseIssuer(options: LoginConsentOptions): URL {
  if (options.issuer === undefined) {
    throw optionsError('issuer', "give Hydra's address as the browser sees it, such as https://auth.example.com")
  }
  const url = parseUrl('issuer', options.issuer)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw optionsError('issuer', 'must be https or http')
  // Paths are resolved below the issuer: with a slash at the end a path of its own is kept.
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

function parseOrigin(value: unknown): string {
  const url = parseUrl('redirectOrigins', value)
  if (!/^https?:$/.test(url.protocol)) throw optionsError('redirectOrigins', 'must be https or http origins')
  return url.origin
}

function parseBranding(branding: Branding = {}): Branding {
  refuseUnknown('branding.', branding, ['name', 'logoUrl', 'accentColor', 'homeUrl'])
  return {
    ...branding,
    logoUrl: parseLink('branding.logoUrl', branding.logoUrl),
    homeUrl: parseLink('branding.homeUrl', branding.homeUrl),
  }
}

function parseLink(option: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const link = isLocalPath(value) ? value : cleanLink(value)
  if (link === undefined) throw optionsError(option, 'must be an http(s) address or a path of this site')
  return link
}

function parseScopes(scopes: LoginConsentOptions['scopes'] = {}): ReadonlyMap<string, ScopeOptions> {
  return new Map(
    Object.entries(scopes).map(([name, value]) => {
      const scope = typeof value === 'string' ? { description: value } : value
      if (typeof scope !== 'object' || scope === null || !['string', 'object'].includes(typeof scope.description)) {
        throw optionsError(`scopes.${name}`, 'give a sentence, or an object with a description')
      }
      refuseUnknown(`scopes.${name}.`, scope, ['description', 'required', 'preselected'])
      return [name, scope]
    }),
  )
}

function parseSeconds(option: string, value: { forSeconds: number } | undefined, least: number): number | undefined {
  if (value === undefined) return undefined
  refuseUnknown(`${option.split('.')[0]}.`, value, ['forSeconds'])
  if (!Number.isInteger(value.forSeconds) || value.forSeconds < least) {
    throw optionsError(option, `must be a whole number of seconds, at least ${least}`)
  }
  return value.forSeconds
}

function parseCount(option: string, value: number | undefined, fallback: number): number {
  if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
    throw optionsError(option, 'must be a whole number above 0')
  }
  return value ?? fallback
}

function parseIdentifier(value: unknown): 'email' | 'username' {
  if (value === undefined || value === 'email') return 'email'
  if (value !== 'username') throw optionsError('identifier', 'must be email or username')
  return value
}

function parseUserCode(value: UserCodeOptions | undefined): UserCodeOptions | undefined {
  if (value === undefined) return undefined
  refuseUnknown('userCode.', value, ['alphabet'])
  if (!['upper', 'digits'].includes(value.alphabet)) throw optionsError('userCode.alphabet', 'must be upper or digits')
  return value
}

function parseLocale(value: string | undefined, translations: ReadonlyMap<string, Translation>): string {
  if (value !== undefined && !translations.has(value.toLowerCase())) {
    throw optionsError('defaultLocale', 'has no texts; add a table for it to messages')
  }
  return value ?? 'en'
}

function parsePolicy(policy: ContentSecurityPolicy = {}): ContentSecurityPolicy {
  refuseUnknown('contentSecurityPolicy.', policy, ['style-src', 'img-src', 'font-src', 'script-src', 'connect-src'])
  for (const [directive, sources] of Object.entries(policy)) {
    for (const source of sources ?? []) {
      if (/unsafe-|[;,\s]/.test(source)) {
        throw optionsError(`contentSecurityPolicy.${directive}`, 'takes single sources, and no unsafe one')
      }
    }
  }
  return policy
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127\.|^\[::1\]$/.test(hostname)
}
