import { Body } from '@nestjs/common'
import type { ParamPipe } from './param-pipe.ts'

/**
 * In a `@LoginHandler`: the fields of the login form, or one of them, through pipes. It is the body that `@Body()` gives,
 * so a global `ValidationPipe` checks it by the class of the parameter; the form token is not among the fields. `email`
 * and `username` are trimmed, `remember` is true or absent.
 *
 * @example
 * authenticate(@LoginForm() form: LoginDto)
 * authenticate(@LoginForm(new ValidationPipe({ expectedType: LoginDto })) form: LoginDto)
 */
export function LoginForm(property: string, ...pipes: ParamPipe[]): ParameterDecorator
export function LoginForm(...pipes: ParamPipe[]): ParameterDecorator
export function LoginForm(...args: [string, ...ParamPipe[]] | ParamPipe[]): ParameterDecorator {
  const [first, ...rest] = args
  return typeof first === 'string' ? Body(first, ...(rest as ParamPipe[])) : Body(...(args as ParamPipe[]))
}
