/** The answer of token introspection (RFC 7662 section 2.2). */

/**
 * A token that is not active, for whatever reason: unknown, expired, revoked, without the scope asked for, an ID
 * token, an authorization code. Hydra says no more than that.
 */
export interface InactiveToken {
  /** Tells it from active tokens. */
  active: false
}

/** An active token. **Refresh tokens are active, too**: look at `token_use` before you trust one. */
export interface ActiveToken {
  /** Tells it from inactive tokens. */
  active: true
  /**
   * Which kind of token it is. Hydra sends it since 1.9; up to 1.8 the client fills it in from `token_type`, where
   * those servers had it.
   */
  token_use?: 'access_token' | 'refresh_token' | (string & {})
  /** `Bearer`, for both kinds. */
  token_type?: string
  /** The client that the token was issued to. Up to 1.8 left out when empty. */
  client_id?: string
  /** The subject; of client credentials the client id. Up to 1.8 left out when empty. */
  sub?: string
  /** The issuer; 1.x always ends it in a slash. Up to 1.8 left out when empty. */
  iss?: string
  /** Granted scopes, separated by spaces; absent when nothing was granted. */
  scope?: string
  /** Granted audiences. Always present: empty when none was granted. */
  aud: string[]
  /**
   * Expiry of this kind of token, in seconds since 1970. Absent for refresh tokens that never expire (with
   * `ttl.refresh_token: -1` Hydra reports `exp` = `iat`, which the client removes).
   */
  exp?: number
  /** Issue time, in seconds since 1970. */
  iat?: number
  /** Not valid before this time, in seconds since 1970 (since 1.9, equal to `iat`). */
  nbf?: number
  /** Rarely set. */
  username?: string
  /** The pairwise subject that the ID token carries; `sub` is the real one. */
  obfuscated_subject?: string
  /** What consent or a token hook put into `session.access_token`. Always present: empty when nothing was put. */
  ext: Record<string, unknown>
}

/** What Hydra knows about a token. */
export type IntrospectedToken = ActiveToken | InactiveToken
