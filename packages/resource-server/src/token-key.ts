/** The name that a token is remembered under. */
import { hash } from 'node:crypto'

/** Opaque access tokens of Hydra 2.0 and later start with this, and are valid without it as well. */
const prefix = 'ory_at_'

/**
 * SHA-256 of a token, so that a heap dump of the cache holds no credentials. Both spellings of an opaque token have
 * one key: what is known about one is known about the other. A JWT with the prefix in front is another token, and none.
 * Bytes as a one-byte string: half the size of hex.
 */
export function tokenKey(token: string, jwtShaped: boolean): string {
  return hash('sha256', !jwtShaped && token.startsWith(prefix) ? token.slice(prefix.length) : token, 'binary')
}
