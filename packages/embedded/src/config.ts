import type { CorsOptions, DiscoveryOptions, WebhookOptions, HydraOptions } from './options.ts'
import { parseDuration } from './durations.ts'
import { type ScopeStrategy, scopeStrategy } from './scopes.ts'
import { below } from './http/urls.ts'

/** The options with every default filled in. Lifetimes are milliseconds. */
export interface Config {
  readonly issuer: string
  /** Hydra's `urls.self.public`. */
  readonly publicUrl: string
  readonly urls: {
    readonly login: string
    readonly consent: string
    readonly logout: string
    readonly error: string
    readonly registration: string
    readonly postLogoutRedirect: string
    readonly deviceVerification: string
    readonly deviceSuccess: string
  }
  readonly accessTokenStrategy: 'opaque' | 'jwt'
  readonly scopeStrategy: ScopeStrategy
  readonly scopeClaim: 'list' | 'string' | 'both'
  readonly ttl: {
    readonly loginConsentRequest: number
    readonly accessToken: number
    /** -1: never expires. */
    readonly refreshToken: number
    readonly idToken: number
    readonly authCode: number
    readonly authenticationSession: number
    readonly deviceUserCode: number
    readonly vcNonce: number
  }
  readonly tokenHook: WebhookOptions | undefined
  readonly refreshTokenHook: WebhookOptions | undefined
  readonly dynamicRegistration: boolean
  /** Scope of a client that registers none. */
  readonly defaultClientScope: string
  readonly discovery: DiscoveryOptions
  readonly cors: CorsOptions | undefined
  readonly pkceEnforced: boolean
  readonly pkceEnforcedForPublicClients: boolean
  readonly subjectTypes: readonly string[]
  readonly pairwiseSalt: string
  readonly allowedTopLevelClaims: readonly string[]
  readonly mirrorTopLevelClaims: boolean
  readonly excludeNotBeforeClaim: boolean
  readonly defaultGrantAllowedScope: boolean
  readonly refreshGracePeriod: number
  readonly refreshGraceReuseCount: number
  /** Seconds that a device is told to wait between two polls. */
  readonly devicePollingSeconds: number
  readonly userCode: { readonly length: number; readonly characterSet: string }
  readonly jwtBearer: { readonly jtiOptional: boolean; readonly iatOptional: boolean; readonly maxTtl: number }
}

/** Fills in the defaults; `listenerUrl` is where the public port really is. */
export function resolveConfig(options: HydraOptions, listenerUrl: string): Config {
  const publicUrl = options.urls?.public ?? listenerUrl
  const fallback = (name: string): string => below(publicUrl, `/oauth2/fallbacks/${name}`)
  const urls = options.urls ?? {}
  const login = urls.login ?? fallback('login')
  const registration = options.dynamicRegistration
  const defaultScope = typeof registration === 'object' ? registration.defaultScope : undefined
  return {
    issuer: options.issuer ?? publicUrl,
    publicUrl,
    urls: {
      login,
      consent: urls.consent ?? fallback('consent'),
      logout: urls.logout ?? fallback('logout'),
      error: urls.error ?? fallback('error'),
      registration: urls.registration ?? login,
      postLogoutRedirect: urls.postLogoutRedirect ?? fallback('logout/callback'),
      deviceVerification: urls.deviceVerification ?? fallback('device'),
      deviceSuccess: urls.deviceSuccess ?? fallback('device/done'),
    },
    accessTokenStrategy: options.accessTokenStrategy ?? 'opaque',
    scopeStrategy: scopeStrategy(options.scopeStrategy ?? 'wildcard'),
    scopeClaim: options.jwt?.scopeClaim ?? 'list',
    ttl: lifetimes(options),
    tokenHook: options.tokenHook,
    refreshTokenHook: options.refreshTokenHook,
    dynamicRegistration: registration !== undefined,
    defaultClientScope: (defaultScope ?? ['offline_access', 'offline', 'openid']).join(' '),
    discovery: options.discovery ?? {},
    cors: options.cors,
    pkceEnforced: options.pkce?.enforced ?? false,
    pkceEnforcedForPublicClients: options.pkce?.enforcedForPublicClients ?? false,
    subjectTypes: options.subjectTypes ?? (options.pairwiseSalt === undefined ? ['public'] : ['public', 'pairwise']),
    pairwiseSalt: options.pairwiseSalt ?? '',
    allowedTopLevelClaims: options.allowedTopLevelClaims ?? [],
    mirrorTopLevelClaims: options.mirrorTopLevelClaims ?? true,
    excludeNotBeforeClaim: options.excludeNotBeforeClaim ?? false,
    defaultGrantAllowedScope: options.defaultGrantAllowedScope ?? false,
    refreshGracePeriod: ms(options.refreshTokenRotation?.gracePeriod, '0s'),
    refreshGraceReuseCount: options.refreshTokenRotation?.graceReuseCount ?? 0,
    devicePollingSeconds: Math.trunc(ms(options.deviceAuthorization?.tokenPollingInterval, '5s') / 1000),
    userCode: userCodeOf(options),
    jwtBearer: {
      jtiOptional: options.jwtBearer?.jtiOptional ?? false,
      iatOptional: options.jwtBearer?.iatOptional ?? false,
      maxTtl: ms(options.jwtBearer?.maxTtl, '720h'),
    },
  }
}

/** Hydra's presets. Only the first avoids characters that can be mistaken for each other. */
const userCodePresets = {
  high: { length: 8, characterSet: 'abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679' },
  medium: { length: 8, characterSet: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  low: { length: 9, characterSet: '0123456789' },
} as const

function userCodeOf({ deviceAuthorization }: HydraOptions): Config['userCode'] {
  const { userCode = 'high' } = deviceAuthorization ?? {}
  return typeof userCode === 'string' ? userCodePresets[userCode] : userCode
}

function lifetimes({ ttl = {} }: HydraOptions): Config['ttl'] {
  return {
    loginConsentRequest: ms(ttl.loginConsentRequest, '30m'),
    accessToken: ms(ttl.accessToken, '1h'),
    refreshToken: ttl.refreshToken === '-1' ? -1 : ms(ttl.refreshToken, '720h'),
    idToken: ms(ttl.idToken, '1h'),
    authCode: ms(ttl.authCode, '10m'),
    authenticationSession: ms(ttl.authenticationSession, '720h'),
    deviceUserCode: ms(ttl.deviceUserCode, '10m'),
    vcNonce: ms(ttl.vcNonce, '1h'),
  }
}

function ms(text: string | undefined, otherwise: string): number {
  return parseDuration(text ?? otherwise) ?? 0
}
