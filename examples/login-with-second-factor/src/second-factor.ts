/** One-time codes (RFC 6238), checked by a library; a code works once. */
import { Secret, TOTP } from 'otpauth'

/** Checks codes. */
export interface SecondFactor {
  check(userId: string, code: string): boolean
}

/** Makes it from the users' secrets in base32, which a real app keeps encrypted. */
export function createSecondFactor(secrets: Readonly<Record<string, string>>): SecondFactor {
  const lastUsed = new Map<string, number>()
  return {
    check(userId, code) {
      if (!Object.hasOwn(secrets, userId) || !/^\d{6}$/.test(code)) return false
      const totp = totpOf(secrets[userId] ?? '')
      // One period of clock drift to either side is forgiven.
      const drift = totp.validate({ token: code, window: 1 })
      if (drift === null) return false
      const period = totp.counter() + drift
      // RFC 6238 section 5.2: the second use of a code is refused, whoever overheard it.
      if (period <= (lastUsed.get(userId) ?? -1)) return false
      lastUsed.set(userId, period)
      return true
    },
  }
}

/** The generator of a secret, for authenticator apps (`toString()` is the address in a QR code) and for tests. */
export function totpOf(secret: string): TOTP {
  return new TOTP({ issuer: 'Example ID', label: 'alice@example.com', secret: Secret.fromBase32(secret) })
}
