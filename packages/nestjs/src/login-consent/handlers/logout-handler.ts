import type { LogoutDecision } from '@hydra-kit/login-consent'
import { pageHandler, type HandlerDecorator, type HandlerOptions } from './handler-decorator.ts'

/**
 * Serves the logout page at this path of the controller, and all that belongs to it. The method is asked before the page
 * is shown: it returns `logout.ask`, `logout.accept` (only for requests with `rp_initiated`: any web page can cause the
 * others) or `logout.reject`. To end a session of your own, see `@EndSessionHandler`.
 *
 * The route is open to callers without a token, as by `@Public()`.
 *
 * @throws TypeError `ERR_OPTIONS` beside another handler decorator
 */
export function LogoutHandler(
  path: string | string[] = 'logout',
  options: HandlerOptions = {},
): HandlerDecorator<LogoutDecision> {
  return pageHandler('@LogoutHandler', 'logout', path, options)
}
