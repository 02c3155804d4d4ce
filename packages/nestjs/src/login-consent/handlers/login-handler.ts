import type { LoginDecision } from '@hydra-kit/login-consent'
import { pageHandler, type HandlerDecorator, type HandlerOptions } from './handler-decorator.ts'

/**
 * Serves the login page at this path of the controller, and all that belongs to it. The method is asked when a form was
 * sent that is ours, complete and within the limit of tries: it returns `login.accept`, `login.retry`, `login.redirectTo`
 * or `login.reject`. What its pipes refuse (400, 422) is shown at the form. Other methods of HTTP never reach it.
 *
 * The route is open to callers without a token, as by `@Public()`.
 *
 * @throws TypeError `ERR_OPTIONS` beside another handler decorator
 * @example
 * \@LoginHandler('login')
 * async authenticate(@LoginForm() form: LoginDto) {
 *   const user = await this.users.check(form.email, form.password)
 *   return user ? login.accept({ subject: user.id, amr: ['pwd'] }) : login.retry('Wrong e-mail or password.')
 * }
 */
export function LoginHandler(
  path: string | string[] = 'login',
  options: HandlerOptions = {},
): HandlerDecorator<LoginDecision> {
  return pageHandler('@LoginHandler', 'login', path, options)
}
