/**
 * Server configurations that cases ask for, each described once in the words of Hydra's own configuration file.
 * `settings.ts` turns them into a file, environment lines or options of embedded Hydra.
 */
import { appPages, hookKey } from './app-server.ts'

export type ProfileName =
  | 'default'
  | 'jwt'
  | 'short-ttl'
  | 'exact-scope'
  | 'hooks'
  | 'pairwise'
  | 'claims'
  | 'registration'
  | 'bare'

/** Value of one configuration key. */
export type Setting = string | number | boolean | readonly string[] | { readonly [key: string]: Setting }

/** Dotted configuration keys and their values. */
export type Settings = Readonly<Record<string, Setting>>

/** Life of everything short-lived in the profile `short-ttl`, in seconds. */
export const shortLifeSeconds = 5

/** Top-level claims that the profile `claims` allows. */
export const allowedTopLevelClaims: readonly string[] = ['tenant', 'roles']

/** The only origin that the profile `registration` allows for cross-origin calls. */
export const allowedOrigin = 'https://spa.example.com'

const apiKey = { type: 'api_key', config: { in: 'header', name: hookKey.name, value: hookKey.value } } as const

/** What sets each profile apart from `default`; `app` is the base URL of our applications. */
export const profiles: Readonly<Record<ProfileName, (app: string) => Settings>> = {
  default: () => ({}),
  jwt: () => ({ 'strategies.access_token': 'jwt' }),
  'short-ttl': () => ({
    'ttl.login_consent_request': `${shortLifeSeconds}s`,
    'ttl.access_token': `${shortLifeSeconds}s`,
    'ttl.refresh_token': `${shortLifeSeconds}s`,
    'ttl.id_token': `${shortLifeSeconds}s`,
    'ttl.auth_code': `${shortLifeSeconds}s`,
    'ttl.device_user_code': `${shortLifeSeconds}s`,
  }),
  // Exact scopes, and the smaller switches around grants.
  'exact-scope': () => ({
    'strategies.scope': 'exact',
    'ttl.refresh_token': '-1',
    'oauth2.client_credentials.default_grant_allowed_scope': true,
  }),
  hooks: (app) => ({
    'oauth2.token_hook': { url: `${app}${appPages.tokenHook}`, auth: apiKey },
    'oauth2.refresh_token_hook': { url: `${app}${appPages.refreshTokenHook}`, auth: apiKey },
  }),
  pairwise: () => ({
    'oidc.subject_identifiers.supported_types': ['public', 'pairwise'],
    'oidc.subject_identifiers.pairwise.salt': 'salt-of-the-contract-suite',
  }),
  claims: () => ({
    'strategies.access_token': 'jwt',
    'strategies.jwt.scope_claim': 'both',
    'oauth2.allowed_top_level_claims': allowedTopLevelClaims,
    'oauth2.mirror_top_level_claims': false,
    'oauth2.exclude_not_before_claim': true,
  }),
  // Open to strangers: clients that register themselves, scripts of other origins, public clients with PKCE.
  registration: (app) => ({
    'oauth2.pkce.enforced_for_public_clients': true,
    'oidc.dynamic_client_registration.enabled': true,
    'webfinger.oidc_discovery.client_registration_url': `${app}/registration-of-the-gateway`,
    'serve.public.cors.enabled': true,
    'serve.public.cors.allowed_origins': [allowedOrigin],
  }),
  // No application is configured: see settings.ts.
  bare: () => ({}),
}

export const profileNames: readonly ProfileName[] = Object.keys(profiles) as ProfileName[]

export function isProfileName(text: string): text is ProfileName {
  return (profileNames as readonly string[]).includes(text)
}
