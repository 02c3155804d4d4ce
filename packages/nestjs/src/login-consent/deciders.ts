/** Methods of providers and controllers that are deciding functions: what decorators write down, and how it is found. */
import 'reflect-metadata'
import type {
  BeginFunction,
  ClaimsFunction,
  DescribeAccountFunction,
  EndSessionFunction,
  LoginConsentOptions,
  MapResourceFunction,
  AuthenticateFunction,
} from '@hydra-kit/login-consent'
import type { ModulesContainer } from '@nestjs/core'
import { optionsError } from '../options-error.ts'
import { methodsOf, methodsOfMadeInstances } from './methods-of.ts'

/** The deciding functions that a method can be, without a page of its own. */
export interface Deciders {
  readonly begin: BeginFunction
  readonly signUp: AuthenticateFunction
  readonly claims: ClaimsFunction
  readonly endSession: EndSessionFunction
  readonly describeAccount: DescribeAccountFunction
  readonly mapResource: MapResourceFunction
}

/** What is written on a method. */
export interface DeciderDeclaration {
  /** As written in code, such as `@ClaimsHandler`. */
  readonly decorator: string
  readonly decides: keyof Deciders
  readonly instance: string | undefined
}

/** In the global registry, so that a CommonJS and an ES module copy of this package understand each other. */
const key: unique symbol = Symbol.for('@hydra-kit/nestjs/decider') as never

/** @throws TypeError `ERR_OPTIONS` if the method has such a decorator already */
export function declareDecider(method: object, declaration: DeciderDeclaration): void {
  const before = deciderDeclarationOf(method)
  if (before !== undefined) {
    throw optionsError(
      declaration.decorator,
      `${before.decorator} and ${declaration.decorator} stand on the same method.`,
      'Give each a method of its own.',
    )
  }
  Reflect.defineMetadata(key, declaration, method)
}

/** What is written on a method; undefined if nothing is. */
export function deciderDeclarationOf(method: unknown): DeciderDeclaration | undefined {
  if (typeof method !== 'function') return undefined
  return Reflect.getOwnMetadata(key, method) as DeciderDeclaration | undefined
}

/**
 * The deciding functions that the methods of an application are. They are looked up before the providers exist, and
 * called on them later.
 *
 * @throws TypeError `ERR_OPTIONS` if two decide the same, or a method and an option
 */
export function decidersOf(
  modules: ModulesContainer,
  instance: string | undefined,
  options: LoginConsentOptions,
): Partial<Deciders> {
  const found: Partial<Record<keyof Deciders, (...told: unknown[]) => unknown>> = {}
  for (const { wrapper, name, method, place } of methodsOf(modules)) {
    const declaration = deciderDeclarationOf(method)
    if (declaration === undefined || declaration.instance !== instance) continue
    const { decorator, decides } = declaration
    if (found[decides] !== undefined || options[decides] !== undefined) {
      throw optionsError(
        decides,
        `${decorator} on ${place} is not the only one to decide: there is another, or the option ${decides}.`,
        'Keep one of them.',
      )
    }
    found[decides] = (...told) => {
      const owner = wrapper.instance as Readonly<Record<string | symbol, (...told: unknown[]) => unknown>>
      return owner[name]?.(...told)
    }
  }
  return found as Partial<Deciders>
}

/**
 * Refuses methods that nothing would call, or not rightly, at a time when all providers exist.
 *
 * @throws TypeError `ERR_OPTIONS` for request-scoped providers, and for those that are a value or made by a factory
 */
export function assertDecidersReachable(modules: ModulesContainer, instance: string | undefined): void {
  for (const { method, place } of methodsOfMadeInstances(modules)) {
    const declaration = deciderDeclarationOf(method)
    if (declaration === undefined || declaration.instance !== instance) continue
    throw optionsError(
      declaration.decorator,
      `${declaration.decorator} on ${place} is not found: the provider is a value, or made by a factory.`,
      'Provide the class itself.',
    )
  }
  for (const { wrapper, method, place } of methodsOf(modules)) {
    const declaration = deciderDeclarationOf(method)
    if (declaration === undefined || declaration.instance !== instance || wrapper.isDependencyTreeStatic()) continue
    throw optionsError(
      declaration.decorator,
      `${place} is made anew for each request, and ${declaration.decorator} is called outside of Nest's requests.`,
      'Put it on a provider with the default scope; `native` gives the request.',
    )
  }
}
