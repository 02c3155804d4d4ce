/** What decorators of methods that decide have in common. */
import type { StepName } from '@hydra-kit/login-consent'
import { optionsError } from '../../options-error.ts'
import { declareHandler } from '../handler-declaration.ts'
import { stepInterceptor, type PageStep } from '../step.interceptor.ts'

/** Which instance a handler belongs to. */
export interface HandlerOptions {
  /** The `name` of the `LoginConsentModule`. Default: the one without a name. */
  readonly instance?: string | undefined
}

/** A method that returns such a decision, or a promise of one. */
export type Decides<D> = (...told: never[]) => D | Promise<D>

/** A decorator for methods that return such a decision: TypeScript refuses others. */
export type HandlerDecorator<D> = <M extends Decides<D>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void

/** A decorator that serves a page, and lets the method decide. */
export function pageHandler<D>(
  decorator: string,
  step: PageStep & StepName,
  path: string | string[],
  options: HandlerOptions,
): HandlerDecorator<D> {
  const { instance } = checked(decorator, options, ['instance'])
  return (target, method, descriptor) => {
    declareHandler(target, method, descriptor, path, { decorator, step, instance }, stepInterceptor(step, instance))
  }
}

/** Refuses names that are no options. @throws TypeError `ERR_OPTIONS` */
export function checked<T extends object>(decorator: string, options: T, names: readonly (keyof T)[]): T {
  for (const name of Object.keys(options)) {
    if (names.includes(name as keyof T)) continue
    throw optionsError(name, `${decorator} has no option ${JSON.stringify(name)}.`, `It has ${names.join(', ')}.`)
  }
  return options
}
