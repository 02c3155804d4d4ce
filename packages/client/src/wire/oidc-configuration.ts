/** Discovery (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2). */

/** What the server says about itself. */
export interface OidcConfiguration {
  /** As configured; 1.x forces a slash at the end. */
  issuer: string
  authorization_endpoint: string
  token_endpoint: string
  jwks_uri: string
  userinfo_endpoint?: string
  revocation_endpoint?: string
  end_session_endpoint?: string
  /** Only if it was configured by hand (`webfinger.oidc_discovery.client_registration_url`), even where registration is enabled. */
  registration_endpoint?: string
  /** Since 25.4. */
  device_authorization_endpoint?: string
  /** Since 2.2 (draft 00 of OpenID for Verifiable Credential Issuance). */
  credentials_endpoint_draft_00?: string
  /** Since 2.2. */
  credentials_supported_draft_00?: Record<string, unknown>[]
  subject_types_supported: string[]
  response_types_supported: string[]
  response_modes_supported?: string[]
  /** The JWT bearer grant is never listed. */
  grant_types_supported?: string[]
  scopes_supported?: string[]
  claims_supported?: string[]
  token_endpoint_auth_methods_supported?: string[]
  id_token_signing_alg_values_supported: string[]
  userinfo_signing_alg_values_supported?: string[]
  /** Since 1.9. */
  request_object_signing_alg_values_supported?: string[]
  /** Since 1.10. `plain` is listed but refused. */
  code_challenge_methods_supported?: string[]
  /** Since 2.0. */
  id_token_signed_response_alg?: string[]
  /** Since 2.0. */
  userinfo_signed_response_alg?: string[]
  request_parameter_supported?: boolean
  request_uri_parameter_supported?: boolean
  require_request_uri_registration?: boolean
  claims_parameter_supported?: boolean
  backchannel_logout_supported?: boolean
  backchannel_logout_session_supported?: boolean
  frontchannel_logout_supported?: boolean
  frontchannel_logout_session_supported?: boolean
}
