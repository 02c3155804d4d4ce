import { pageHandler, type HandlerDecorator, type HandlerOptions } from './handler-decorator.ts'

/**
 * Serves the page for errors that Hydra cannot tell the client (`urls.error`) at this path of the controller. The method
 * is asked for its HTML, `@ErrorRequest()` says what happened; without an answer of it the page is ours. **The HTML is sent
 * as it is**: escape every value. For the errors of the other pages, see `pages.error`.
 *
 * The route is open to callers without a token, as by `@Public()`.
 *
 * @throws TypeError `ERR_OPTIONS` beside another handler decorator
 */
export function ErrorPage(
  path: string | string[] = 'error',
  options: HandlerOptions = {},
): HandlerDecorator<string | undefined> {
  return pageHandler('@ErrorPage', 'error', path, options)
}
