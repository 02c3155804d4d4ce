import { optionsError } from './options-error.ts'
import type { Claims } from './claims.ts'
import type { ScopeMatcher } from './scopes.ts'

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
  readonly issuedAt?: Date | undefined
  /** `exp`. */
  readonly expiresAt?: Date | undefined
  readonly format: 'jwt' | 'opaque'
  /** What proved the token: the issuer's keys, introspection, or both. */
  readonly verifiedBy: 'keys' | 'introspection' | 'both'
  /** What the consent app put into `session.access_token`, checked and typed by the `extra` option. */
  readonly extra: Extra
  /** The JWT payload or the introspection answer, as Hydra sent it. */
  readonly claims: Claims
}

/** What a {@link VerifiedToken} is made of. Times are seconds since 1970, as on the wire. */
export interface TokenParts<Extra> {
  readonly subject: string | undefined
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  readonly issuer: string
  readonly issuedAtSeconds: number | undefined
  readonly expiresAtSeconds: number | undefined
  readonly format: 'jwt' | 'opaque'
  readonly verifiedBy: 'keys' | 'introspection' | 'both'
  readonly extra: Extra
  readonly claims: Claims
}

/** Builds a verified token. The parts must already be frozen. */
export function createVerifiedToken<Extra>(parts: TokenParts<Extra>, covers: ScopeMatcher): VerifiedToken<Extra> {
  return Object.freeze(new AccessToken(parts, covers))
}

class AccessToken<Extra> implements VerifiedToken<Extra> {
  declare readonly subject?: string
  readonly clientId: string
  readonly isClientCredentials: boolean
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
  readonly issuer: string
  readonly format: 'jwt' | 'opaque'
  readonly verifiedBy: 'keys' | 'introspection' | 'both'
  readonly extra: Extra
  readonly claims: Claims
  readonly #covers: ScopeMatcher
  readonly #issuedAtSeconds: number | undefined
  readonly #expiresAtSeconds: number | undefined

  constructor(parts: TokenParts<Extra>, covers: ScopeMatcher) {
    if (parts.subject !== undefined) this.subject = parts.subject
    this.clientId = parts.clientId
    this.isClientCredentials = parts.subject === undefined || parts.subject === parts.clientId
    this.scopes = parts.scopes
    this.audience = parts.audience
    this.issuer = parts.issuer
    this.format = parts.format
    this.verifiedBy = parts.verifiedBy
    this.extra = parts.extra
    this.claims = parts.claims
    this.#covers = covers
    this.#issuedAtSeconds = parts.issuedAtSeconds
    this.#expiresAtSeconds = parts.expiresAtSeconds
  }

  // A fresh Date each time: a Date cannot be frozen, and requests share this object.
  get issuedAt(): Date | undefined {
    return this.#issuedAtSeconds === undefined ? undefined : new Date(this.#issuedAtSeconds * 1000)
  }

  get expiresAt(): Date | undefined {
    return this.#expiresAtSeconds === undefined ? undefined : new Date(this.#expiresAtSeconds * 1000)
  }

  hasScope(...scopes: [string, ...string[]]): boolean {
    if (scopes.length === 0) {
      throw optionsError('hasScope', 'hasScope needs at least one scope.', 'Asking for none would always be true.')
    }
    return scopes.every((scope) => this.#covers(this.scopes, scope))
  }

  toJSON(): object {
    return Object.assign({}, this, { issuedAt: this.issuedAt, expiresAt: this.expiresAt })
  }
}
