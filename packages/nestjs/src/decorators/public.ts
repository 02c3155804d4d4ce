import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Opens a route to everyone: no token is read, not even a bad one. On a handler it replaces whatever its class demands.
 *
 * @throws TypeError `ERR_OPTIONS` beside a decorator that demands something
 */
export function Public(): RouteDecorator {
  return routeDecorator('@Public', { access: 'public' })
}
