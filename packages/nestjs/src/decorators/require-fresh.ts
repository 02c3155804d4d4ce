import { assertRule } from '@hydra-kit/resource-server'
import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Demands a proof of the token that is at most so many seconds old; 0 asks Hydra for each request. For routes that
 * cannot wait for the revocation delay. A JWT is then introspected as well; where no introspection is configured, it
 * must have been issued within this time (else 401).
 *
 * @throws TypeError `ERR_OPTIONS` unless it is a number of seconds, 0 or more
 */
export function RequireFresh(seconds: number): RouteDecorator {
  assertRule({ freshWithinSeconds: seconds ?? Number.NaN })
  return routeDecorator('@RequireFresh', { freshWithinSeconds: seconds })
}
