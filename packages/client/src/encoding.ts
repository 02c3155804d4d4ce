/** Writes path segments, queries and form bodies. */
import { optionsError } from './options-error.ts'

/** A value as people pass it: lists are joined with spaces, as OAuth 2.0 does; absent ones are left out. */
export type FieldValue = string | number | boolean | readonly string[] | undefined

const UNRESERVED = /^[\w.~-]*$/

/** Percent-encodes for a query or a form. Lone surrogates become U+FFFD, as in every URL API. */
export function encodeValue(text: string): string {
  if (UNRESERVED.test(text)) return text
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'))
}

/** `a=1&b=2`, in the order given. */
export function encodeFields(fields: Readonly<Record<string, FieldValue>>): string {
  let text = ''
  for (const name in fields) {
    const value = fields[name]
    if (value === undefined) continue
    const joined = typeof value === 'object' ? value.join(' ') : String(value)
    text += `${text === '' ? '' : '&'}${name}=${encodeValue(joined)}`
  }
  return text
}

/**
 * Percent-encodes an id as one path segment.
 *
 * @throws TypeError `ERR_OPTIONS` for ids that no server can route: empty ones would reach the list, `.` and `..` the folder above
 */
export function encodeSegment(id: unknown, slashAllowed: boolean): string {
  if (typeof id !== 'string' || id === '' || id === '.' || id === '..') {
    throw optionsError('the id must be a string that is not empty, "." or ".."')
  }
  if (!slashAllowed && id.includes('/')) {
    throw optionsError('this id contains a slash, and Hydra before 25.4 cannot route such an id')
  }
  return encodeValue(id)
}
