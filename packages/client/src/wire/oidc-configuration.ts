/** Discovery (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2). */

/** A kind of credential that can be issued; since 2.2. */
export interface SupportedCredential {
  /** `jwt_vc_json`. */
  format?: string
  /** `VerifiableCredential` and `UserInfoCredential`. */
  types?: string[]
  /** Ways to bind it to a key: `jwk`. */
  cryptographic_binding_methods_supported?: string[]
  /** Algorithms of the proof. */
  cryptographic_suites_supported?: string[]
}

/** What the server says about itself. */
export interface OidcConfiguration {
  /** As configured; 1.x forces a slash at the end. */
  issuer: string
  /** Where browsers are sent to sign in. */
  authorization_endpoint: string
  /** Where grants become tokens. */
  token_endpoint: string
  /** Where the public keys are. */
  jwks_uri: string
  /** Where claims about a user are. */
  userinfo_endpoint?: string
  /** Where tokens are revoked (RFC 7009). */
  revocation_endpoint?: string
  /** Where browsers are sent to sign out. */
  end_session_endpoint?: string
  /** Only if it was configured by hand (`webfinger.oidc_discovery.client_registration_url`), even where registration is enabled. */
  registration_endpoint?: string
  /** Since 25.4. */
  device_authorization_endpoint?: string
  /** Since 2.2 (draft 00 of OpenID for Verifiable Credential Issuance). */
  credentials_endpoint_draft_00?: string
  /** Since 2.2. */
  credentials_supported_draft_00?: SupportedCredential[]
  /** `public`, `pairwise` or both. */
  subject_types_supported: string[]
  /** Such as `code` and `code id_token`. */
  response_types_supported: string[]
  /** Such as `query`, `fragment`, and in 26.2 `form_post`, which older servers have without saying so. */
  response_modes_supported?: string[]
  /** The JWT bearer grant is never listed. */
  grant_types_supported?: string[]
  /** Those that were configured, and `openid`, `offline`, `offline_access`. */
  scopes_supported?: string[]
  /** Those that were configured, and `sub`. */
  claims_supported?: string[]
  /** How clients may authenticate. */
  token_endpoint_auth_methods_supported?: string[]
  /** Algorithms of ID tokens; on 26.2 that of the newest key. */
  id_token_signing_alg_values_supported: string[]
  /** Algorithms of signed userinfo; `none` is plain JSON. */
  userinfo_signing_alg_values_supported?: string[]
  /** Since 1.9. */
  request_object_signing_alg_values_supported?: string[]
  /** Since 1.10. `plain` is listed but refused. */
  code_challenge_methods_supported?: string[]
  /** Since 2.0. */
  id_token_signed_response_alg?: string[]
  /** Since 2.0. */
  userinfo_signed_response_alg?: string[]
  /** Whether `request` (OpenID Connect Core section 6) is taken. */
  request_parameter_supported?: boolean
  /** Whether `request_uri` is taken. */
  request_uri_parameter_supported?: boolean
  /** Whether request URIs must be registered. */
  require_request_uri_registration?: boolean
  /** Whether `claims` (OpenID Connect Core section 5.5) is taken. */
  claims_parameter_supported?: boolean
  /** Whether clients are told about a logout by the server. */
  backchannel_logout_supported?: boolean
  /** Whether logout tokens have a `sid`. */
  backchannel_logout_session_supported?: boolean
  /** Whether clients are told about a logout by the browser. */
  frontchannel_logout_supported?: boolean
  /** Whether that carries a `sid`. */
  frontchannel_logout_session_supported?: boolean
}
