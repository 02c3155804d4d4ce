/** An OAuth 2.0 client (RFC 7591 section 2 with Hydra's additions). */
import type { JsonWebKeySet } from './json-web-key.ts'

/** A Go duration such as `"1h30m"` (answered as `"1h30m0s"`), or `null` for the server's default. */
export type Lifespan = string | null

/** Lifetimes of a client's tokens; since 1.11.9. A PUT of lifespans sets those that are left out to the default. */
export interface OAuth2ClientLifespans {
  /** Of access tokens from the authorization code grant. */
  authorization_code_grant_access_token_lifespan?: Lifespan
  /** Of ID tokens from the authorization code grant. */
  authorization_code_grant_id_token_lifespan?: Lifespan
  /** Of refresh tokens from the authorization code grant. */
  authorization_code_grant_refresh_token_lifespan?: Lifespan
  /** Of access tokens from the client credentials grant. */
  client_credentials_grant_access_token_lifespan?: Lifespan
  /** Of access tokens from the implicit grant. */
  implicit_grant_access_token_lifespan?: Lifespan
  /** Of ID tokens from the implicit grant. */
  implicit_grant_id_token_lifespan?: Lifespan
  /** Of access tokens from the JWT bearer grant. */
  jwt_bearer_grant_access_token_lifespan?: Lifespan
  /** Of access tokens from a refresh. */
  refresh_token_grant_access_token_lifespan?: Lifespan
  /** Of ID tokens from a refresh. */
  refresh_token_grant_id_token_lifespan?: Lifespan
  /** Of refresh tokens from a refresh. */
  refresh_token_grant_refresh_token_lifespan?: Lifespan
  /** Since 25.4. */
  device_authorization_grant_access_token_lifespan?: Lifespan
  /** Since 25.4. */
  device_authorization_grant_id_token_lifespan?: Lifespan
  /** Since 25.4. */
  device_authorization_grant_refresh_token_lifespan?: Lifespan
  /** 1.11.9 and 1.11.10 only. */
  password_grant_access_token_lifespan?: Lifespan
  /** 1.11.9 and 1.11.10 only. */
  password_grant_refresh_token_lifespan?: Lifespan
}

/** A client, as sent and as answered. Everything is optional when sent. */
export interface OAuth2Client extends OAuth2ClientLifespans {
  /** May be chosen on creation up to 1.11 and since 2.2; 2.0 and 2.1 refuse it (400). */
  client_id?: string
  /** For people to read. */
  client_name?: string
  /**
   * At least 6 characters; must not be sent with `token_endpoint_auth_method: 'none'`. Only ever answered by the call
   * that set or made it. 1.x compares only its first 72 bytes.
   */
  client_secret?: string
  /** Always 0. */
  client_secret_expires_at?: number
  /** Where authorization responses may go. Vet these: Hydra takes any scheme. */
  redirect_uris?: string[]
  /** `authorization_code`, `refresh_token`, `client_credentials`, `implicit`, device and JWT bearer grants. */
  grant_types?: string[]
  /** Such as `code`, `token`, `code id_token`. */
  response_types?: string[]
  /** Separated by spaces. Default `offline_access offline openid`. */
  scope?: string
  /** Audiences that the client may ask for. Unless they are listed here, `aud` of its tokens stays empty. */
  audience?: string[]
  /** Any text of yours; lists can be filtered by it. */
  owner?: string
  /** A link; 26.2 insists on http(s), older servers store anything: check it before you show it. */
  policy_uri?: string
  /** A link; see `policy_uri`. */
  tos_uri?: string
  /** A link; see `policy_uri`. */
  client_uri?: string
  /** A link; see `policy_uri`. */
  logo_uri?: string
  /** E-mail addresses of those who are responsible. */
  contacts?: string[]
  /** Origins whose scripts may call the public port, beside those of the server. */
  allowed_cors_origins?: string[]
  /** Whether all clients see the same `sub`, or each its own. */
  subject_type?: 'public' | 'pairwise' | (string & {})
  /** An https URL. */
  sector_identifier_uri?: string
  /** Not together with `jwks_uri`. Clients without keys are answered with `{}`. */
  jwks?: JsonWebKeySet | Record<string, never>
  /** Not together with `jwks`. */
  jwks_uri?: string
  /** How it authenticates; default `client_secret_basic`. Hydra takes no other way than this. */
  token_endpoint_auth_method?: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none' | (string & {})
  /** Since 1.5. */
  token_endpoint_auth_signing_alg?: string
  /** Algorithm of its request objects (OpenID Connect Core section 6.1). */
  request_object_signing_alg?: string
  /** Where its request objects may be. */
  request_uris?: string[]
  /** `RS256` makes userinfo a signed JWT. */
  userinfo_signed_response_alg?: 'none' | 'RS256' | (string & {})
  /** Loaded in a frame when the user signs out. */
  frontchannel_logout_uri?: string
  /** Stored only: `sid` is always sent. */
  frontchannel_logout_session_required?: boolean
  /** Gets a logout token when the user signs out. */
  backchannel_logout_uri?: string
  /** Stored only: `sid` is always sent. */
  backchannel_logout_session_required?: boolean
  /** Must share scheme, host and port with a redirect URI. */
  post_logout_redirect_uris?: string[]
  /** Any JSON. Refused (400) and never answered by dynamic registration. */
  metadata?: unknown
  /** `jwt` or `opaque`, over the server's setting; since 2.1, ignored before. */
  access_token_strategy?: 'jwt' | 'opaque' | (string & {})
  /** Since 2.1. The server doesn't act on it: the consent app must. */
  skip_consent?: boolean
  /** Since 2.2. The server doesn't act on it: the logout app must. */
  skip_logout_consent?: boolean | null
  /** RFC 3339. What is sent is ignored. */
  created_at?: string
  /** RFC 3339. What is sent is ignored. */
  updated_at?: string
  /** Since 1.11. The token for `registration` operations, answered on creation. */
  registration_access_token?: string
  /** Since 1.11. */
  registration_client_uri?: string
}
