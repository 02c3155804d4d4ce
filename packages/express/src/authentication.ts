/** What `hydraAuth` leaves on a request for the middleware behind it. */
import type { BearerTokenError, RequestFacts, ResourceServer, VerifiedToken } from '@hydra-kit/resource-server'
import type { IncomingMessage } from 'node:http'
import { setHidden } from './hidden-property.ts'

/** The outcome of `hydraAuth` for one request. */
export interface Authentication {
  readonly resourceServer: ResourceServer<unknown>
  /** Needed again by rules that a single route adds. */
  readonly facts: RequestFacts
  /** Undefined only in optional mode. */
  readonly token: VerifiedToken<unknown> | undefined
  /** In optional mode: why there is no token, for a route that needs one after all. */
  readonly missing: BearerTokenError | undefined
}

/**
 * A symbol of the global registry, so that a CommonJS and an ES module copy of this package understand each other.
 * Nothing in an HTTP request can become a symbol-keyed property.
 */
const authentication: unique symbol = Symbol.for('@hydra-kit/express/authentication') as never

type Marked = IncomingMessage & { [authentication]?: Authentication }

/** Records the outcome, and shows the token as `req.accessToken`. */
export function setAuthentication(request: IncomingMessage, outcome: Authentication): void {
  setHidden(request, authentication, outcome)
  setHidden(request, 'accessToken', outcome.token)
}

/**
 * Drops whatever stood there before. Most requests have nothing: looking is much cheaper than defining a property,
 * because Express has changed the request's prototype.
 */
export function dropAuthentication(request: IncomingMessage): void {
  if (authentication in request) setHidden(request, authentication, undefined)
  if ('accessToken' in request) setHidden(request, 'accessToken', undefined)
}

/**
 * Finds the outcome.
 * @throws Error `ERR_HYDRA_AUTH_MISSING`, status 500, when `hydraAuth` did not run: the route is wired up wrongly, and an
 * answer that blames the caller would hide that.
 */
export function authenticationOf(request: IncomingMessage, askedBy: string): Authentication {
  const outcome = (request as Marked)[authentication]
  if (outcome !== undefined) return outcome
  const error = new Error(
    `${askedBy} needs hydraAuth in front of it, but hydraAuth did not run for this request. ` +
      'Add app.use(hydraAuth({ … })) before the route.',
  )
  setHidden(error, 'code', 'ERR_HYDRA_AUTH_MISSING')
  setHidden(error, 'status', 500)
  throw error
}
