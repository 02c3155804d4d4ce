import { assertRequirement } from '@hydra-kit/resource-server'
import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Demands every one of these scopes, under Hydra's scope strategy; else 403 `insufficient_scope`.
 *
 * @throws TypeError `ERR_OPTIONS` if no scope is named: that would let every token through
 */
export function Scopes(...all: [string, ...string[]]): RouteDecorator {
  assertRequirement({ all })
  return routeDecorator('@Scopes', { all })
}
