/** Consents that were given. */
import type { ConsentRequest, ConsentSession } from './login-request.ts'

/** A consent that a user gave: accepted, not skipped, not expired; remembered or not. */
export interface GrantedConsent {
  /** Since 25.4. For `consentSessions.revoke`. */
  consent_request_id?: string
  /** Its `challenge` is empty since 25.4. */
  consent_request: ConsentRequest
  /** What was granted. */
  grant_scope: string[]
  /** The audiences that were granted. */
  grant_access_token_audience: string[]
  /** The claims that were put into tokens. */
  session?: ConsentSession | null
  /** Whether it answers later requests. */
  remember?: boolean
  /** In seconds; 0 is for ever. */
  remember_for?: number
  /** RFC 3339. */
  handled_at?: string
  /** Since 2.2. */
  context?: unknown
}
