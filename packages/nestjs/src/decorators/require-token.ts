import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Demands a good token, and nothing more of it: says aloud what the guard does anyway, so that the route counts as
 * annotated. On a handler it replaces the scopes and claims that its class demands, or its `@Public()`.
 *
 * @throws TypeError `ERR_OPTIONS` beside a decorator that demands scopes or claims
 */
export function RequireToken(): RouteDecorator {
  return routeDecorator('@RequireToken', { access: 'token' })
}
