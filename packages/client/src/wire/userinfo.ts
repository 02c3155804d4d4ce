/** Answers of the userinfo endpoint (OpenID Connect Core section 5.3). */

/** Claims about a user: those of the ID token without `nonce`, `at_hash`, `c_hash`, `exp`, `sid`, `jti`. */
export interface UserinfoClaims {
  /** Absent for tokens of client credentials, which Hydra answers as well. */
  sub?: string
  /** Since 1.9. */
  iss?: string
  /** Since 1.9. Includes the client id. */
  aud?: string[]
  /** Since 1.9. Seconds since 1970. */
  iat?: number
  /** Since 1.9. When the login was requested, in seconds since 1970. */
  rat?: number
  /** Since 1.9. When the user signed in, in seconds since 1970. */
  auth_time?: number
  acr?: string
  amr?: string[]
  name?: string
  given_name?: string
  family_name?: string
  middle_name?: string
  nickname?: string
  preferred_username?: string
  profile?: string
  picture?: string
  website?: string
  email?: string
  email_verified?: boolean
  gender?: string
  birthdate?: string
  zoneinfo?: string
  locale?: string
  phone_number?: string
  phone_number_verified?: boolean
  updated_at?: number
  /** Whatever consent put into `session.id_token`. */
  [claim: string]: unknown
}
