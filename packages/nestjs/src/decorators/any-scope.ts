import { assertRequirement } from '@hydra-kit/resource-server'
import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Demands at least one of these scopes; else 403 `insufficient_scope` naming the first.
 *
 * @throws TypeError `ERR_OPTIONS` if no scope is named: that would let every token through
 */
export function AnyScope(...any: [string, ...string[]]): RouteDecorator {
  assertRequirement({ any })
  return routeDecorator('@AnyScope', { any })
}
