/** What decorators write down about a class or a handler, and how it is found again. */
import 'reflect-metadata'
import type { ClaimExpectation } from '@hydra-kit/resource-server'
import { notSetUp } from '../not-set-up.ts'
import { optionsError } from '../options-error.ts'
import { methodOfHandler, methodsOf } from './method-of-handler.ts'

/** How a route treats callers: anyone, anyone but with a bad token, or only those with a good token. */
export type Access = 'public' | 'optional' | 'token'

/** The sum of our decorators on one class or one handler. */
export interface Declaration {
  readonly access?: Access
  readonly all?: readonly string[]
  readonly any?: readonly string[]
  readonly claims?: Readonly<Record<string, ClaimExpectation>>
  readonly audience?: readonly string[]
  readonly freshWithinSeconds?: number
  /** The `name` of the instance that is asked. */
  readonly instance?: string
}

/** What a decorator writes, and the name that its mistakes are reported under. */
export interface Declared {
  /** As written in code, such as `@Scopes`. */
  readonly decorator: string
  readonly declaration: Declaration
}

/** In the global registry, so that a CommonJS and an ES module copy of this package understand each other. */
const key: unique symbol = Symbol.for('@hydra-kit/nestjs/declaration') as never

/** What may stand beside what, on the same class or handler. Two of a kind never may: one would be lost silently. */
const kinds = ['access', 'all', 'any', 'claims', 'audience', 'freshWithinSeconds', 'instance'] as const

/**
 * Adds to what is written on a class, or on a method of a prototype.
 *
 * @throws TypeError `ERR_OPTIONS` if two decorators contradict each other: which of them held would depend on their order.
 */
export function declare(target: object, method: PropertyKey | undefined, handler: unknown, added: Declared): void {
  const before = ownDeclarations(target, method)
  for (const one of before) refuseContradiction(one, added)
  const declarations = [...before, added]
  if (method === undefined) return Reflect.defineMetadata(key, declarations, target)
  Reflect.defineMetadata(key, declarations, target, method as string | symbol)
  if (typeof handler === 'function') Reflect.defineMetadata(key, declarations, handler)
}

/** What is written on a class and on those that it extends, the outermost ancestor first. */
export function declarationsOfClass(target: object): readonly Declaration[] {
  const found: Declaration[] = []
  let owner: object | null = target
  while (owner !== null && owner !== Function.prototype) {
    const declaration = sum(ownDeclarations(owner, undefined))
    if (declaration !== undefined) found.unshift(declaration)
    owner = Object.getPrototypeOf(owner) as object | null
  }
  return found
}

/**
 * What is written on a handler: on the function itself, to which tracing tools copy it when they wrap a handler, or else
 * on the method that it stands for. Other decorators put wrappers in a method's place without copying anything, and a
 * rule that was lost with the function would open the route.
 *
 * @throws Error `ERR_HYDRA_AUTH_MISSING` if nobody can tell which method it stands for, and a method has a rule
 */
export function declarationOfHandler(
  target: { readonly name: string; readonly prototype: object },
  handler: unknown,
): Declaration | undefined {
  if (typeof handler !== 'function') return undefined
  const own = Reflect.getOwnMetadata(key, handler) as readonly Declared[] | undefined
  if (own !== undefined) return sum(own)
  const method = methodOfHandler(target, handler)
  if (method !== undefined) return sum(ownDeclarations(method.owner, method.name))
  if (!hasDeclaredMethod(target.prototype)) return undefined
  throw notSetUp(
    `A handler of ${target.name} is none of its methods, so it is not known which of their rules holds.`,
    'Put functions in the place of methods in the constructor of a singleton, by bind, or by a decorator.',
  )
}

/** Whether a decorator stands on a method of this prototype, or of one that it extends. */
export function hasDeclaredMethod(prototype: object): boolean {
  return [...methodsOf(prototype)].some(({ owner, name }) => ownDeclarations(owner, name).length > 0)
}

/** Says of a function that it is no method of any class, and that no decorator stands on it. */
export function declareNothing(handler: object): void {
  Reflect.defineMetadata(key, [], handler)
}

/** What is written on this class or method itself, in the order of application. */
export function ownDeclarations(target: object, method: PropertyKey | undefined): readonly Declared[] {
  const found: unknown =
    method === undefined
      ? Reflect.getOwnMetadata(key, target)
      : Reflect.getOwnMetadata(key, target, method as string | symbol)
  return (found as readonly Declared[] | undefined) ?? []
}

function sum(declared: readonly Declared[] | undefined): Declaration | undefined {
  if (declared === undefined || declared.length === 0) return undefined
  return Object.assign({}, ...declared.map(({ declaration }) => declaration)) as Declaration
}

function refuseContradiction(one: Declared, other: Declared): void {
  if (isSame(one, other)) return
  const twice = kinds.find((kind) => one.declaration[kind] !== undefined && other.declaration[kind] !== undefined)
  const [a, b] = [one, other].map(({ declaration }) => declaration) as [Declaration, Declaration]
  if (twice === undefined && !contradicts(a, b) && !contradicts(b, a)) return
  const problem =
    one.decorator === other.decorator
      ? `${one.decorator} stands twice on the same class or handler.`
      : `${one.decorator} and ${other.decorator} contradict each other on the same class or handler.`
  throw optionsError(other.decorator, problem, 'Keep one of them.')
}

/** `@Public()` twice, as when another decorator of ours implies it, says nothing new. */
function isSame(one: Declared, other: Declared): boolean {
  return one.declaration.access === 'public' && other.declaration.access === 'public'
}

function contradicts(one: Declaration, other: Declaration): boolean {
  if (one.access === undefined) return false
  const allows = other.all ?? other.any ?? other.claims
  const proves = other.audience ?? other.freshWithinSeconds
  return allows !== undefined || (one.access === 'public' && proves !== undefined)
}
