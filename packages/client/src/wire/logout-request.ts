/** Logout requests: what Hydra asks a logout app. */
import type { OAuth2Client } from './oauth2-client.ts'

/** A request to sign a user out. */
export interface LogoutRequest {
  /** In the answer since 1.10.2; the client fills it in for older servers. */
  challenge: string
  /** Who would be signed out. */
  subject: string
  /** The login session that would end. */
  sid: string
  /** **Path and query only**, with the ID token hint in it: don't show it. */
  request_url: string
  /** Asked for by a client (with an ID token hint), rather than by the user alone. */
  rp_initiated: boolean
  /** Since 1.10.3. Only for requests of a client, else `null`. */
  client?: OAuth2Client | null
  /** Since 2.3. `null` for requests of a client. RFC 3339. */
  expires_at?: string | null
  /** Since 2.3. `null` for requests of a client. RFC 3339. */
  requested_at?: string | null
}
