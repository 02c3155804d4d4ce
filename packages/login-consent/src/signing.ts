/**
 * Signed values: HMAC-SHA-256 over length-prefixed parts, one derived key a purpose, several secrets for rotation.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { optionsError } from './errors.ts'

/** Signs with the newest secret, accepts every listed one. */
export interface Signer {
  sign(parts: readonly string[]): string
  verify(parts: readonly string[], signature: string): boolean
}

/** The secret or secrets as given: newest first. */
export type Secret = string | Uint8Array | readonly (string | Uint8Array)[]

const minimumBytes = 32

/** The secrets as bytes; refuses an empty list and a short secret. The value is never part of the message. */
export function parseSecrets(secret: Secret): readonly Uint8Array[] {
  const list: readonly unknown[] = Array.isArray(secret) ? secret : [secret]
  if (list.length === 0) throw optionsError('secret', 'give at least one, of 32 bytes or more')
  return list.map((entry) => {
    const bytes = typeof entry === 'string' ? Buffer.from(entry, 'utf8') : entry
    if (!(ArrayBuffer.isView(bytes) && bytes.byteLength >= minimumBytes)) {
      throw optionsError(
        'secret',
        `must be ${minimumBytes} bytes or longer, for example from \`openssl rand -base64 32\``,
      )
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  })
}

/** A signer for one purpose: what is signed for one purpose never verifies for another. */
export function createSigner(secrets: readonly Uint8Array[], purpose: string): Signer {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', `hydra-kit/${purpose}`, 32)))
  return {
    sign: (parts) => mac(keys[0] as Buffer, parts).toString('base64url'),
    verify(parts, signature) {
      const given = Buffer.from(signature, 'base64url')
      return keys.some((key) => {
        const expected = mac(key, parts)
        return given.length === expected.length && timingSafeEqual(given, expected)
      })
    },
  }
}

function mac(key: Uint8Array, parts: readonly string[]): Buffer {
  const hmac = createHmac('sha256', key)
  // With lengths in front, ['ab', 'c'] and ['a', 'bc'] differ.
  for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part)
  return hmac.digest()
}
