/** What decorators mean together: handler replaces class, contradictions fail, and nothing gets lost on the way. */
import {
  AnyScope,
  OptionalAuth,
  Public,
  RequireAudience,
  RequireClaims,
  RequireFresh,
  RequireToken,
  Scopes,
  UseHydra,
} from '@hydra-kit/nestjs'
import { describe, expect, test } from '@jest/globals'
import { routeRuleOf, type HandlerClass } from '../src/guards/route-rule.ts'

const decorators = {
  none: [],
  scopes: [Scopes('a', 'b')],
  anyScope: [AnyScope('c', 'd')],
  claims: [RequireClaims({ tenant: 7 })],
  fresh: [RequireFresh(30)],
  audience: [RequireAudience('https://x')],
  token: [RequireToken()],
  optional: [OptionalAuth()],
  public: [Public()],
} as const
type Name = keyof typeof decorators
const names = Object.keys(decorators) as Name[]

/** A class with a method, decorated as said. */
function decorated(onClass: readonly ClassDecorator[], onMethod: readonly MethodDecorator[]): HandlerClass {
  class Photos {
    list(): void {}
  }
  for (const decorate of onMethod) {
    const descriptor = Object.getOwnPropertyDescriptor(Photos.prototype, 'list') as PropertyDescriptor
    Object.defineProperty(Photos.prototype, 'list', decorate(Photos.prototype, 'list', descriptor) ?? descriptor)
  }
  for (const decorate of onClass) decorate(Photos)
  return Photos
}

function handlerOf(target: HandlerClass): object {
  return (target.prototype as { list: object }).list
}

/** A rule in one line. */
function ruleOf(target: HandlerClass, handler: object = handlerOf(target)): string {
  const { access, rule, requirement, instance } = routeRuleOf(target, handler)
  const { all, any, claims } = requirement ?? {}
  const parts = {
    all,
    any,
    claims: claims && Object.keys(claims),
    audience: rule?.audience,
    fresh: rule?.freshWithinSeconds,
    by: instance,
  }
  const given = Object.entries(parts).filter(([, value]) => value !== undefined)
  return [access, ...given.map(([name, value]) => `${name}=${String(value)}`)].join(' ')
}

const alone: Readonly<Record<Name, string>> = {
  none: 'token',
  scopes: 'token all=a,b',
  anyScope: 'token any=c,d',
  claims: 'token claims=tenant',
  fresh: 'token fresh=30',
  audience: 'token audience=https://x',
  token: 'token',
  optional: 'optional',
  public: 'public',
}

/** What is left of the class's demands under a handler's own: a column for each decorator of the handler. */
const together: Readonly<Record<Name, Readonly<Record<Name, string>>>> = {
  none: alone,
  scopes: {
    none: 'token all=a,b',
    scopes: 'token all=a,b',
    anyScope: 'token all=a,b any=c,d',
    claims: 'token all=a,b claims=tenant',
    fresh: 'token all=a,b fresh=30',
    audience: 'token all=a,b audience=https://x',
    token: 'token',
    optional: 'optional',
    public: 'public',
  },
  anyScope: {
    none: 'token any=c,d',
    scopes: 'token all=a,b any=c,d',
    anyScope: 'token any=c,d',
    claims: 'token any=c,d claims=tenant',
    fresh: 'token any=c,d fresh=30',
    audience: 'token any=c,d audience=https://x',
    token: 'token',
    optional: 'optional',
    public: 'public',
  },
  claims: {
    none: 'token claims=tenant',
    scopes: 'token all=a,b claims=tenant',
    anyScope: 'token any=c,d claims=tenant',
    claims: 'token claims=tenant',
    fresh: 'token claims=tenant fresh=30',
    audience: 'token claims=tenant audience=https://x',
    token: 'token',
    optional: 'optional',
    public: 'public',
  },
  fresh: {
    none: 'token fresh=30',
    scopes: 'token all=a,b fresh=30',
    anyScope: 'token any=c,d fresh=30',
    claims: 'token claims=tenant fresh=30',
    fresh: 'token fresh=30',
    audience: 'token audience=https://x fresh=30',
    token: 'token fresh=30',
    optional: 'optional fresh=30',
    public: 'public',
  },
  audience: {
    none: 'token audience=https://x',
    scopes: 'token all=a,b audience=https://x',
    anyScope: 'token any=c,d audience=https://x',
    claims: 'token claims=tenant audience=https://x',
    fresh: 'token audience=https://x fresh=30',
    audience: 'token audience=https://x',
    token: 'token audience=https://x',
    optional: 'optional audience=https://x',
    public: 'public',
  },
  token: alone,
  optional: { ...alone, none: 'optional' },
  public: { ...alone, none: 'public' },
}

describe('handler replaces class', () => {
  const cells = names.flatMap((onClass) => names.map((onHandler) => ({ onClass, onHandler })))
  test.each(cells)('class $onClass, handler $onHandler', ({ onClass, onHandler }) => {
    expect(ruleOf(decorated(decorators[onClass], decorators[onHandler]))).toBe(together[onClass][onHandler])
  })

  test('values of the handler win', () => {
    const target = decorated(
      [Scopes('a'), RequireFresh(30), RequireAudience('https://x'), UseHydra('one')],
      [Scopes('b'), RequireFresh(0), RequireAudience('https://y', 'https://z'), UseHydra('two')],
    )
    expect(ruleOf(target)).toBe('token all=b audience=https://y,https://z fresh=0 by=two')
  })

  test('naming an instance leaves the demands as they are', () => {
    expect(ruleOf(decorated([Public()], [UseHydra('two')]))).toBe('public by=two')
    expect(ruleOf(decorated([UseHydra('two')], [Scopes('a')]))).toBe('token all=a by=two')
  })
})

describe('contradictions on the same class or handler fail when the decorator is applied', () => {
  /** Pairs that mean something together; a pair of equal ones is in order for `@Public` alone. */
  const sensible = [
    ['scopes', 'anyScope'],
    ['scopes', 'claims'],
    ['scopes', 'fresh'],
    ['scopes', 'audience'],
    ['anyScope', 'claims'],
    ['anyScope', 'fresh'],
    ['anyScope', 'audience'],
    ['claims', 'fresh'],
    ['claims', 'audience'],
    ['fresh', 'audience'],
    ['fresh', 'token'],
    ['fresh', 'optional'],
    ['audience', 'token'],
    ['audience', 'optional'],
    ['public', 'public'],
  ].map((pair) => pair.toSorted().join())
  const given = names.filter((name) => name !== 'none')
  const pairs = given.flatMap((one) => given.map((other) => ({ one, other })))

  test.each(pairs)('$one and $other', ({ one, other }) => {
    const both = [...decorators[one], ...decorators[other]]
    const clash = expect.objectContaining({ name: 'TypeError', code: 'ERR_OPTIONS' })
    for (const apply of [() => decorated(both, []), () => decorated([], both)]) {
      if (sensible.includes([one, other].toSorted().join())) expect(apply).not.toThrow()
      else expect(apply).toThrow(clash as unknown as Error)
    }
  })

  test('the message names both and the cure', () => {
    expect(() => decorated([Scopes('a'), Public()], [])).toThrow(
      '@Scopes and @Public contradict each other on the same class or handler. Keep one of them.',
    )
    expect(() => decorated([], [Scopes('a'), Scopes('b')])).toThrow(
      '@Scopes stands twice on the same class or handler.',
    )
  })
})

test.each([
  ['no scopes', () => Scopes(...([] as unknown as ['']))],
  ['no alternatives', () => AnyScope(...([] as unknown as ['']))],
  ['an impossible scope', () => Scopes('photos read')],
  ['no claims', () => RequireClaims({})],
  ['negative seconds', () => RequireFresh(-1)],
  ['no seconds', () => RequireFresh(undefined as unknown as number)],
  ['seconds that are no number', () => RequireFresh('5' as unknown as number)],
  ['no audience', () => RequireAudience(...([] as unknown as ['']))],
  ['an empty audience', () => RequireAudience('')],
  ['no instance', () => UseHydra('')],
])('%s: an error where it is written', (_, write) => {
  expect(write).toThrow(expect.objectContaining({ name: 'TypeError', code: 'ERR_OPTIONS' }) as unknown as Error)
})

describe('nothing is lost', () => {
  /** What a tracing or caching decorator does: another function in the method's place. */
  const wrap: MethodDecorator = (_target, _name, descriptor) => {
    const { value } = descriptor as unknown as { value: (...args: unknown[]) => unknown }
    return { ...descriptor, value: (...args: unknown[]) => value(...args) } as typeof descriptor
  }

  /** As `@Get(path)`: metadata on the function. */
  const Mapped =
    (path: string): MethodDecorator =>
    (_target, _name, { value }) =>
      Reflect.defineMetadata('path', path, value as object)

  test('when another decorator wraps the handler afterwards', () => {
    expect(ruleOf(decorated([Public()], [Scopes('admin'), wrap]))).toBe('token all=admin')
  })

  test('when it wraps between two of ours', () => {
    expect(ruleOf(decorated([Public()], [Scopes('admin'), wrap, RequireFresh(0)]))).toBe('token all=admin fresh=0')
  })

  test('when a tool wraps it at run time and copies metadata, but not the name', () => {
    const target = decorated([Public()], [Scopes('admin')])
    const wrapper = (): void => {}
    for (const key of Reflect.getMetadataKeys(handlerOf(target))) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handlerOf(target)), wrapper)
    }
    expect(ruleOf(target, wrapper)).toBe('token all=admin')
  })

  test('when it is bound at run time, and only its name is left', () => {
    const target = decorated([Public()], [Scopes('admin')])
    expect(ruleOf(target, (handlerOf(target) as () => void).bind({}))).toBe('token all=admin')
  })

  test('when a tool copies metadata of a wrapper, on which none of ours stands', () => {
    class Photos {
      @Mapped('list') @wrap @Scopes('admin') list(): void {}
      @Mapped('other') @Public() other(): void {}
      @Mapped('silent') silent(): void {}
    }
    for (const [name, rule] of Object.entries({ list: 'token all=admin', other: 'public', silent: 'token' })) {
      const original = Photos.prototype[name as keyof Photos]
      const wrapper = (): void => {}
      for (const key of Reflect.getOwnMetadataKeys(original)) {
        Reflect.defineMetadata(key, Reflect.getMetadata(key, original), wrapper)
      }
      expect([name, ruleOf(Photos, wrapper)]).toEqual([name, rule])
    }
  })

  test('never by a name alone, which may be that of another method', () => {
    const target = decorated([Public()], [Scopes('admin')])
    const { name } = handlerOf(target) as () => void
    const stranger = { [name]: (): void => {} }[name] as () => void
    expect(() => ruleOf(target, stranger)).toThrow(expect.objectContaining({ code: 'ERR_HYDRA_AUTH_MISSING' }))
    const silent = decorated([Scopes('a')], [])
    expect(ruleOf(silent, stranger)).toBe('token all=a')
  })

  test('when a subclass says something else', () => {
    const base = decorated([Scopes('a')], []) as new () => object
    @RequireFresh(0)
    class Special extends base {}
    expect(ruleOf(Special, handlerOf(Special))).toBe('token all=a fresh=0')
    expect(ruleOf(base)).toBe('token all=a')
  })

  test('when two classes share a handler', () => {
    class Base {
      list(): void {}
    }
    @Scopes('a')
    class One extends Base {}
    @Public()
    class Two extends Base {}
    expect([One, Two, Base].map((target) => ruleOf(target, handlerOf(Base)))).toEqual([
      'token all=a',
      'public',
      'token',
    ])
  })

  test('but a handler that a subclass writes anew has only its own decorators', () => {
    const base = decorated([], [Public()]) as new () => { list(): void }
    class Special extends base {
      override list(): void {}
    }
    expect(ruleOf(Special)).toBe('token')
  })
})
