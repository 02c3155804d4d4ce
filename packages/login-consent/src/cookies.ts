/**
 * Cookies: read strictly, written so that neither a sub-domain nor a script can plant or read them.
 */
import type { HttpInput } from './http.ts'

/** How this provider's cookies are named and limited; depends on whether the browser sees https. */
export interface CookieStyle {
  readonly secure: boolean
  readonly prefix: string
}

/**
 * `__Host-` (RFC 6265bis section 4.1.3.2) keeps other hosts of the same domain from planting a value. Browsers refuse
 * it without `Secure`, and `Secure` needs https: over plain http, as on a developer's machine, the plain name is used.
 */
export function cookieStyle(publicUrl: URL): CookieStyle {
  const secure = publicUrl.protocol === 'https:'
  return { secure, prefix: secure ? '__Host-' : '' }
}

/**
 * The one value of a cookie. A cookie that is sent twice was planted by somebody else's path or domain:
 * there is no telling which is ours, so neither is taken.
 */
export function readCookie(input: Pick<HttpInput, 'headers'>, name: string): string | undefined {
  const header = input.headers['cookie']
  const text = typeof header === 'string' ? header : (header ?? []).join('; ')
  const prefix = `${name}=`
  const values = text
    .split(';')
    .map(withoutSpaces)
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length))
  return values.length === 1 ? values[0] : undefined
}

/**
 * Takes away what RFC 6265 section 5.4 puts between cookies, and no more. `trim` would take a no-break space too: a
 * sibling host may set a cookie of that name, because to the browser it does not begin with `__Host-`. A loop, because
 * `[ \t]+$` takes quadratic time.
 */
function withoutSpaces(pair: string): string {
  let start = 0
  let end = pair.length
  while (isSpace(pair[start])) start += 1
  while (end > start && isSpace(pair[end - 1])) end -= 1
  return pair.slice(start, end)
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

/**
 * A `Set-Cookie` value. `SameSite=Lax`: the browser arrives here from Hydra by a top-level redirect, which `Strict`
 * would strip; a cross-site form post carries no Lax cookie. Without `maxAgeSeconds` it ends with the browser.
 */
export function cookie(style: CookieStyle, name: string, value: string, maxAgeSeconds?: number): string {
  const age = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
  return `${style.prefix}${name}=${value}; Path=/; HttpOnly; SameSite=Lax${style.secure ? '; Secure' : ''}${age}`
}
