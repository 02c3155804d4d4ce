/** What a case found out: each fact with the operation it is about. */
import { isDeepStrictEqual, inspect } from 'node:util'
import type { Operation } from './operations.ts'

/** One fact that held or did not. */
export interface Check {
  readonly operation: Operation | undefined
  readonly ok: boolean
  /** What was looked at, and what was seen instead when it failed. */
  readonly message: string
}

/** Facts in the order in which they were looked at. */
export class Checks {
  readonly #all: Check[] = []

  get all(): readonly Check[] {
    return this.#all
  }

  equal(operation: Operation | undefined, fact: string, actual: unknown, expected: unknown): void {
    const ok = isDeepStrictEqual(actual, expected)
    const message = ok ? fact : `${fact}: expected ${show(expected)}, got ${show(actual)}`
    this.#all.push({ operation, ok, message })
  }
}

function show(value: unknown): string {
  const text = inspect(value, { depth: 6, breakLength: Infinity, compact: true })
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}
