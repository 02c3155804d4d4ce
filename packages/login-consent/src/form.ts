/**
 * Form fields out of a request body: within limits, from bytes, from a stream, or from what a body parser left.
 */
import { FlowError } from './errors.ts'
import { headerOf, type HttpInput } from './http.ts'

/** Bounds of a request body. */
export interface BodyLimits {
  /** Longest body. Unit: bytes. */
  readonly maxBodyBytes: number
  /** Time to receive it. Unit: ms. */
  readonly bodyTimeoutMs: number
}

const maxFields = 200

/** The fields of a form as posted; `all` gives every value of a repeated one. */
export interface FormFields {
  /** The value of a field that was sent exactly once. */
  one(name: string): string | undefined
  all(name: string): readonly string[]
  readonly names: readonly string[]
}

/**
 * Reads a body that is still a stream.
 *
 * @throws {@link FlowError} `body_too_large` as soon as the limit is passed, `body_timeout` when the sender is slow,
 * `body_malformed` when it breaks off
 */
export async function readBody(stream: AsyncIterable<Uint8Array | string>, limits: BodyLimits): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  const iterator = keepOpen(stream)[Symbol.asyncIterator]()
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new FlowError('body_timeout', 'The request body did not arrive in time.'))
    }, limits.bodyTimeoutMs)
  })
  try {
    for (;;) {
      const step = await Promise.race([iterator.next().catch(brokenOff), timeout])
      if (step.done === true) return Buffer.concat(parts)
      const part = typeof step.value === 'string' ? Buffer.from(step.value) : step.value
      size += part.byteLength
      if (size > limits.maxBodyBytes) throw tooLarge()
      parts.push(part)
    }
  } finally {
    clearTimeout(timer)
  }
}

/** The sender went away. That is its own affair: nothing of ours, or of Hydra's, is out of order. */
function brokenOff(cause: unknown): never {
  throw new FlowError('body_malformed', 'The request body broke off.', { cause })
}

/** Leaving a `for await` destroys a Node stream, and with it the connection that has to carry our 413. */
function keepOpen(stream: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array | string> {
  const node = stream as { iterator?: (options: { destroyOnReturn: boolean }) => AsyncIterable<Uint8Array | string> }
  return typeof node.iterator === 'function' ? node.iterator({ destroyOnReturn: false }) : stream
}

/**
 * The fields of a posted form or JSON object.
 *
 * @throws {@link FlowError} `body_too_large`, `body_timeout`, `body_malformed`
 */
export async function readForm(input: HttpInput, limits: BodyLimits): Promise<FormFields> {
  const declared = Number(headerOf(input, 'content-length') ?? 0)
  if (declared > limits.maxBodyBytes) throw tooLarge()
  const { body } = input
  if (body === undefined || body === null) return fieldsOf([])
  const isStream = typeof body === 'object' && Symbol.asyncIterator in body
  const raw = isStream ? await readBody(body as AsyncIterable<Uint8Array>, limits) : body
  if (typeof raw === 'string' || ArrayBuffer.isView(raw)) {
    const size = typeof raw === 'string' ? Buffer.byteLength(raw) : raw.byteLength
    if (size > limits.maxBodyBytes) throw tooLarge()
    const text =
      typeof raw === 'string' ? raw : Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8')
    return fieldsOf(parseText(text, (headerOf(input, 'content-type') ?? '').toLowerCase()))
  }
  return fieldsOf(entriesOf(raw))
}

function parseText(text: string, contentType: string): [string, string][] {
  if (text === '') return []
  if (/^application\/json\b/.test(contentType)) {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      throw new FlowError('body_malformed', 'The request body is not valid JSON.')
    }
    return entriesOf(value)
  }
  if (/^application\/x-www-form-urlencoded\b/.test(contentType)) return [...new URLSearchParams(text)]
  throw new FlowError(
    'body_malformed',
    'The request body must be application/x-www-form-urlencoded or application/json.',
  )
}

/** Own members only, and only texts, true/false and lists of texts: a parser may leave nested objects or worse. */
function entriesOf(value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FlowError('body_malformed', 'The request body must be an object of fields.')
  }
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    if (typeof member === 'string') return [[name, member]]
    if (typeof member === 'boolean') return member ? [[name, 'true']] : []
    if (!Array.isArray(member)) return []
    return member.filter((entry) => typeof entry === 'string').map((entry): [string, string] => [name, entry])
  })
}

function fieldsOf(entries: readonly [string, string][]): FormFields {
  if (entries.length > maxFields) throw new FlowError('body_malformed', 'The form has too many fields.')
  const values = new Map<string, string[]>()
  for (const [name, value] of entries) {
    const list = values.get(name)
    if (list === undefined) values.set(name, [value])
    else list.push(value)
  }
  return {
    one(name) {
      const list = values.get(name)
      return list?.length === 1 ? list[0] : undefined
    },
    all: (name) => values.get(name) ?? [],
    names: [...values.keys()],
  }
}

function tooLarge(): FlowError {
  return new FlowError('body_too_large', 'The request body is larger than this page accepts.')
}
