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
  /** The authentication class that the login app set. */
  acr?: string
  /** How the user signed in, as the login app said. */
  amr?: string[]
  /** Full name. */
  name?: string
  /** First name or names. */
  given_name?: string
  /** Last name or names. */
  family_name?: string
  /** Middle name or names. */
  middle_name?: string
  /** Casual name. */
  nickname?: string
  /** What the user wants to be called; not unique. */
  preferred_username?: string
  /** Address of a profile page. */
  profile?: string
  /** Address of a picture. */
  picture?: string
  /** Address of a website. */
  website?: string
  /** E-mail address. */
  email?: string
  /** Whether the user was shown to control the e-mail address. */
  email_verified?: boolean
  /** Such as `female` or `male`. */
  gender?: string
  /** As `YYYY-MM-DD`, or a year alone. */
  birthdate?: string
  /** Time zone, such as `Europe/Berlin`. */
  zoneinfo?: string
  /** Language, as a BCP 47 tag. */
  locale?: string
  /** Telephone number, such as `+49 30 123456`. */
  phone_number?: string
  /** Whether the user was shown to control the telephone number. */
  phone_number_verified?: boolean
  /** When the claims were last changed, in seconds since 1970. */
  updated_at?: number
  /** Whatever consent put into `session.id_token`. */
  [claim: string]: unknown
}
