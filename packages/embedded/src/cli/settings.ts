/** Hydra's configuration keys that the command understands, and the options that they set. */

/** How a value is read. In the environment a list is separated by commas. */
export type SettingKind = 'string' | 'boolean' | 'integer' | 'list' | 'duration' | 'hook'

/** One key. */
export interface Setting {
  readonly kind: SettingKind
  /** The option, parts separated by dots. */
  readonly option: string
}

const of = (kind: SettingKind, option: string): Setting => ({ kind, option })

/** By key, as it is written in a file with dots between its parts. */
export const settings: Readonly<Record<string, Setting>> = {
  'serve.public.port': of('integer', 'publicPort'),
  'serve.public.host': of('string', 'host'),
  'serve.admin.port': of('integer', 'adminPort'),
  'serve.admin.host': of('string', 'adminHost'),
  'serve.public.cors.enabled': of('boolean', 'cors.enabled'),
  'serve.public.cors.allowed_origins': of('list', 'cors.allowedOrigins'),
  'serve.public.cors.allowed_methods': of('list', 'cors.allowedMethods'),
  'serve.public.cors.allowed_headers': of('list', 'cors.allowedHeaders'),
  'serve.public.cors.exposed_headers': of('list', 'cors.exposedHeaders'),
  'serve.public.cors.allow_credentials': of('boolean', 'cors.allowCredentials'),
  'serve.public.cors.max_age': of('integer', 'cors.maxAgeSeconds'),
  'urls.self.issuer': of('string', 'issuer'),
  'urls.self.public': of('string', 'urls.public'),
  'urls.login': of('string', 'urls.login'),
  'urls.consent': of('string', 'urls.consent'),
  'urls.logout': of('string', 'urls.logout'),
  'urls.error': of('string', 'urls.error'),
  'urls.registration': of('string', 'urls.registration'),
  'urls.post_logout_redirect': of('string', 'urls.postLogoutRedirect'),
  'urls.device.verification': of('string', 'urls.deviceVerification'),
  'urls.device.success': of('string', 'urls.deviceSuccess'),
  'strategies.access_token': of('string', 'accessTokenStrategy'),
  'strategies.scope': of('string', 'scopeStrategy'),
  'strategies.jwt.scope_claim': of('string', 'jwt.scopeClaim'),
  'ttl.login_consent_request': of('duration', 'ttl.loginConsentRequest'),
  'ttl.access_token': of('duration', 'ttl.accessToken'),
  'ttl.refresh_token': of('duration', 'ttl.refreshToken'),
  'ttl.id_token': of('duration', 'ttl.idToken'),
  'ttl.auth_code': of('duration', 'ttl.authCode'),
  'ttl.authentication_session': of('duration', 'ttl.authenticationSession'),
  'ttl.device_user_code': of('duration', 'ttl.deviceUserCode'),
  'ttl.vc_nonce': of('duration', 'ttl.vcNonce'),
  'oauth2.token_hook': of('hook', 'tokenHook'),
  'oauth2.refresh_token_hook': of('hook', 'refreshTokenHook'),
  'oauth2.allowed_top_level_claims': of('list', 'allowedTopLevelClaims'),
  'oauth2.mirror_top_level_claims': of('boolean', 'mirrorTopLevelClaims'),
  'oauth2.exclude_not_before_claim': of('boolean', 'excludeNotBeforeClaim'),
  'oauth2.pkce.enforced': of('boolean', 'pkce.enforced'),
  'oauth2.pkce.enforced_for_public_clients': of('boolean', 'pkce.enforcedForPublicClients'),
  'oauth2.client_credentials.default_grant_allowed_scope': of('boolean', 'defaultGrantAllowedScope'),
  'oauth2.grant.refresh_token.rotation_grace_period': of('duration', 'refreshTokenRotation.gracePeriod'),
  'oauth2.grant.refresh_token.rotation_grace_reuse_count': of('integer', 'refreshTokenRotation.graceReuseCount'),
  'oauth2.grant.jwt.jti_optional': of('boolean', 'jwtBearer.jtiOptional'),
  'oauth2.grant.jwt.iat_optional': of('boolean', 'jwtBearer.iatOptional'),
  'oauth2.grant.jwt.max_ttl': of('duration', 'jwtBearer.maxTtl'),
  'oauth2.device_authorization.token_polling_interval': of('duration', 'deviceAuthorization.tokenPollingInterval'),
  'oauth2.device_authorization.user_code.entropy_preset': of('string', 'deviceAuthorization.userCode'),
  'oauth2.device_authorization.user_code.length': of('integer', 'deviceAuthorization.userCode.length'),
  'oauth2.device_authorization.user_code.character_set': of('string', 'deviceAuthorization.userCode.characterSet'),
  'oidc.dynamic_client_registration.enabled': of('boolean', 'dynamicRegistration.enabled'),
  'oidc.dynamic_client_registration.default_scope': of('list', 'dynamicRegistration.defaultScope'),
  'oidc.subject_identifiers.supported_types': of('list', 'subjectTypes'),
  'oidc.subject_identifiers.pairwise.salt': of('string', 'pairwiseSalt'),
  'webfinger.oidc_discovery.auth_url': of('string', 'discovery.authUrl'),
  'webfinger.oidc_discovery.token_url': of('string', 'discovery.tokenUrl'),
  'webfinger.oidc_discovery.jwks_url': of('string', 'discovery.jwksUrl'),
  'webfinger.oidc_discovery.userinfo_url': of('string', 'discovery.userinfoUrl'),
  'webfinger.oidc_discovery.client_registration_url': of('string', 'discovery.clientRegistrationUrl'),
  'webfinger.oidc_discovery.device_authorization_url': of('string', 'discovery.deviceAuthorizationUrl'),
  'webfinger.oidc_discovery.supported_claims': of('list', 'discovery.supportedClaims'),
  'webfinger.oidc_discovery.supported_scope': of('list', 'discovery.supportedScope'),
}

/**
 * Keys that Hydra reads from the environment and this server has no use for. Only those with names that nothing else
 * is likely to use: they are told to the user when they are set.
 */
export const withoutEffect: readonly string[] = [
  'dsn',
  'log.level',
  'log.format',
  'log.leak_sensitive_values',
  'secrets.system',
  'secrets.cookie',
  'secrets.pagination',
  'serve.admin.cors.enabled',
  'serve.cookies.domain',
  'serve.cookies.same_site_mode',
  'serve.cookies.secure',
  'serve.tls.enabled',
  'serve.tls.allow_termination_from',
  'urls.self.admin',
  'urls.identity_provider.url',
  'oauth2.expose_internal_errors',
  'oauth2.hashers.algorithm',
  'webfinger.jwks.broadcast_keys',
]

/** The name of a key in the environment: `serve.public.port` is `SERVE_PUBLIC_PORT`. */
export function variableName(key: string): string {
  return key.toUpperCase().replaceAll('.', '_')
}
