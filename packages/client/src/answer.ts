/** A complete HTTP answer, before an operation reads it. */
import type { HydraResponse } from './call.ts'

/** Header fields as the two generations of undici handlers deliver them. */
export type RawHeaders = Record<string, string | string[] | undefined> | readonly Buffer[]

/** Status, headers and body; headers and text are only decoded when asked for. */
export class Answer implements HydraResponse {
  readonly status: number
  readonly body: Buffer
  readonly #raw: RawHeaders
  #headers: Headers | undefined

  constructor(status: number, raw: RawHeaders, body: Buffer) {
    this.status = status
    this.body = body
    this.#raw = raw
  }

  get headers(): Headers {
    this.#headers ??= toHeaders(this.#raw)
    return this.#headers
  }

  header(name: string): string | undefined {
    return this.headers.get(name) ?? undefined
  }

  text(): string {
    return this.body.toString('utf8')
  }
}

function toHeaders(raw: RawHeaders): Headers {
  const headers = new Headers()
  if (isPairs(raw)) {
    for (let i = 0; i + 1 < raw.length; i += 2)
      headers.append(raw[i]!.toString('latin1'), raw[i + 1]!.toString('latin1'))
    return headers
  }
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
  }
  return headers
}

function isPairs(raw: RawHeaders): raw is readonly Buffer[] {
  return Array.isArray(raw)
}
