/** Collects the exchanges of one case in normalised form. */
import type { CallOptions } from '../case-context.ts'
import type { ReceivedRequest } from '../app-server.ts'
import type { RawResponse } from '../http-client.ts'
import type { Port } from '../operations.ts'
import type { RunningServer } from '../running-server.ts'
import type { Json, RecordedExchange, RecordedRequest } from './exchange.ts'
import { Normaliser } from './normalise.ts'
import { Placeholders } from './placeholders.ts'

/** A request as it was sent. */
export interface SentRequest {
  readonly port: Port
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly options: CallOptions
  readonly body?: string
}

/** Request headers that decide what Hydra answers. */
const keptRequestHeaders: readonly string[] = [
  'accept',
  'content-type',
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'x-forwarded-proto',
  'x-contract-key',
]

export class Recorder {
  readonly placeholders: Placeholders = new Placeholders()
  readonly #normaliser: Normaliser
  readonly #exchanges: RecordedExchange[] = []

  constructor({ publicUrl, adminUrl, app }: RunningServer) {
    this.#normaliser = new Normaliser(this.placeholders)
    this.placeholders.set(publicUrl, '<public>')
    this.placeholders.set(adminUrl, '<admin>')
    this.placeholders.set(app.url, '<app>')
    this.placeholders.set(new URL(app.url).host, '<app-host>')
    this.placeholders.set(`localhost:${new URL(app.url).port}`, '<app-localhost>')
    this.placeholders.set(new URL(publicUrl).host, '<public-host>')
  }

  get exchanges(): readonly RecordedExchange[] {
    return this.#exchanges
  }

  /** Adds what a case asked and was answered. */
  add(step: string, sent: SentRequest, raw: RawResponse): void {
    this.#refuseTwice(step)
    const request = this.#request(sent)
    this.#normaliser.takeJwts()
    const headers = this.#normaliser.headers(raw.headers)
    const body = this.#normaliser.body(raw.text, raw.headers['content-type']?.join() ?? '')
    const jwts = this.#normaliser.takeJwts()
    this.#exchanges.push({
      step,
      request,
      response: { status: raw.status, headers, ...(body === undefined ? {} : { body }) },
      ...(Object.keys(jwts).length === 0 ? {} : { jwts }),
    })
  }

  /** Adds a request that Hydra made. */
  addReceived(step: string, received: ReceivedRequest): void {
    this.#refuseTwice(step)
    this.#normaliser.takeJwts()
    const type = String(received.headers['content-type'] ?? '')
    const shown = keptRequestHeaders.filter((name) => received.headers[name] !== undefined)
    const request: RecordedRequest = {
      method: received.method,
      url: `app ${this.#normaliser.text(received.path)}`,
      headers: Object.fromEntries(shown.map((name) => [name, String(received.headers[name])])),
      ...this.#content(received.text, type),
    }
    const jwts = this.#normaliser.takeJwts()
    this.#exchanges.push({
      step,
      request,
      response: { status: 0, headers: {} },
      ...(Object.keys(jwts).length === 0 ? {} : { jwts }),
    })
  }

  #refuseTwice(step: string): void {
    if (this.#exchanges.some((exchange) => exchange.step === step)) {
      throw new Error(`two steps of this case are called "${step}": name each by what it shows`)
    }
  }

  #request({ port, method, target, headers, options, body }: SentRequest): RecordedRequest {
    const shown: Record<string, string> = {}
    for (const name of keptRequestHeaders) {
      const value = headers[name]
      if (value !== undefined) shown[name] = this.#normaliser.text(value)
    }
    const authorization = this.#authorization(headers, options)
    const cookies = options.browser === undefined ? [] : cookieNames(headers['cookie'])
    return {
      method,
      url: `${port} ${this.#normaliser.text(target)}`,
      ...(authorization === undefined && Object.keys(shown).length === 0
        ? {}
        : { headers: { ...(authorization === undefined ? {} : { authorization }), ...shown } }),
      ...(cookies.length === 0 ? {} : { cookies }),
      ...(body === undefined ? {} : this.#content(body, headers['content-type'] ?? '')),
    }
  }

  #authorization(headers: Readonly<Record<string, string>>, { basic, bearer }: CallOptions): string | undefined {
    if (basic !== undefined) return `Basic ${basic.map((part) => this.#normaliser.text(part)).join(':')}`
    if (bearer !== undefined) return `Bearer ${this.#normaliser.text(bearer)}`
    const raw = headers['authorization']
    return raw === undefined ? undefined : this.#normaliser.text(raw)
  }

  #content(body: string, type: string): { form?: Json; json?: Json; text?: string } {
    if (body === '') return {}
    if (type.includes('x-www-form-urlencoded')) return { form: this.#normaliser.form(body) }
    if (type.includes('json')) {
      try {
        return { json: this.#normaliser.json(JSON.parse(body) as Json) }
      } catch {
        return { text: this.#normaliser.text(body) }
      }
    }
    return { text: body.length > 400 ? '<text>' : this.#normaliser.text(body) }
  }
}

function cookieNames(header: string | undefined): string[] {
  if (header === undefined) return []
  return header
    .split('; ')
    .map((pair) => pair.slice(0, pair.indexOf('=')).replace(/_\d+$/, '_<n>'))
    .toSorted()
}
