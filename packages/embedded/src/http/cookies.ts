import { createHmac, timingSafeEqual } from 'node:crypto'

/** How a cookie is set. The names and attributes are Hydra's in development mode: http, so no `Secure`. */
export interface CookieOptions {
  /** Seconds; 0 or less deletes the cookie. */
  maxAgeSeconds: number
  /** Milliseconds since 1970, to compute `Expires`. */
  now: number
}

/** Reads the `Cookie` header. The first of two cookies with one name counts (RFC 6265 section 5.4 sends the longest path first). */
export function parseCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at < 0) continue
    const name = part.slice(0, at).trim()
    if (!cookies.has(name)) cookies.set(name, part.slice(at + 1).trim())
  }
  return cookies
}

/** Writes one `Set-Cookie` value. */
export function serializeCookie(name: string, value: string, { maxAgeSeconds, now }: CookieOptions): string {
  const expires = maxAgeSeconds > 0 ? new Date(now + maxAgeSeconds * 1000) : new Date(1000)
  const maxAge = maxAgeSeconds > 0 ? maxAgeSeconds : 0
  return `${name}=${value}; Path=/; Expires=${expires.toUTCString()}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax`
}

function signature(name: string, content: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(`${name}|${content}`).digest()
}

/** Seals a value so that only this server can have written it. The name is part of it: cookies can't be swapped. */
export function sealCookie(name: string, value: string, key: Buffer, now: number): string {
  const content = `${Math.floor(now / 1000)}|${Buffer.from(value).toString('base64url')}`
  return Buffer.from(`${content}|${signature(name, content, key).toString('base64url')}`).toString('base64url')
}

/** Opens what {@link sealCookie} made; `undefined` if it was not made here. Its age is not judged, as in Hydra. */
export function openCookie(name: string, sealed: string | undefined, key: Buffer): string | undefined {
  if (sealed === undefined) return undefined
  const [issued, value, mac, ...rest] = Buffer.from(sealed, 'base64url').toString().split('|')
  if (issued === undefined || value === undefined || mac === undefined || rest.length > 0) return undefined
  const expected = signature(name, `${issued}|${value}`, key)
  const given = Buffer.from(mac, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return Buffer.from(value, 'base64url').toString()
}
