/** All methods of all providers and controllers of an application. */
import type { ModulesContainer } from '@nestjs/core'

/** How Nest keeps a provider or a controller. */
export interface Wrapper {
  readonly instance: unknown
  /** The class, or the function of a factory; null for a value. */
  readonly metatype: unknown
  /** What a factory is called with; null for a class. */
  readonly inject?: readonly unknown[] | null
  isDependencyTreeStatic(): boolean
}

/** A method of a class that Nest makes instances of. */
export interface FoundMethod {
  readonly wrapper: Wrapper
  readonly isController: boolean
  readonly name: string | symbol
  readonly method: (...told: never[]) => unknown
  /** For messages: `Class.method`. */
  readonly place: string
}

/** Those of base classes too, unless overridden. A class that stands in two modules is found twice. */
export function* methodsOf(modules: ModulesContainer): Iterable<FoundMethod> {
  for (const { controllers, providers } of modules.values()) {
    for (const wrapper of controllers.values() as Iterable<Wrapper>) {
      yield* methodsOfClass(wrapper, wrapper.metatype, true)
    }
    for (const wrapper of providers.values() as Iterable<Wrapper>) {
      if (!isMade(wrapper)) yield* methodsOfClass(wrapper, wrapper.metatype, false)
    }
  }
}

/** The same of instances whose class Nest does not know: values, and what factories made. */
export function* methodsOfMadeInstances(modules: ModulesContainer): Iterable<FoundMethod> {
  for (const { providers } of modules.values()) {
    for (const wrapper of providers.values() as Iterable<Wrapper>) {
      if (!isMade(wrapper) || typeof wrapper.instance !== 'object' || wrapper.instance === null) continue
      yield* methodsOfClass(wrapper, wrapper.instance.constructor, false)
    }
  }
}

function isMade({ metatype, inject }: Wrapper): boolean {
  return typeof metatype !== 'function' || (inject !== null && inject !== undefined)
}

function* methodsOfClass(wrapper: Wrapper, type: unknown, isController: boolean): Iterable<FoundMethod> {
  if (typeof type !== 'function') return
  const seen = new Set<string | symbol>()
  let owner = type.prototype as object | null | undefined
  while (owner !== null && owner !== undefined && owner !== Object.prototype) {
    for (const name of Reflect.ownKeys(owner)) {
      const method: unknown = Object.getOwnPropertyDescriptor(owner, name)?.value
      if (typeof method !== 'function' || name === 'constructor' || seen.has(name)) continue
      seen.add(name)
      yield { wrapper, isController, name, method: method as never, place: `${type.name}.${String(name)}` }
    }
    owner = Object.getPrototypeOf(owner) as object | null
  }
}
