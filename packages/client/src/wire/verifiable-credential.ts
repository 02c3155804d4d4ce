/** Verifiable credentials (draft 00 of OpenID for Verifiable Credential Issuance); since 2.2. */

/** A request for a credential. */
export interface CredentialRequest {
  /** Only `jwt_vc_json` is served. */
  format: 'jwt_vc_json' | (string & {})
  /** Such as `VerifiableCredential` and `UserInfoCredential`. */
  types: string[]
  /** Absent: the server answers with a nonce to sign. */
  proof?: {
    /** Only `jwt` is taken. */
    proof_type: 'jwt' | (string & {})
    /** Signed with the key that the credential is for; its `nonce` is the one of the server. */
    jwt: string
  }
}

/** A credential. */
export interface VerifiableCredential {
  /** As requested. */
  format: string
  /** A signed JWT. */
  credential_draft_00: string
}

/** A nonce to sign into the proof. */
export interface CredentialNonce {
  /** The format of the credential that will be issued. */
  format?: string
  /** To be the `nonce` of the proof. */
  c_nonce: string
  /** In seconds. */
  c_nonce_expires_in: number
}
