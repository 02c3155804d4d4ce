/**
 * JSON as Hydra's decoder reads it: the first document of the body counts and text after it is ignored, names match
 * in any letter case, `null` leaves a member at its default, and a wrong type is an error.
 */

const brand = Symbol.for('@hydra-kit/embedded/DecodeError')

/** Why a body could not be decoded. The reason is safe to show: it names members and types, never values. */
export interface DecodeError extends Error {
  readonly reason: string
}

/** Whether a thrown value says that a body could not be decoded. */
export function isDecodeError(value: unknown): value is DecodeError {
  return typeof value === 'object' && value !== null && brand in value
}

/** Makes a {@link DecodeError}. */
export function decodeError(reason: string): DecodeError {
  return Object.assign(new Error(reason), { reason, [brand]: true })
}

/** The first JSON document of a text. */
export function firstDocument(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    const start = text.search(/[^ \t\r\n]/)
    if (start < 0) throw decodeError('the body is empty')
    const end = endOfDocument(text, start)
    if (end === undefined) throw decodeError('the JSON document is not complete')
    try {
      return JSON.parse(text.slice(start, end)) as unknown
    } catch {
      throw decodeError('the body is not JSON')
    }
  }
}

function endOfDocument(text: string, start: number): number | undefined {
  const first = text[start] ?? ''
  if (first !== '{' && first !== '[' && first !== '"') {
    const literal = /^[^\s,\]}"[{]+/.exec(text.slice(start))
    return literal === null ? start + 1 : start + literal[0].length
  }
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') {
      at += 1
      while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    } else if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
    if (depth === 0) return at + 1
  }
  return undefined
}

/** The type of one member. */
export type Kind = 'string' | 'bool' | 'int' | 'strings' | 'object' | 'json'

const accepts: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int: (value) => Number.isSafeInteger(value),
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string' || item === null),
  object: (value) => isObject(value),
  json: () => true,
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads the named members of a document. Unknown members are ignored, missing and `null` ones are left out.
 *
 * @throws DecodeError for a document that is no object and for a member of the wrong type
 */
export function decodeMembers<Name extends string>(
  document: unknown,
  kinds: Readonly<Record<Name, Kind>>,
): Partial<Record<Name, unknown>> {
  const members: Partial<Record<Name, unknown>> = {}
  if (document === null) return members
  if (!isObject(document)) throw decodeError('a JSON object was expected')
  const names = new Map(Object.keys(kinds).map((name) => [name.toLowerCase(), name as Name]))
  for (const [given, value] of Object.entries(document)) {
    const name = Object.hasOwn(kinds, given) ? (given as Name) : names.get(given.toLowerCase())
    if (name === undefined) continue
    if (value === null && kinds[name] !== 'json') continue
    if (!accepts[kinds[name]](value)) throw decodeError(`the member ${name} has the wrong type`)
    // A null inside a list of strings is an empty one.
    members[name] = kinds[name] === 'strings' ? (value as unknown[]).map((item) => item ?? '') : value
  }
  return members
}
