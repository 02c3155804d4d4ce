/** Finds the token of a request: RFC 6750 section 2. */
import { isJsonObject } from './claims.ts'
import { BearerTokenError } from './errors.ts'
import type { TokenPlace } from './options.ts'
import type { RequestFacts } from './request-facts.ts'

const maxTokenLength = 8192

/** Reads one place; undefined if there is no token in it. */
type PlaceReader = (facts: RequestFacts) => string | undefined

/**
 * Builds the reader for the configured places. It throws a {@link BearerTokenError}: `missing`, `malformed`,
 * `two_tokens` or `too_long`. Whether the characters are allowed is left to {@link assertToken68}.
 */
export function bearerTokenReader(places: readonly TokenPlace[]): (facts: RequestFacts) => string {
  const readers = places.map(placeReader)
  return (facts) => {
    let token: string | undefined
    for (const read of readers) {
      const found = read(facts)
      if (found === undefined) continue
      // RFC 6750 section 2: not more than one method in each request.
      if (token !== undefined) throw new BearerTokenError('two_tokens')
      token = found
    }
    if (token === undefined) throw new BearerTokenError('missing')
    assertTokenLength(token)
    return token
  }
}

/** Refuses an empty token and one that is too long to be worth a look. */
export function assertTokenLength(token: unknown): asserts token is string {
  if (typeof token !== 'string' || token === '') throw new BearerTokenError('malformed')
  if (token.length > maxTokenLength) throw new BearerTokenError('too_long')
}

/**
 * Refuses a token with characters outside of `b64token` (RFC 6750 section 2.1). A token that has been verified before
 * was checked then, so this is only asked about tokens that are not in a cache.
 */
export function assertToken68(token: string): void {
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) throw new BearerTokenError('malformed')
}

/** True if the token of this request stands in its query. */
export function hasQueryToken(facts: RequestFacts): boolean {
  return readQuery(facts) !== undefined
}

function placeReader(place: TokenPlace): PlaceReader {
  if (place === 'header') return readHeader
  if (place === 'form') return readForm
  if (place === 'query') return readQuery
  return typeof place === 'function' ? readOwn(place) : readCookie(place.cookie)
}

/** `Authorization: Bearer …` (RFC 6750 section 2.1). Another scheme is another kind of caller: no token. */
function readHeader({ headers }: RequestFacts): string | undefined {
  const value = single(headers['authorization'])
  // The scheme is case-insensitive (RFC 9110 section 11.1).
  if (value === undefined || value.slice(0, 6).toLowerCase() !== 'bearer') return undefined
  if (value.length === 6) return ''
  if (value[6] !== ' ') return undefined
  let start = 7
  while (value[start] === ' ') start++
  return value.slice(start)
}

/** Field `access_token` of a form body (RFC 6750 section 2.2): never with GET. */
function readForm({ method, headers, form }: RequestFacts): string | undefined {
  if (method === 'GET' || method === 'HEAD' || !isJsonObject(form) || !Object.hasOwn(form, 'access_token')) {
    return undefined
  }
  const type = single(headers['content-type'])?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') return undefined
  return asToken(form['access_token'])
}

/** Parameter `access_token` of the query (RFC 6750 section 2.3), for GET only. */
function readQuery({ method, url }: RequestFacts): string | undefined {
  if (method !== 'GET') return undefined
  const [target = ''] = url.split('#', 1)
  const start = target.indexOf('?')
  const values = start === -1 ? [] : new URLSearchParams(target.slice(start + 1)).getAll('access_token')
  return values.length === 0 ? undefined : single(values)
}

/** A cookie (RFC 6265 section 5.4). Two of one name are refused: a sibling host may have set the other. */
function readCookie(name: string): PlaceReader {
  return ({ headers }) => {
    const prefix = `${name}=`
    const pairs = single(headers['cookie'])?.split(';') ?? []
    const values = pairs.map(withoutSpace).filter((pair) => pair.startsWith(prefix))
    return values.length === 0 ? undefined : single(values)?.slice(prefix.length)
  }
}

/**
 * Space and tab only: to a browser a name with another white space in front (such as the byte A0) is another name, to
 * which the rules of a `__Host-` prefix don't apply, so that a sibling host could set it. A loop, because `[ \t]+$`
 * takes quadratic time.
 */
function withoutSpace(pair: string): string {
  let start = 0
  let end = pair.length
  while (isSpace(pair[start])) start += 1
  while (end > start && isSpace(pair[end - 1])) end -= 1
  return pair.slice(start, end)
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}

function readOwn(find: (facts: RequestFacts) => string | undefined): PlaceReader {
  return (facts) => {
    const found: unknown = find(facts)
    return found === undefined || found === null ? undefined : asToken(found)
  }
}

function asToken(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  throw new BearerTokenError(Array.isArray(value) ? 'two_tokens' : 'malformed')
}

function single(value: string | readonly string[] | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  if (value.length > 1) throw new BearerTokenError('two_tokens')
  return value[0]
}
