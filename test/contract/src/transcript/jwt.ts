/** Reads a JWT without judging it. */
import type { DecodedJwt, Json } from './exchange.ts'

/** A JWT anywhere in a text: two JSON objects in base64url and a signature, which `alg: none` leaves empty. */
export const jwtPattern: RegExp = /eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*/g

/** Header and claims, `undefined` when the parts are not JSON. */
export function decodeJwt(token: string): DecodedJwt | undefined {
  const [header = '', payload = ''] = token.split('.')
  try {
    return { header: decodePart(header), payload: decodePart(payload) }
  } catch {
    return undefined
  }
}

/**
 * The claims of a token.
 *
 * @throws when it is no JWT
 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const decoded = decodeJwt(token)
  if (decoded === undefined) throw new Error('a JWT was expected here')
  return decoded.payload as Readonly<Record<string, unknown>>
}

function decodePart(part: string): Json {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Json
}
