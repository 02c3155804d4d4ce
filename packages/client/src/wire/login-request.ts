/** Login and consent requests: what Hydra asks a login and consent app, and what the app answers. */
import type { OAuth2Client } from './oauth2-client.ts'

/** Hints of the authorization request (OpenID Connect Core section 3.1.2.1). `prompt` and `max_age` are not among them: parse `request_url`. */
export interface OidcContext {
  /** Requested authentication classes, in order of preference. */
  acr_values?: string[]
  /** How the pages should look: `page`, `popup`, `touch`, `wap`. */
  display?: string
  /** Claims of the ID token that the client sent as a hint; it may have expired. */
  id_token_hint_claims?: Record<string, unknown>
  /** What the user may want to sign in as. */
  login_hint?: string
  /** Languages that the user prefers, as BCP 47 tags, best first. */
  ui_locales?: string[]
}

/** A request to sign a user in. */
export interface LoginRequest {
  /** The challenge that was asked for. Since 2.2 one to two kilobytes: fits neither a cookie nor a short column. */
  challenge: string
  /** What the client asks for. */
  requested_scope: string[]
  /** The audiences that the client asks for. */
  requested_access_token_audience: string[]
  /** A remembered session exists: accept with the same `subject` without asking, or reject. */
  skip: boolean
  /** Empty unless `skip`. */
  subject: string
  /** `null` in the device flow. */
  oidc_context: OidcContext | null
  /** Without its secrets; since 2.2 as it was when the flow began. */
  client: OAuth2Client
  /** The original authorization request. */
  request_url: string
  /** Becomes the `sid` of ID tokens; the safe way to tie login and consent together. */
  session_id?: string
}

/** The decision to let a user in. */
export interface AcceptLoginRequest {
  /** Not empty; with `skip` the request's own. Another one: 400 up to 2.1, later Hydra restarts the login. */
  subject: string
  /** Store a session cookie. No effect on `skip`. */
  remember?: boolean
  /**
   * Life of that cookie in seconds. 0 or absent: until the browser closes up to 2.3, but
   * `ttl.authentication_session` (30 days) since 25.4: always send a value with `remember`.
   */
  remember_for?: number
  /** Since 2.1. On `skip`: set the cookie again with `remember_for`. */
  extend_session_lifespan?: boolean
  /** Becomes `acr` of the ID token. */
  acr?: string
  /** Since 1.10.7. Becomes `amr` of the ID token. */
  amr?: string[]
  /** Any JSON, handed on to the consent request. */
  context?: unknown
  /** Replaces the pairwise subject. */
  force_subject_identifier?: string
  /** Since 2.2. The session at an upstream identity provider that logout should end as well. */
  identity_provider_session_id?: string
}

/** A request to let a client act for a user. */
export interface ConsentRequest {
  /** The challenge that was asked for. */
  challenge: string
  /** Since 25.4. A stable id, usable to revoke exactly this consent. */
  consent_request_id?: string
  /** What the client asks for. */
  requested_scope: string[]
  /** The audiences that the client asks for. */
  requested_access_token_audience: string[]
  /** An earlier remembered consent covers all requested scopes (audiences are not compared). Nothing is granted by itself. */
  skip?: boolean
  /** Who signed in. */
  subject?: string
  /** `null` in the device flow. */
  oidc_context?: OidcContext | null
  /** Who asks; without its secrets. */
  client?: OAuth2Client
  /** The original authorization request. */
  request_url?: string
  /** Since 2.2 an internal id: **not** the login challenge that the login app saw. */
  login_challenge?: string
  /** Equal to `session_id` of the login request. */
  login_session_id?: string
  /** From accepting the login; empty if unset. */
  acr?: string
  /** Since 1.10.7. From accepting the login. */
  amr?: string[]
  /** From accepting the login; unset: `null`, in 1.x `{}`. */
  context?: unknown
}

/** Claims to put into tokens. */
export interface ConsentSession {
  /** Becomes `ext` of introspection and of JWT access tokens. */
  access_token?: Record<string, unknown>
  /** Becomes claims of the ID token and of userinfo. The registered ones (`sub`, `iss`, `aud` …) can't be replaced. */
  id_token?: Record<string, unknown>
}

/** The decision to grant something. */
export interface AcceptConsentRequest {
  /**
   * The server grants exactly this list; absent means nothing, also on `skip`. It is **not** checked against what was
   * requested or registered.
   */
  grant_scope?: string[]
  /** The same for audiences. */
  grant_access_token_audience?: string[]
  /** Claims for the tokens. */
  session?: ConsentSession | null
  /** Ask no more while the same or less is requested. */
  remember?: boolean
  /** In seconds, counted from the authorization request; 0 is for ever. */
  remember_for?: number
  /** Since 2.2. Replaces the login's context in the stored session. */
  context?: unknown
}

/** The decision to refuse a login or a consent. */
export interface RejectRequest {
  /** An error code that the client knows, such as `access_denied`. Absent: a sentence with spaces, which no client knows. */
  error?: string
  /** A sentence for the developers of the client. */
  error_description?: string
  /** Appended to the description since 1.9. */
  error_hint?: string
  /** Doesn't reach the client. Default 400. */
  status_code?: number
  /** Doesn't reach the client. */
  error_debug?: string
}
