/** Rewrites what went over the wire so that two runs, and two servers of one version, can be compared. */
import { epochMembers, fieldKinds, isConstant, lifetimeMembers, opaqueMembers, sentenceMembers } from './field-kinds.ts'
import { summariseHtml } from './html.ts'
import { decodeJwt, jwtPattern } from './jwt.ts'
import type { DecodedJwt, Json } from './exchange.ts'
import type { Placeholders } from './placeholders.ts'

const keptHeaders: readonly string[] = [
  'content-type',
  'location',
  'link',
  'www-authenticate',
  'cache-control',
  'pragma',
  'allow',
  'retry-after',
  'x-total-count',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
]

/** Normalises the exchanges of one case; JWTs that it meets are decoded into {@link Normaliser.takeJwts}. */
export class Normaliser {
  readonly #placeholders: Placeholders
  #jwts: Record<string, DecodedJwt> = {}

  constructor(placeholders: Placeholders) {
    this.#placeholders = placeholders
  }

  /** The JWTs seen since the last call. */
  takeJwts(): Record<string, DecodedJwt> {
    const taken = this.#jwts
    this.#jwts = {}
    return taken
  }

  /** A JSON value; members are sorted by name, so that numbering does not depend on their order. */
  json(value: Json, field = ''): Json {
    if (typeof value === 'string') return this.text(value, field)
    if (typeof value === 'number') return lifetimeMembers.has(field) ? roundLifetime(value) : value
    if (value === null || typeof value === 'boolean') return value
    if (Array.isArray(value)) return value.map((item: Json) => this.json(item, field))
    const members = value as { readonly [key: string]: Json }
    const sorted = Object.keys(members).toSorted()
    return Object.fromEntries(sorted.map((key) => [this.#key(key), this.#member(members, key)]))
  }

  #key(key: string): string {
    return this.#placeholders.get(key) ?? key
  }

  #member(members: { readonly [key: string]: Json }, key: string): Json {
    const value = members[key] as Json
    if (opaqueMembers.has(key) && typeof value === 'string') return `<${key}>`
    if (epochMembers.has(key) && typeof value === 'number') return relativeTime(members['iat'], key, value)
    return this.json(value, key)
  }

  /** Any text; `field` is the member or parameter that holds it. */
  text(value: string, field = ''): string {
    const known = this.#placeholders.get(value)
    if (known !== undefined) return known
    // A time is never an identity: `expires_at.access_token` holds one under a token's name, and two of them are equal
    // or not as the second falls.
    if (timePattern.test(value)) return '<time>'
    if (sentenceMembers.has(field)) return value === '' ? '' : '<sentence>'
    const kind = fieldKinds[field]
    if (kind !== undefined && !isConstant(value)) return this.#named(kind, value)
    if (/^(https?:\/\/|\/)[^\s]*[?#]/.test(value)) return this.url(value)
    return this.#patterns(value)
  }

  #named(kind: string, value: string): string {
    const placeholder = this.#placeholders.of(kind, value)
    this.#decode(value, placeholder)
    return placeholder
  }

  #decode(value: string, placeholder: string): void {
    const jwt = value.split('.').length === 3 ? decodeJwt(value) : undefined
    if (jwt === undefined || placeholder in this.#jwts) return
    this.#jwts[placeholder] = jwt
    this.#jwts[placeholder] = { header: this.json(jwt.header), payload: this.json(jwt.payload) }
  }

  /** A URL or path with a query or fragment: parameters sorted by name and normalised one by one. */
  url(value: string): string {
    const [, base = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(value) ?? []
    const tail = query === undefined ? '' : `?${this.query(query)}`
    return `${this.#patterns(base)}${tail}${fragment === undefined ? '' : `#${this.query(fragment)}`}`
  }

  /** Parameters in the form `a=1&b=2`, decoded for readers. */
  query(value: string): string {
    const pairs = [...new URLSearchParams(value)].toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    return pairs.map(([name, content]) => `${name}=${this.#parameter(name, content)}`).join('&')
  }

  #parameter(name: string, content: string): string {
    if (/^expires_in$/.test(name) && /^\d+$/.test(content)) return String(roundLifetime(Number(content)))
    return this.text(content, name)
  }

  /** Form fields by name; a repeated one is an array. */
  form(value: string): Json {
    const fields: Record<string, Json> = {}
    for (const [name, content] of new URLSearchParams(value)) {
      const normal = this.#parameter(name, content)
      const before = fields[name]
      fields[name] = before === undefined ? normal : [before, normal].flat()
    }
    return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The headers that programs read. */
  headers(headers: Readonly<Record<string, readonly string[]>>): Record<string, string | readonly string[]> {
    const kept: Record<string, string | readonly string[]> = {}
    for (const name of keptHeaders) {
      const values = headers[name]
      if (values !== undefined) kept[name] = values.map((value) => this.#header(name, value)).join(', ')
    }
    const cookies = headers['set-cookie']
    if (cookies !== undefined) kept['set-cookie'] = cookies.map(setCookie).toSorted()
    return kept
  }

  #header(name: string, value: string): string {
    if (name === 'location') return value === '' ? '' : this.text(value)
    if (name === 'x-total-count') return '<count>'
    if (name === 'www-authenticate') return value.replace(/error_description="[^"]*"/, 'error_description="<sentence>"')
    if (name === 'link') return value.replaceAll(/<([^>]*)>/g, (_, url: string) => `<${this.#link(url)}>`)
    return this.#patterns(value)
  }

  /** 1.x counts the rows of the whole server in its links. */
  #link(url: string): string {
    return this.url(url).replaceAll(/\b(offset|limit)=-?\d+/g, '$1=<n>')
  }

  /** A body as its content type says. */
  body(text: string, contentType: string): Json | undefined {
    if (text === '') return undefined
    if (contentType.includes('json')) return this.#parsed(text)
    if (contentType.includes('html')) return this.json(summariseHtml(text))
    if (contentType.includes('application/jwt')) return this.#named('jwt', text)
    if (text.length > 400) return '<text>'
    return this.#patterns(text.replace(/^(Error \d{3} - ).+/s, '$1<sentence>'))
  }

  #parsed(text: string): Json {
    try {
      return this.json(JSON.parse(text) as Json)
    } catch {
      return { notJson: this.#patterns(text) }
    }
  }

  #patterns(value: string): string {
    const withJwts = value.replaceAll(jwtPattern, (jwt) => this.#named('jwt', jwt))
    const withTokens = withJwts.replaceAll(/ory_(at|rt|ac|dc)_[\w-]+(\.[\w-]+)?/g, (token, kind: string) =>
      this.#placeholders.of(tokenKinds[kind] ?? 'token', token),
    )
    const withOld = withTokens.replaceAll(/\b[\w-]{43}\.[\w-]{43}(?![\w-])/g, (token) =>
      this.#placeholders.of('token', token),
    )
    const withKeys = withOld.replaceAll(/did:jwk:[\w-]+/g, 'did:jwk:<jwk>')
    const known = this.#placeholders.replaceIn(withKeys)
    return known
      .replaceAll(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, (id) =>
        this.#placeholders.of('uuid', id),
      )
      .replaceAll(/\b[\da-f]{32}\b/g, (id) => this.#placeholders.of('hex', id))
      .replaceAll(/\b(?!0001)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>')
  }
}

const timePattern = /^(?!0001)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const tokenKinds: Readonly<Record<string, string>> = {
  at: 'access_token',
  rt: 'refresh_token',
  ac: 'code',
  dc: 'device_code',
}

/** Name and attributes; the number in a CSRF cookie's name comes from the client, the expiry from the clock. */
function setCookie(line: string): string {
  const [pair = '', ...attributes] = line.split(/;\s*/)
  const name = pair.slice(0, pair.indexOf('=')).replace(/_\d+$/, '_<n>')
  const kept = attributes.filter((attribute) => !/^expires=/i.test(attribute)).map(cookieAttribute)
  return [name, ...kept.toSorted()].join('; ')
}

function cookieAttribute(attribute: string): string {
  const seconds = /^max-age=(\d+)$/i.exec(attribute)?.[1]
  return seconds === undefined ? attribute : `Max-Age=${roundLifetime(Number(seconds))}`
}

/** Takes back the second that may have passed: 3599 is 3600, 4 is 5. */
export function roundLifetime(seconds: number): number {
  const step = Math.abs(seconds) >= 30 ? 10 : 5
  const rounded = Math.round(seconds / step) * step
  return Math.abs(seconds - rounded) <= 1 ? rounded : seconds
}

function relativeTime(iat: Json | undefined, key: string, value: number): Json {
  if (key === 'rat' || key === 'auth_time' || key === 'iat' || typeof iat !== 'number') return '<epoch>'
  const distance = roundLifetime(value - iat)
  return distance === 0 ? '<iat>' : `<iat${distance > 0 ? '+' : ''}${distance}>`
}
