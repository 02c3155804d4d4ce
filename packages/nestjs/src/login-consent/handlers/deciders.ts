/** Decorators for methods of any provider or controller that are deciding functions, without a page of their own. */
import { declareDecider, type Deciders } from '../deciders.ts'
import { checked, type HandlerOptions } from './handler-decorator.ts'

/** A decorator for methods of that shape: TypeScript refuses others. */
export type DeciderDecorator<F> = <M extends F>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void

/**
 * The method is `begin`: asked before the login page and on skipped logins, with a `BeginContext`.
 *
 * It and the decorators below are for methods of providers and controllers with the default scope. The methods are called
 * with what the function of that name is told, without pipes and parameter decorators.
 *
 * @throws TypeError `ERR_OPTIONS` beside another of these decorators
 */
export function BeginHandler(options: HandlerOptions = {}): DeciderDecorator<Deciders['begin']> {
  return decider('@BeginHandler', 'begin', options)
}

/** The method is `signUp`: asked when "create an account" is pressed, with an `AuthenticateContext`. See {@link BeginHandler}. */
export function SignUpHandler(options: HandlerOptions = {}): DeciderDecorator<Deciders['signUp']> {
  return decider('@SignUpHandler', 'signUp', options)
}

/**
 * The method is `claims`: gives the claims of both tokens for every grant, skipped ones included; told a `ClaimsContext`.
 * See {@link BeginHandler}.
 */
export function ClaimsHandler(options: HandlerOptions = {}): DeciderDecorator<Deciders['claims']> {
  return decider('@ClaimsHandler', 'claims', options)
}

/** The method is `endSession`: ends the app's own session after "sign out"; told an `EndSessionContext`. See {@link BeginHandler}. */
export function EndSessionHandler(options: HandlerOptions = {}): DeciderDecorator<Deciders['endSession']> {
  return decider('@EndSessionHandler', 'endSession', options)
}

/** The method is `describeAccount`: says how an account is shown; told a `DescribeAccountContext`. See {@link BeginHandler}. */
export function DescribeAccountHandler(options: HandlerOptions = {}): DeciderDecorator<Deciders['describeAccount']> {
  return decider('@DescribeAccountHandler', 'describeAccount', options)
}

/** The method is `mapResource`: maps an RFC 8707 resource to an audience; told both it and the client. See {@link BeginHandler}. */
export function MapResourceHandler(options: HandlerOptions = {}): DeciderDecorator<Deciders['mapResource']> {
  return decider('@MapResourceHandler', 'mapResource', options)
}

function decider<K extends keyof Deciders>(
  decorator: string,
  decides: K,
  options: HandlerOptions,
): DeciderDecorator<Deciders[K]> {
  const { instance } = checked(decorator, options, ['instance'])
  return (_target, _method, descriptor) => {
    declareDecider(descriptor.value as object, { decorator, decides, instance })
  }
}
