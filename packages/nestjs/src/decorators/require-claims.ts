import { assertRequirement, type ClaimExpectation } from '@hydra-kit/resource-server'
import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Demands claims: a value, a list of allowed values, or a function. Names that Hydra writes (`sub`, `client_id` …) are
 * read from the token, all others from what the consent app put into `session.access_token`. Else 403.
 *
 * @throws TypeError `ERR_OPTIONS` if no claim is named
 */
export function RequireClaims(claims: Readonly<Record<string, ClaimExpectation>>): RouteDecorator {
  const copy = { ...claims }
  assertRequirement({ claims: copy })
  return routeDecorator('@RequireClaims', { claims: copy })
}
