/** What the guard found out about a caller, for whoever comes behind it. */
import type { VerifiedToken } from '@hydra-kit/resource-server'

/** The outcome of the guard. */
export interface Outcome {
  /** Undefined only where a token is optional. */
  readonly token: VerifiedToken<unknown> | undefined
}

/**
 * In the global registry, so that a CommonJS and an ES module copy of this package understand each other; nothing in a
 * request can become a symbol-keyed property.
 */
const outcomes: unique symbol = Symbol.for('@hydra-kit/nestjs/outcomes') as never

/**
 * By instance name: resolvers of one GraphQL operation run side by side, and may ask different instances. A chain and no
 * map, because nearly always there is one, and a map costs as much as all the rest of the guard.
 */
interface Entry {
  readonly instance: string | undefined
  outcome: Outcome
  next: Entry | undefined
}

type Carrier = { [outcomes]?: Entry }

/** Remembers an outcome by its carrier, hidden from logs of it. */
export function remember(carrier: object, instance: string | undefined, outcome: Outcome): void {
  const first = (carrier as Carrier)[outcomes]
  const known = find(first, instance)
  if (known !== undefined) known.outcome = outcome
  else if (first !== undefined) first.next = { instance, outcome, next: first.next }
  else Object.defineProperty(carrier, outcomes, { value: { instance, outcome, next: undefined } satisfies Entry })
}

/** What was remembered; undefined if the guard did not run. */
export function recall(carrier: object, instance: string | undefined): Outcome | undefined {
  return find((carrier as Carrier)[outcomes], instance)?.outcome
}

/** The `name` of an instance that judged the caller; undefined if none did, or one without a name. */
export function instanceThatJudged(carrier: object): string | undefined {
  return (carrier as Carrier)[outcomes]?.instance
}

function find(first: Entry | undefined, instance: string | undefined): Entry | undefined {
  let entry = first
  while (entry !== undefined && entry.instance !== instance) entry = entry.next
  return entry
}
