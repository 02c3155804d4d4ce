/**
 * The options, checked once and completed into a form without gaps.
 */
import { cleanLink } from './clean-text.ts'
import { createCompletions, type Completions } from './completions.ts'
import { cookieStyle, type CookieStyle } from './cookies.ts'
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
import { optionsError } from './errors.ts'
import { createMemoryFlowStore, type FlowStore } from './flow-store.ts'
import { parseCount, refuseUnknown } from './known-options.ts'
import { createMemoryLimiter, type LimitCallback } from './limiter.ts'
import { allTranslations, type Translation } from './messages/messages.ts'
import type { PageRenderers } from './pages/page-renderers.ts'
import type { Branding } from './pages/layout.ts'
import { styleSheet, type StyleSheet } from './pages/style-sheet.ts'
import { isLocalPath, type RedirectTargets } from './redirects.ts'
import { onErrorDefault, type ErrorListener } from './reporting.ts'
import { createSigner, parseSecrets, type Signer } from './signing.ts'
import type {
  ProviderHydra,
  ScopeOptions,
  UserCodeOptions,
  ContentSecurityPolicy,
  LoginConsentOptions,
} from './options.ts'

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
  readonly sessionSigner: Signer
  readonly authenticate: AuthenticateFunction | undefined
  readonly begin: BeginFunction | undefined
  readonly signUp: AuthenticateFunction | undefined
  readonly consent: ConsentFunction | undefined
  readonly claims: ClaimsFunction | undefined
  readonly logout: LogoutFunction | undefined
  readonly endSession: EndSessionFunction | undefined
  readonly device: DeviceFunction | undefined
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
  readonly bodyLimits: { readonly maxBodyBytes: number; readonly bodyTimeoutMs: number }
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
  device: 'function',
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
    sessionSigner: createSigner(secrets, 'own-session'),
    authenticate: options.authenticate,
    begin: options.begin,
    signUp: options.signUp,
    consent: options.consent,
    claims: options.claims,
    logout: options.logout,
    endSession: options.endSession,
    device: options.device,
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
      maxBodyBytes: parseCount('limits.maxBodyBytes', options.limits?.maxBodyBytes, 65_536),
      bodyTimeoutMs: parseCount('limits.bodyTimeoutMs', options.limits?.bodyTimeoutMs, 10_000),
    },
    limit: options.limit ?? createMemoryLimiter({ now }),
    flowStore: options.flowStore ?? createMemoryFlowStore({ now }),
    formTokenSeconds: parseCount('formTokenSeconds', options.formTokenSeconds, 1800),
    onError: options.onError ?? onErrorDefault,
    now,
    completions: createCompletions(now),
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
  refuseUnknown('limits.', options.limits ?? {}, ['maxBodyBytes', 'bodyTimeoutMs'])
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
