import type { ConsentDecision } from '@hydra-kit/login-consent'
import { pageHandler, type HandlerDecorator, type HandlerOptions } from './handler-decorator.ts'

/**
 * Serves the consent page at this path of the controller, and all that belongs to it. The method is asked before the page
 * is shown, to the browser that has just signed in as the subject: it returns `consent.ask`, `consent.grantAll`,
 * `consent.grant` or `consent.deny`. What the user then chooses on the page is not its affair, and never more is granted
 * than was asked for.
 *
 * The route is open to callers without a token, as by `@Public()`.
 *
 * @throws TypeError `ERR_OPTIONS` beside another handler decorator
 */
export function ConsentHandler(
  path: string | string[] = 'consent',
  options: HandlerOptions = {},
): HandlerDecorator<ConsentDecision> {
  return pageHandler('@ConsentHandler', 'consent', path, options)
}
