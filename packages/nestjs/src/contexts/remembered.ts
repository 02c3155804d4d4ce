/** What the guard found out about a caller, for whoever comes behind it. */
import type { VerifiedToken } from '@hydra-kit/resource-server'

/** The outcome of the guard. */
export interface Outcome {
  /** Undefined only where a token is optional. */
  readonly token: VerifiedToken<unknown> | undefined
}

/**
 * By instance name: resolvers of one GraphQL operation run side by side, and may ask different instances. A chain and no
 * map, because nearly always there is one, and a map costs as much as all the rest of the guard.
 */
interface Entry {
  readonly instance: string | undefined
  readonly outcome: Outcome
  readonly next: Entry | undefined
}

/**
 * By carrier, and not on it: no log shows them, and a property that is added to a request of Express costs more than the
 * verification, because Express has changed its prototype. In the global registry, so that a CommonJS and an ES module
 * copy of this package understand each other.
 */
const outcomes: WeakMap<object, Entry> = findOutcomes()

function findOutcomes(): WeakMap<object, Entry> {
  const place: unique symbol = Symbol.for('@hydra-kit/nestjs/outcomes') as never
  const known = (globalThis as { [place]?: WeakMap<object, Entry> })[place]
  if (known !== undefined) return known
  const own = new WeakMap<object, Entry>()
  Object.defineProperty(globalThis, place, { value: own })
  return own
}

/** One for all calls with a token, as long as nothing else is remembered of them. */
const alone = new WeakMap<VerifiedToken<unknown>, Entry>()

/** Remembers by its carrier what the guard found: a token, or none where it is optional. */
export function remember(
  carrier: object,
  instance: string | undefined,
  token: VerifiedToken<unknown> | undefined,
): void {
  const before = outcomes.get(carrier)
  if (before === undefined && token !== undefined) outcomes.set(carrier, entryOf(token, instance))
  else outcomes.set(carrier, { instance, outcome: { token }, next: without(before, instance) })
}

function entryOf(token: VerifiedToken<unknown>, instance: string | undefined): Entry {
  const known = alone.get(token)
  if (known !== undefined && known.instance === instance) return known
  const made: Entry = { instance, outcome: { token }, next: undefined }
  alone.set(token, made)
  return made
}

/** What was remembered; undefined if the guard did not run. */
export function recall(carrier: object, instance: string | undefined): Outcome | undefined {
  let entry = outcomes.get(carrier)
  while (entry !== undefined && entry.instance !== instance) entry = entry.next
  return entry?.outcome
}

/** The `name` of an instance that judged the caller; undefined if none did, or one without a name. */
export function instanceThatJudged(carrier: object): string | undefined {
  return outcomes.get(carrier)?.instance
}

function without(first: Entry | undefined, instance: string | undefined): Entry | undefined {
  if (first === undefined) return undefined
  return first.instance === instance ? first.next : { ...first, next: without(first.next, instance) }
}
