/** What many tokens say alike is kept once: a hundred thousand of them name the same issuer, client, audience and scopes. */

/** Claims whose values repeat from token to token. */
const repeated = ['iss', 'client_id', 'aud', 'scp'] as const

/** Bounds, so that clients and lists without number cost no memory for good. */
const maxValues = 1024
const maxLength = 1024

const values = new Map<string, string | readonly string[]>()

/**
 * Puts the one kept copy in the place of equal strings and lists of strings. Lists are frozen. Only for claims that
 * nobody else has yet, and whose signature was verified: others must not decide what is kept.
 */
export function shareRepeatedValues(claims: Record<string, unknown>): void {
  for (const name of repeated) {
    if (!Object.hasOwn(claims, name)) continue
    const value = claims[name]
    if (typeof value === 'string') claims[name] = shared(value, value)
    else if (isStringList(value)) claims[name] = shared(JSON.stringify(value), value)
  }
}

/** A list's key starts with a bracket: a string that does so, too, is left alone. */
function shared<T extends string | readonly string[]>(key: string, value: T): T {
  if (key.length > maxLength || (typeof value === 'string' && value.startsWith('['))) return value
  const known = values.get(key)
  if (known !== undefined) return known as T
  if (values.size >= maxValues) values.clear()
  if (typeof value !== 'string') Object.freeze(value)
  values.set(key, value)
  return value
}

function isStringList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string')
}
