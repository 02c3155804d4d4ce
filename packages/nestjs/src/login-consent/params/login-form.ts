import { Body, type PipeTransform, type Type } from '@nestjs/common'

/** A pipe, or its class. */
export type FormPipe = Type<PipeTransform> | PipeTransform

/**
 * In a `@LoginHandler`: the fields of the login form, or one of them, through pipes. It is the body that `@Body()` gives,
 * so a global `ValidationPipe` checks it by the class of the parameter; the form token is not among the fields. `email`
 * and `username` are trimmed, `remember` is true or absent.
 *
 * @example
 * authenticate(@LoginForm() form: LoginDto)
 * authenticate(@LoginForm(new ValidationPipe({ expectedType: LoginDto })) form: LoginDto)
 */
export function LoginForm(property: string, ...pipes: FormPipe[]): ParameterDecorator
export function LoginForm(...pipes: FormPipe[]): ParameterDecorator
export function LoginForm(...args: [string, ...FormPipe[]] | FormPipe[]): ParameterDecorator {
  const [first, ...rest] = args
  return typeof first === 'string' ? Body(first, ...(rest as FormPipe[])) : Body(...(args as FormPipe[]))
}
