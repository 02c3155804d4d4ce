/** Reads transcripts backwards: matches a request with a recorded one, and fills a recorded answer with values again. */
import type { DecodedJwt, Json } from './exchange.ts'

const placeholder = /<([a-z][\w-]*)(?::(\d+))?>/g

/** Values that stand for placeholders while a transcript is replayed. */
export class Bindings {
  readonly #values = new Map<string, string>()
  readonly #jwts = new Map<string, DecodedJwt>()
  /** Epoch seconds that take the place of recorded times. */
  readonly now: number

  constructor(now: number, fixed: Readonly<Record<string, string>>) {
    this.now = now
    for (const [name, value] of Object.entries(fixed)) this.#values.set(name, value)
  }

  /** What a placeholder such as `<uuid:2>` means now; made up, always in the same way, when nothing was bound yet. */
  value(name: string): string {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const made = this.#make(name)
    this.#values.set(name, made)
    return made
  }

  /** Lets placeholders that stand for JWTs become tokens with the recorded claims. */
  addJwts(jwts: Readonly<Record<string, DecodedJwt>>): void {
    for (const [name, jwt] of Object.entries(jwts)) this.#jwts.set(name, jwt)
  }

  /** Whether a text fits a recorded one; placeholders without a value yet take the text's. */
  matches(recorded: string, actual: string): boolean {
    const names: string[] = []
    const pattern = recorded.split(/(<[a-z][\w-]*(?::\d+)?>)/).map((part) => {
      if (!/^<[a-z][\w-]*(?::\d+)?>$/.test(part)) return escape(part)
      const known = this.#values.get(part)
      if (known !== undefined) return escape(known)
      names.push(part)
      return '(.+)'
    })
    const found = new RegExp(`^${pattern.join('')}$`, 's').exec(actual)
    if (found === null) return false
    names.forEach((name, i) => this.#values.set(name, found[i + 1] ?? ''))
    return true
  }

  /** Fills a text. */
  text(recorded: string): string {
    return recorded.replaceAll(placeholder, (name) => this.value(name))
  }

  /** Fills a JSON value; times become numbers again. */
  json(recorded: Json): Json {
    if (typeof recorded === 'string') return this.#time(recorded) ?? this.text(recorded)
    if (recorded === null || typeof recorded !== 'object') return recorded
    if (Array.isArray(recorded)) return recorded.map((item: Json) => this.json(item))
    return Object.fromEntries(Object.entries(recorded).map(([key, value]) => [this.text(key), this.json(value)]))
  }

  #time(recorded: string): number | undefined {
    if (recorded === '<epoch>' || recorded === '<iat>') return this.now
    const distance = /^<iat([+-]\d+)>$/.exec(recorded)?.[1]
    return distance === undefined ? undefined : this.now + Number(distance)
  }

  #make(name: string): string {
    const jwt = this.#jwts.get(name)
    if (jwt !== undefined)
      return [jwt.header, jwt.payload].map((part) => this.#encode(part)).join('.') + '.c2lnbmF0dXJl'
    const [, kind = '', count = '1'] = /^<([a-z][\w-]*)(?::(\d+))?>$/.exec(name) ?? []
    if (kind === 'uuid' || kind === 'sid') return `00000000-0000-4000-8000-${count.padStart(12, '0')}`
    if (kind === 'time') return new Date(this.now * 1000).toISOString()
    if (kind === 'sentence') return 'A sentence was recorded here.'
    if (kind === 'count' || kind === 'n') return count
    return `${kind}-${count.padStart(32, '0')}`
  }

  #encode(part: Json): string {
    return Buffer.from(JSON.stringify(this.json(part))).toString('base64url')
  }
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
