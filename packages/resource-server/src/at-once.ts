/** Verification without a promise where none is needed: the way of adapters, which do this for every request. */
import type { RequestFacts, Rule } from './request-facts.ts'
import type { ResourceServer } from './resource-server.ts'
import type { VerifiedToken } from './verified-token.ts'

/** As {@link ResourceServer.authenticate}, but what is decided at once is returned or thrown at once. */
type AtOnce<Extra> = (facts: RequestFacts, rule?: Rule) => VerifiedToken<Extra> | Promise<VerifiedToken<Extra>>

/**
 * Kept on the function `authenticate`, not on the resource server: whoever puts an `authenticate` of his own into a copy
 * of one (to look into a list of banned users, say) is not passed by. Of the global registry, so that a CommonJS and an
 * ES module copy of this package understand each other.
 */
const atOnce: unique symbol = Symbol.for('@hydra-kit/resource-server/at-once') as never

interface Shortcut<Extra> {
  /** The function it was made for: proxies, copies of properties and heirs show it too, and are not meant. */
  readonly self: ResourceServer<Extra>['authenticate']
  readonly decide: AtOnce<Extra>
}

type Authenticate<Extra> = ResourceServer<Extra>['authenticate'] & { [atOnce]?: Shortcut<Extra> }

/** Makes `authenticate` out of a function that decides at once what it can. */
export function authenticateThrough<Extra>(decide: AtOnce<Extra>): ResourceServer<Extra>['authenticate'] {
  const authenticate: Authenticate<Extra> = (facts, rule) => promised(() => decide(facts, rule))
  authenticate[atOnce] = { self: authenticate, decide }
  return authenticate
}

/** Not an async function: another promise between verifier and caller costs more than the rest of a remembered token. */
export function promised<T extends object>(decide: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(decide())
  } catch (error) {
    return Promise.reject(error as Error)
  }
}

/**
 * Finds the token of a request and verifies it, as {@link ResourceServer.authenticate} does and by the same rules. A
 * token that is remembered is returned, and a request that can be refused without asking anybody throws; only where
 * keys or Hydra have to be asked it is a promise.
 *
 * For adapters of frameworks, which save a promise and a turn of the event loop for nearly every request. A resource
 * server whose `authenticate` is not its own is asked through that.
 *
 * @example
 * const outcome = authenticateAtOnce(resourceServer, facts)
 * const token = isPending(outcome) ? await outcome : outcome
 *
 * @throws {@link BearerTokenError} (or rejects) when the request is refused.
 * @throws {@link VerificationUnavailableError} (rejects) when Hydra cannot answer.
 */
export function authenticateAtOnce<Extra>(
  resourceServer: ResourceServer<Extra>,
  facts: RequestFacts,
  rule?: Rule,
): VerifiedToken<Extra> | Promise<VerifiedToken<Extra>> {
  const shortcut = (resourceServer.authenticate as Authenticate<Extra>)[atOnce]
  if (shortcut?.self === resourceServer.authenticate) return shortcut.decide(facts, rule)
  return resourceServer.authenticate(facts, rule)
}

/** Whether an outcome is still to come. Promises of any realm count. */
export function isPending<T extends object>(outcome: T | Promise<T>): outcome is Promise<T> {
  return typeof (outcome as { then?: unknown }).then === 'function'
}
