/** What handler decorators write down about a method, and how it is found again. */
import 'reflect-metadata'
import type { StepName } from '@hydra-kit/login-consent'
import { All, Res, UseInterceptors, type NestInterceptor, type Type } from '@nestjs/common'
import { Public } from '../decorators/public.ts'
import { optionsError } from '../options-error.ts'

/** A page that a method decides about, or a hook that it answers. */
export type HandledStep = Exclude<StepName, 'device-done' | 'signed-out'> | 'token-hook' | 'refresh-hook'

/** Under which Nest's parameter decorators write; the name is the same in every major since 6. */
const argumentsKey = '__routeArguments__'

/** What is written on a method. */
export interface HandlerDeclaration {
  /** As written in code, such as `@LoginHandler`. */
  readonly decorator: string
  readonly step: HandledStep
  /** The `name` of the `LoginConsentModule` that it belongs to. */
  readonly instance: string | undefined
}

/** In the global registry, so that a CommonJS and an ES module copy of this package understand each other. */
const key: unique symbol = Symbol.for('@hydra-kit/nestjs/handler') as never

/**
 * Makes a method the handler of a step: mounts it for all methods, since the step itself answers 405, opens it to callers
 * without a token, and puts the interceptor that does the work in front of it.
 *
 * @throws TypeError `ERR_OPTIONS` if the method has such a decorator already
 */
export function declareHandler(
  target: object,
  method: string | symbol,
  descriptor: PropertyDescriptor,
  path: string | string[],
  declaration: HandlerDeclaration,
  interceptor: Type<NestInterceptor>,
): void {
  const before = handlerDeclarationOf(descriptor.value)
  if (before !== undefined) {
    throw optionsError(
      declaration.decorator,
      `${before.decorator} and ${declaration.decorator} stand on the same method.`,
      'Give each a method of its own.',
    )
  }
  Reflect.defineMetadata(key, declaration, descriptor.value as object)
  All(path)(target, method, descriptor)
  Public()(target, method, descriptor)
  UseInterceptors(interceptor)(target, method, descriptor)
  // Nest must not answer once more with what the method returns: that is a decision, not a body. It leaves answering to
  // methods that take the response, so this one takes it, behind all other arguments.
  Res()(target, method, nextArgument(target, method, descriptor.value as { length: number }))
}

/** What is written on a method; undefined if nothing is. */
export function handlerDeclarationOf(method: unknown): HandlerDeclaration | undefined {
  if (typeof method !== 'function') return undefined
  return Reflect.getOwnMetadata(key, method) as HandlerDeclaration | undefined
}

function nextArgument(target: object, method: string | symbol, { length }: { readonly length: number }): number {
  const described = Reflect.getMetadata(argumentsKey, target.constructor, method) as
    | Readonly<Record<string, { readonly index: number }>>
    | undefined
  return Math.max(length, ...Object.values(described ?? {}).map(({ index }) => index + 1))
}
