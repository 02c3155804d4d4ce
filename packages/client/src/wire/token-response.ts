/** Answers of the token endpoint (RFC 6749 section 5.1). */

/** Tokens that were issued. */
export interface TokenResponse {
  /** Opaque or a JWT, as server and client are configured. */
  access_token: string
  /** `bearer`, in lower case. */
  token_type: string
  /** In seconds; at times one less than the configured lifetime. */
  expires_in?: number
  /** Empty when nothing was granted. */
  scope?: string
  /** Only if `offline` or `offline_access` was granted and the client has the grant. */
  refresh_token?: string
  /** Only if `openid` was granted. */
  id_token?: string
  /** Since 2.2, with the scope `userinfo_credential_draft_00`. */
  c_nonce_draft_00?: string
  /** Since 2.2. In seconds. */
  c_nonce_expires_in_draft_00?: number
}
