/** Issuers whose assertions the JWT bearer grant takes (RFC 7523); since 1.11. */
import type { JsonWebKey } from './json-web-key.ts'

/** An issuer to trust. Exactly one of `subject` and `allow_any_subject: true`. */
export interface TrustIssuerRequest {
  /** The `iss` of its assertions. */
  issuer: string
  /** The one `sub` that it may speak for. */
  subject?: string
  /** Since 1.11.8. It may speak for anybody. On 1.11 its key is then taken for **any** `iss` as well. */
  allow_any_subject?: boolean
  /** Its public key, with a `kid`. A key that is stored under that `kid` already is kept. */
  jwk: JsonWebKey
  /** Scopes that it may grant. */
  scope?: string[]
  /** RFC 3339. Not enforced by the grant: delete trusts that end. */
  expires_at: string
}

/** A trusted issuer. */
export interface TrustedIssuer {
  /** A UUID. */
  id: string
  /** The `iss` of its assertions. */
  issuer: string
  /** The one `sub` that it may speak for; empty with `allow_any_subject`. */
  subject: string
  /** Since 1.11.8. */
  allow_any_subject?: boolean
  /** Scopes that it may grant. */
  scope: string[]
  /** Where its key is stored: `keySets.getKey(set, kid)`. */
  public_key: {
    /** Equal to the issuer. */
    set: string
    /** The `kid` of its key. */
    kid: string
  }
  /** RFC 3339. */
  created_at?: string
  /** RFC 3339. */
  expires_at: string
}
