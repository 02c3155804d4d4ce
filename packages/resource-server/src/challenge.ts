/** The `WWW-Authenticate` challenge of RFC 6750 section 3 and RFC 9728 section 5.1. */

/** Error codes of RFC 6750 section 3.1. */
export type ChallengeError = 'invalid_request' | 'invalid_token' | 'insufficient_scope'

/** Members of a challenge, in the order they are written. */
export interface Challenge {
  readonly realm?: string | undefined
  readonly error?: ChallengeError | undefined
  readonly errorDescription?: string | undefined
  readonly scope?: readonly string[] | undefined
  readonly resourceMetadata?: string | undefined
}

/**
 * Words a challenge. A member that contains anything but printable ASCII without quote and backslash (the characters
 * of RFC 6750 section 3) is left out, so nothing can break out of its quotes or of the header.
 */
export function formatChallenge(challenge: Challenge): string {
  const members = [
    ['realm', challenge.realm],
    ['error', challenge.error],
    ['error_description', challenge.errorDescription],
    ['scope', challenge.scope?.join(' ')],
    ['resource_metadata', challenge.resourceMetadata],
  ] as const
  const written = members.filter(([, value]) => value !== undefined && isQuotable(value))
  if (written.length === 0) return 'Bearer'
  return `Bearer ${written.map(([name, value]) => `${name}="${value}"`).join(', ')}`
}

/** True for a value that can stand between quotes as it is. Empty values say nothing and are not quotable. */
export function isQuotable(value: string): boolean {
  return /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}
