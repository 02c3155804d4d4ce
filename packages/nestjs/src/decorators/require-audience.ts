import { assertRule } from '@hydra-kit/resource-server'
import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Demands that the token was issued for this audience (of several: one), in place of the module's; else 401.
 *
 * @throws TypeError `ERR_OPTIONS` if no audience is named
 */
export function RequireAudience(...audience: [string, ...string[]]): RouteDecorator {
  assertRule({ audience })
  return routeDecorator('@RequireAudience', { audience })
}
