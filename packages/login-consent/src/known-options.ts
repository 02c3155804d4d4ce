/** Checks that every set of options needs. */
import { optionsError } from './errors.ts'

/** Refuses members that are not in the list: a typo in a security option must not pass in silence. */
export function refuseUnknown(path: string, value: object, names: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (!names.includes(name)) {
      throw optionsError(`${path}${name}`, `is not an option; known are ${names.join(', ')}`)
    }
  }
}

/** A whole number above 0, or what holds without one. @throws TypeError `ERR_OPTIONS` */
export function parseCount(option: string, value: number | undefined, fallback: number): number {
  if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
    throw optionsError(option, 'must be a whole number above 0')
  }
  return value ?? fallback
}
