/** Which method of a class a handler is, when something else stands in the method's place. */

/** A class with methods. */
interface Owner {
  readonly prototype: object
}

/** A method, by the prototype that it stands on. */
export interface Method {
  readonly owner: object
  readonly name: string | symbol
}

/** What constructors put in the place of methods, by class. */
const replacements = new WeakMap<object, WeakMap<object, Method>>()

/**
 * The method that a handler is: by identity, by what was noted at the start, by the name that `bind` gives, or as the only
 * method all of whose metadata it carries, which tracing tools copy when they wrap a handler. Any other name would be a
 * guess, and a wrong one gives a handler the rule of another.
 */
export function methodOfHandler(target: Owner, handler: { readonly name: string }): Method | undefined {
  const methods = [...methodsOf(target.prototype)]
  return (
    methods.find((method) => functionOf(method) === handler) ??
    replacements.get(target)?.get(handler) ??
    methods.find(({ name }) => typeof name === 'string' && handler.name === `bound ${name}`) ??
    copied(methods, handler)
  )
}

/** The methods of a prototype and of those that it extends, those of the class itself first. */
export function* methodsOf(prototype: object): Iterable<Method> {
  let owner: object | null = prototype
  while (owner !== null && owner !== Object.prototype) {
    for (const name of Reflect.ownKeys(owner)) yield { owner, name }
    owner = Object.getPrototypeOf(owner) as object | null
  }
}

/** The functions that stand on an instance itself in the place of its methods: Nest calls these. */
export function replacedMethods(instance: object): readonly (Method & { readonly handler: object })[] {
  return [...methodsOf(Object.getPrototypeOf(instance) as object)].flatMap((method) => {
    const handler: unknown = Object.getOwnPropertyDescriptor(instance, method.name)?.value
    return typeof handler === 'function' && method.name !== 'constructor' ? [{ ...method, handler }] : []
  })
}

/** Notes that a function stands for a method of instances of this class. */
export function noteReplacement(target: Owner, handler: object, { owner, name }: Method): void {
  const ofClass = replacements.get(target) ?? new WeakMap<object, Method>()
  replacements.set(target, ofClass.set(handler, { owner, name }))
}

function functionOf({ owner, name }: Method): unknown {
  return Object.getOwnPropertyDescriptor(owner, name)?.value
}

function copied(methods: readonly Method[], handler: object): Method | undefined {
  const found = methods.filter((method) => {
    const original = functionOf(method)
    return typeof original === 'function' && method.name !== 'constructor' && carriesAll(original, handler)
  })
  return found.length === 1 ? found[0] : undefined
}

function carriesAll(original: object, handler: object): boolean {
  const keys = Reflect.getOwnMetadataKeys(original)
  return (
    keys.length > 0 &&
    keys.every((key) => Reflect.getOwnMetadata(key, original) === Reflect.getOwnMetadata(key, handler))
  )
}
