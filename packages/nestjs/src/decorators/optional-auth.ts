import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Lets a request without a token pass; `@CurrentToken()` is then undefined. A request with a bad token never passes. On
 * a handler it replaces the scopes and claims that its class demands.
 *
 * @throws TypeError `ERR_OPTIONS` beside a decorator that demands scopes or claims
 */
export function OptionalAuth(): RouteDecorator {
  return routeDecorator('@OptionalAuth', { access: 'optional' })
}
