/** Which rule holds where classes extend each other, and which method a copied handler can be taken for. */
import { Public, Scopes } from '@hydra-kit/nestjs'
import { describe, expect, test } from '@jest/globals'
import { routeRuleOf, type HandlerClass } from '../src/guards/route-rule.ts'

const unknown = expect.objectContaining({ code: 'ERR_HYDRA_AUTH_MISSING' }) as unknown as Error

function methodOf(target: HandlerClass, name: string): object {
  return (target.prototype as Readonly<Record<string, object>>)[name] as object
}

test('of three generations the nearest class that says something holds', () => {
  @Scopes('a')
  class Base {
    list(): void {}
  }
  @Public()
  class Open extends Base {}
  class Special extends Open {}
  @Scopes('b')
  class Closed extends Open {}
  expect(routeRuleOf(Special, methodOf(Base, 'list')).access).toBe('public')
  expect(routeRuleOf(Closed, methodOf(Base, 'list'))).toMatchObject({ access: 'token', scope: ['b'] })
})

test('a handler that nobody knows is refused for the rule of an inherited method as well', () => {
  class Base {
    @Scopes('admin') admin(): void {}
  }
  class Special extends Base {}
  expect(() => routeRuleOf(Special, () => {})).toThrow(unknown)
})

describe('a wrapper with copied metadata', () => {
  const Marked =
    (key: string, value: string): MethodDecorator =>
    (_target, _name, descriptor) =>
      Reflect.defineMetadata(key, value, descriptor.value as object)

  /** Another function in the method's place, without the metadata of the method. */
  const wrap: MethodDecorator = (_target, _name, descriptor) =>
    ({ ...descriptor, value: (): void => {} }) as unknown as typeof descriptor

  function copyOf(original: object): () => void {
    const wrapper = (): void => {}
    for (const key of Reflect.getOwnMetadataKeys(original)) {
      Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, original), wrapper)
    }
    return wrapper
  }

  test('is refused where two methods have the same', () => {
    class Photos {
      @Marked('path', 'same') @wrap @Public() list(): void {}
      @Marked('path', 'same') @wrap @Scopes('admin') admin(): void {}
    }
    expect(() => routeRuleOf(Photos, copyOf(methodOf(Photos, 'admin')))).toThrow(unknown)
  })

  test('is the method of which it has all', () => {
    class Photos {
      @Marked('path', 'same') @Marked('method', 'GET') @wrap @Public() list(): void {}
      @Marked('path', 'same') @Marked('method', 'POST') @wrap @Scopes('admin') admin(): void {}
    }
    expect(routeRuleOf(Photos, copyOf(methodOf(Photos, 'admin'))).scope).toEqual(['admin'])
    expect(routeRuleOf(Photos, copyOf(methodOf(Photos, 'list'))).access).toBe('public')
  })

  test('is no method that has none', () => {
    class Photos {
      @Scopes('admin') admin(): void {}
      helper(): void {}
    }
    expect(() => routeRuleOf(Photos, () => {})).toThrow(unknown)
  })
})
