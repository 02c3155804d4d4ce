/** Which JSON members and query parameters hold values that differ from run to run, and what they are called then. */

/** Members and parameters whose value always becomes a placeholder of this kind. */
export const fieldKinds: Readonly<Record<string, string>> = {
  login_challenge: 'login_challenge',
  login_verifier: 'login_verifier',
  consent_challenge: 'consent_challenge',
  consent_verifier: 'consent_verifier',
  device_challenge: 'device_challenge',
  device_verifier: 'device_verifier',
  logout_challenge: 'logout_challenge',
  logout_verifier: 'logout_verifier',
  consent_request_id: 'consent_request_id',
  challenge: 'challenge',
  session_id: 'sid',
  login_session_id: 'sid',
  sid: 'sid',
  jti: 'jti',
  kid: 'kid',
  code: 'code',
  code_challenge: 'code_challenge',
  code_verifier: 'code_verifier',
  access_token: 'access_token',
  refresh_token: 'refresh_token',
  id_token: 'id_token',
  id_token_hint: 'id_token',
  logout_token: 'logout_token',
  client_assertion: 'client_assertion',
  assertion: 'assertion',
  registration_access_token: 'registration_access_token',
  client_secret: 'client_secret',
  device_code: 'device_code',
  user_code: 'user_code',
  page_token: 'page_token',
  c_nonce: 'c_nonce',
  c_nonce_draft_00: 'c_nonce',
  credential_draft_00: 'credential',
  obfuscated_subject: 'pairwise_subject',
  x5t: 'x5t',
}

/** Members that hold key material or digests: present or absent is the fact, not the value. */
export const opaqueMembers: ReadonlySet<string> = new Set([
  'n',
  'x',
  'y',
  'd',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'k',
  'at_hash',
  'c_hash',
])

/** Sentences for people. Programs must not depend on them, so embedded Hydra may word them in its own way. */
export const sentenceMembers: ReadonlySet<string> = new Set([
  'error_description',
  'error_hint',
  'error_debug',
  'error_verbose',
  'reason',
])

/** Members with lifetimes in seconds, of which a second may be gone. */
export const lifetimeMembers: ReadonlySet<string> = new Set([
  'expires_in',
  'c_nonce_expires_in',
  'c_nonce_expires_in_draft_00',
])

/** Members with a time in epoch seconds. `exp` and `nbf` are told relative to `iat` where there is one. */
export const epochMembers: ReadonlySet<string> = new Set(['iat', 'exp', 'nbf', 'rat', 'auth_time'])

/** Values of such members that carry meaning and are the same everywhere. */
export function isConstant(value: string): boolean {
  return value === '' || value === '****' || value.startsWith('public:hydra.') || value.startsWith('private:hydra.')
}
