/** The compact JWS form (RFC 7515 section 7.1), read without trusting any of it. */
import { isJsonObject } from './claims.ts'
import type { Claims } from './claims.ts'

/** Header and payload of a JWS whose signature nobody has checked yet. */
export interface UnverifiedJws {
  readonly header: Claims
  /** Undefined if the payload is not a JSON object: then it is no JWT (RFC 7519 section 7.2). */
  readonly claims: Claims | undefined
}

/** True for three parts; cheap, because it is asked about every token. */
export function hasThreeParts(token: string): boolean {
  const first = token.indexOf('.')
  if (first === -1) return false
  const second = token.indexOf('.', first + 1)
  return second !== -1 && !token.includes('.', second + 1)
}

/** Reads header and payload; undefined if the token is not a JWS at all, and then it may be an opaque token. */
export function parseJws(token: string): UnverifiedJws | undefined {
  const [head, payload, signature] = token.split('.')
  if (!isBase64url(head) || !isBase64url(payload) || !isBase64url(signature)) return undefined
  const header = parseObject(head)
  if (typeof header?.['alg'] !== 'string') return undefined
  return { header, claims: parseObject(payload) }
}

function isBase64url(part: string | undefined): part is string {
  return part !== undefined && /^[A-Za-z0-9_-]*$/.test(part)
}

function parseObject(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
