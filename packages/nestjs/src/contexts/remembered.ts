/** What the guard found out about a caller, for whoever comes behind it. */
import type { VerifiedToken } from '@hydra-kit/resource-server'

/** The outcome of the guard. */
export interface Outcome {
  /** Undefined only where a token is optional. */
  readonly token: VerifiedToken<unknown> | undefined
}

/**
 * By instance name: resolvers of one GraphQL operation run side by side, and may ask different instances. In the global
 * registry, so that a CommonJS and an ES module copy of this package understand each other; nothing in a request can
 * become a symbol-keyed property.
 */
const outcomes: unique symbol = Symbol.for('@hydra-kit/nestjs/outcomes') as never

type Carrier = { [outcomes]?: Map<string | undefined, Outcome> }

/** Remembers an outcome by its carrier, hidden from logs of it. */
export function remember(carrier: object, instance: string | undefined, outcome: Outcome): void {
  const before = (carrier as Carrier)[outcomes]
  if (before !== undefined) {
    before.set(instance, outcome)
    return
  }
  Object.defineProperty(carrier, outcomes, { value: new Map([[instance, outcome]]) })
}

/** What was remembered; undefined if the guard did not run. */
export function recall(carrier: object, instance: string | undefined): Outcome | undefined {
  return (carrier as Carrier)[outcomes]?.get(instance)
}
