/** Options of embedded Hydra for a profile, made from the same configuration keys that a server's file holds. */
import type { HydraOptions } from '@hydra-kit/embedded'
import { appPages } from '../app-server.ts'
import { profiles, type ProfileName, type Setting } from '../profiles.ts'

/** Where each configuration key belongs; `true` of dynamic registration is the only value that changes its shape. */
const optionPaths: Readonly<Record<string, string>> = {
  'strategies.access_token': 'accessTokenStrategy',
  'strategies.scope': 'scopeStrategy',
  'strategies.jwt.scope_claim': 'jwt.scopeClaim',
  'ttl.login_consent_request': 'ttl.loginConsentRequest',
  'ttl.access_token': 'ttl.accessToken',
  'ttl.refresh_token': 'ttl.refreshToken',
  'ttl.id_token': 'ttl.idToken',
  'ttl.auth_code': 'ttl.authCode',
  'ttl.device_user_code': 'ttl.deviceUserCode',
  'oauth2.token_hook': 'tokenHook',
  'oauth2.refresh_token_hook': 'refreshTokenHook',
  'oauth2.allowed_top_level_claims': 'allowedTopLevelClaims',
  'oauth2.mirror_top_level_claims': 'mirrorTopLevelClaims',
  'oidc.subject_identifiers.supported_types': 'subjectTypes',
  'oidc.subject_identifiers.pairwise.salt': 'pairwiseSalt',
  'oidc.dynamic_client_registration.enabled': 'dynamicRegistration',
  'webfinger.oidc_discovery.client_registration_url': 'discovery.clientRegistrationUrl',
  'oauth2.client_credentials.default_grant_allowed_scope': 'defaultGrantAllowedScope',
  'oauth2.exclude_not_before_claim': 'excludeNotBeforeClaim',
  'oauth2.pkce.enforced_for_public_clients': 'pkce.enforcedForPublicClients',
  'serve.public.cors.enabled': 'cors',
  'serve.public.cors.allowed_origins': 'cors.allowedOrigins',
}

/**
 * The options of a profile.
 *
 * @throws when a profile uses a key that has no option here
 */
export function embeddedOptions(profile: ProfileName, app: string): HydraOptions {
  const options: Record<string, unknown> = profile === 'bare' ? {} : { urls: pages(app) }
  for (const [key, value] of Object.entries(profiles[profile](app))) {
    const path = optionPaths[key]
    if (path === undefined) throw new Error(`profile ${profile}: no option of embedded Hydra is known for "${key}"`)
    set(options, path, path === 'cors' ? {} : value)
  }
  return options
}

function pages(app: string): Readonly<Record<string, string>> {
  const { tokenHook: _token, refreshTokenHook: _refresh, ...urls } = appPages
  return Object.fromEntries(Object.entries(urls).map(([name, path]) => [name, `${app}${path}`]))
}

function set(options: Record<string, unknown>, path: string, value: Setting): void {
  const [head = '', tail] = path.split('.')
  if (tail === undefined) options[head] = value
  else options[head] = { ...(options[head] as object | undefined), [tail]: value }
}
