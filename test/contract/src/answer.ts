/** An answer of Hydra as cases read it. */
import type { RawResponse } from './http-client.ts'
import type { Json } from './transcript/exchange.ts'

/** Status, headers and body of one exchange; readers of absent parts give `undefined` or say what is missing. */
export class Answer {
  readonly step: string
  readonly status: number
  readonly text: string
  readonly #raw: RawResponse
  readonly #base: string

  constructor(step: string, raw: RawResponse, base: string) {
    this.step = step
    this.status = raw.status
    this.text = raw.text
    this.#raw = raw
    this.#base = base
  }

  header(name: string): string | undefined {
    return this.#raw.headers[name]?.join(', ')
  }

  /** All `set-cookie` lines. */
  get setCookies(): readonly string[] {
    return this.#raw.headers['set-cookie'] ?? []
  }

  /** The body as JSON, `undefined` if it is none. */
  get json(): Json | undefined {
    try {
      return JSON.parse(this.text) as Json
    } catch {
      return undefined
    }
  }

  /** A value inside the JSON body by dotted path: `client.client_id`, `keys.0.kid`. */
  at(path: string): Json | undefined {
    return path.split('.').reduce<Json | undefined>(member, this.json)
  }

  /**
   * A string inside the JSON body.
   *
   * @throws when it isn't there: the case cannot go on
   */
  string(path: string): string {
    const value = this.at(path)
    if (typeof value !== 'string')
      throw new Error(`step "${this.step}" (${this.status}): no string "${path}" in ${this.shape}`)
    return value
  }

  /** The JSON body's value at `path` as a list, empty when it is absent. */
  list(path = ''): readonly Json[] {
    const value = path === '' ? this.json : this.at(path)
    return Array.isArray(value) ? value : []
  }

  /**
   * Where a redirect leads.
   *
   * @throws when there is none
   */
  get location(): URL {
    const location = this.header('location')
    if (location === undefined)
      throw new Error(`step "${this.step}": status ${this.status} without location; ${this.shape}`)
    return new URL(location, this.#base)
  }

  /** A parameter of the redirect, in its query or fragment. */
  param(name: string): string | undefined {
    const { search, hash } = this.location
    return new URLSearchParams(search).get(name) ?? new URLSearchParams(hash.slice(1)).get(name) ?? undefined
  }

  /**
   * A parameter of the redirect.
   *
   * @throws when it isn't there
   */
  needParam(name: string): string {
    const value = this.param(name)
    if (value === undefined)
      throw new Error(`step "${this.step}": redirect without "${name}": ${withoutValues(this.location)}`)
    return value
  }

  /** Names of the body's members, and `error` where there is one: enough for a message, no secret in it. */
  get shape(): string {
    const { json } = this
    if (json === undefined)
      return this.text === '' ? 'an empty body' : `a body that is not JSON (${this.header('content-type')})`
    if (Array.isArray(json)) return `an array of ${json.length}`
    const error = this.at('error')
    return error === undefined ? `members ${Object.keys(json as object).join(', ')}` : `error ${JSON.stringify(error)}`
  }
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(key)] as Json | undefined
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: Json })[key] : undefined
}

function withoutValues({ origin, pathname, search, hash }: URL): string {
  const names = [...new URLSearchParams(search).keys(), ...new URLSearchParams(hash.slice(1)).keys()]
  const error = new URLSearchParams(search).get('error') ?? new URLSearchParams(hash.slice(1)).get('error')
  return `${origin}${pathname} with ${names.join(', ') || 'no parameters'}${error === null ? '' : ` (error ${error})`}`
}
