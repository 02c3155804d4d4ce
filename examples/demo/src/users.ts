/** The people who can sign in to the demo. A real app keeps hashes, never passwords. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** The one that `--once` and the printed hints use. */
export const ada = { email: 'ada@example.com', password: 'analytical-engine', subject: 'ada' }

/** The subject that this e-mail and password belong to. */
export function checkPassword(email: unknown, password: unknown): string | undefined {
  if (typeof email !== 'string' || typeof password !== 'string') return undefined
  const right = sameText(password, ada.password)
  return right && email.trim().toLowerCase() === ada.email ? ada.subject : undefined
}

/** Takes the same time wherever the texts differ. */
function sameText(given: string, expected: string): boolean {
  const [left, right] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(left as Buffer, right as Buffer)
}
