/** A token that passed every check, the same shape from a JWT and from an opaque token. Frozen, shared by requests. */
export interface VerifiedToken<Extra = Readonly<Record<string, unknown>>> {
  /** `sub`. For client credentials Hydra puts the client id here. */
  readonly subject?: string
  /** `client_id`: the OAuth2 client that the token was issued to. */
  readonly clientId: string
  /**
   * True when `sub` is missing or equals the client id, as Hydra issues for the client credentials grant. A user whose
   * subject equals a client id looks the same.
   */
  readonly isClientCredentials: boolean
  /** Granted scopes. Where a JWT's `scp` and `scope` disagree, what both contain. */
  readonly scopes: readonly string[]
  /** True when the granted scopes cover every given scope, under the configured scope strategy. */
  hasScope(...scopes: [string, ...string[]]): boolean
  /** `aud`, always a list. */
  readonly audience: readonly string[]
  /** `iss`. Old servers leave it out of introspection answers; then the configured issuer. */
  readonly issuer: string
  /** `iat`. */
  readonly issuedAt?: Date
  /** `exp`. */
  readonly expiresAt?: Date
  readonly format: 'jwt' | 'opaque'
  /** What proved the token: the issuer's keys, introspection, or both. */
  readonly verifiedBy: 'keys' | 'introspection' | 'both'
  /** What the consent app put into `session.access_token`, checked and typed by the `extra` option. */
  readonly extra: Extra
  /** The JWT payload or the introspection answer, as Hydra sent it. */
  readonly claims: Readonly<Record<string, unknown>>
}
