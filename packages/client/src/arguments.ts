/** Checks what methods are called with: a typo must not become a request that means something else. */
import { optionsError } from './options-error.ts'

/**
 * A required text argument.
 *
 * @throws TypeError `ERR_OPTIONS`; the message doesn't contain the value
 */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw optionsError(`\`${name}\` must be a string that is not empty`)
  return value
}

/** @throws TypeError `ERR_OPTIONS` unless `value` is an object whose members are all in `known` */
export function refuseUnknown(value: object, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null) throw optionsError(`an object of ${known.join(', ')} is needed`)
  for (const name in value) {
    if (!known.includes(name)) {
      throw optionsError(`unknown argument ${JSON.stringify(name)}; known are ${known.join(', ')}`)
    }
  }
}
