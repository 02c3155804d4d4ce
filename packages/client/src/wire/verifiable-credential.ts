/** Verifiable credentials (draft 00 of OpenID for Verifiable Credential Issuance); since 2.2. */

/** A request for a credential. */
export interface CredentialRequest {
  format: 'jwt_vc_json' | (string & {})
  types: string[]
  /** Absent: the server answers with a nonce to sign. */
  proof?: { proof_type: 'jwt' | (string & {}); jwt: string }
}

/** A credential. */
export interface VerifiableCredential {
  format: string
  /** A signed JWT. */
  credential_draft_00: string
}

/** A nonce to sign into the proof. */
export interface CredentialNonce {
  format?: string
  c_nonce: string
  /** In seconds. */
  c_nonce_expires_in: number
}
