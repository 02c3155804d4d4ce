/** The compact JWS form (RFC 7515 section 7.1), read without trusting any of it. */
import { deepFreeze, isJsonObject } from './claims.ts'
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
  // Of RFC 4648 section 5 without padding: Buffer would skip other characters silently.
  if (!/^[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*$/.test(token)) return undefined
  const first = token.indexOf('.')
  const header = readHeader(token.slice(0, first))
  if (typeof header?.['alg'] !== 'string') return undefined
  return { header, claims: parseObject(token.slice(first + 1, token.indexOf('.', first + 1))) }
}

/** An issuer has one header for each of its keys, so each is only read once. Whoever invents others gains nothing. */
const headers = new Map<string, Claims>()
const maxHeaders = 64
const maxHeaderLength = 1024

function readHeader(part: string): Claims | undefined {
  const known = headers.get(part)
  if (known !== undefined) return known
  const header = parseObject(part)
  if (header === undefined || part.length > maxHeaderLength) return header
  if (headers.size >= maxHeaders) headers.clear()
  // A copy: the part itself would keep the token in memory that it was cut out of.
  headers.set(Buffer.from(part, 'latin1').toString('latin1'), deepFreeze(header))
  return header
}

function parseObject(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
