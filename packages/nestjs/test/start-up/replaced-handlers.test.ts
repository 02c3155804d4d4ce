/** Decorators and constructors that put functions of their own in the place of handlers take no rule away. */
import { HydraGuard, HydraModule, HydraRoutes, Public, RequireToken, Scopes, type RouteEntry } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { describe, expect, test } from '@jest/globals'
import { Controller, Get, Injectable, Scope, UseGuards, type OnModuleInit } from '@nestjs/common'
import { Query, Resolver } from '@nestjs/graphql'
import { WebSocketGateway } from '@nestjs/websockets'
import { platforms, startApp, type TestApp } from '../support/app.ts'
import { graphqlModule } from '../support/graphql-app.ts'

const tokens = { bob: signedInAs({ subject: 'bob' }), root: signedInAs({ subject: 'root', scopes: ['admin'] }) }
const resourceServer = fakeResourceServer({ tokens })
const modes = ['global', 'per-route'] as const

/** As ordinary decorators do: it copies nothing. */
const Timed: MethodDecorator = (_target, _name, descriptor) => {
  const original = descriptor.value as unknown as (...args: unknown[]) => unknown
  descriptor.value = function (this: unknown, ...args: unknown[]) {
    return original.apply(this, args)
  } as never
}

/** Without a name. */
const throttled = (handler: () => string): (() => string) => [(): string => handler()].find(() => true) as () => string

@Controller('timed')
class TimedRoutes {
  @Get() @Timed @Scopes('admin') admin(): string {
    return 'secret'
  }
  @Get('open') open(): string {
    return 'open'
  }
}

@Controller('bound')
class BoundRoutes {
  constructor() {
    this.admin = this.admin.bind(this)
  }
  @Get() @Scopes('admin') admin(): string {
    return 'secret'
  }
}

@Controller('throttled')
@Public()
class ThrottledRoutes {
  constructor() {
    this.admin = throttled(this.admin.bind(this))
    this.news = throttled(this.news.bind(this))
  }
  @Get() @Scopes('admin') admin(): string {
    return 'secret'
  }
  @Get('news') news(): string {
    return 'news'
  }
}

const controllers = [TimedRoutes, BoundRoutes, ThrottledRoutes]

async function statusesOf(app: TestApp, path: string): Promise<readonly number[]> {
  const answers = await Promise.all([undefined, 'bob', 'root'].map((token) => app.call(path, token)))
  return answers.map(({ status }) => status)
}

const routesOf = ({ app }: TestApp): readonly RouteEntry[] => app.get(HydraRoutes).list()

describe.each(modes)('guard: %s', (guard) => {
  test.each(platforms)('keeps the rule of a handler that was wrapped, on %s', async (platform) => {
    await using app = await startApp({
      platform,
      imports: [HydraModule.forRoot({ resourceServer, guard })],
      controllers,
    })
    for (const path of ['/timed', '/bound', '/throttled']) {
      expect([path, await statusesOf(app, path)]).toEqual([path, [401, 403, 200]])
    }
    expect(await statusesOf(app, '/throttled/news')).toEqual([200, 200, 200])
    // The class is guarded, and still nothing is demanded where nothing is said.
    expect((await app.call('/timed/open')).status).toBe(guard === 'global' ? 401 : 200)
    const listed = routesOf(app).map(({ path, access }) => `${path} ${access}`)
    expect(listed).toEqual([
      '/timed token',
      `/timed/open ${guard === 'global' ? 'token' : 'open'}`,
      '/bound token',
      '/throttled token',
      '/throttled/news public',
    ])
  })

  test('keeps the rule of a resolver that was wrapped', async () => {
    @Resolver()
    class Secrets {
      @Query(() => String) @Timed @Scopes('admin') secret(): string {
        return 'secret'
      }
      @Query(() => String) @Public() open(): string {
        return 'open'
      }
    }
    await using app = await startApp({
      imports: [HydraModule.forRoot({ resourceServer, guard }), graphqlModule('Apollo on express')],
      providers: [Secrets],
    })
    const ask = async (query: string, token?: string): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ query })
      const answer = await app.call('/graphql', token, { method: 'POST', headers, body })
      const { data, errors } = JSON.parse(answer.body) as { data?: unknown; errors?: { extensions: object }[] }
      return data ?? errors?.[0]?.extensions
    }
    expect(await ask('{ secret }')).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(await ask('{ secret }', 'bob')).toMatchObject({ code: 'FORBIDDEN' })
    expect(await ask('{ secret }', 'root')).toEqual({ secret: 'secret' })
    expect(await ask('{ open }')).toEqual({ open: 'open' })
  })

  test('answers 500 where nobody can tell which method a handler is', async () => {
    @Controller({ path: 'each', scope: Scope.REQUEST })
    @Public()
    class EachRequest {
      constructor() {
        this.admin = throttled(this.admin.bind(this))
      }
      @Get() @Scopes('admin') admin(): string {
        return 'secret'
      }
    }
    @Controller({ path: 'plain', scope: Scope.REQUEST })
    @Public()
    class WithoutRules {
      constructor() {
        this.news = throttled(this.news.bind(this))
      }
      @Get() news(): string {
        return 'news'
      }
    }
    await using app = await startApp({
      imports: [HydraModule.forRoot({ resourceServer, guard })],
      controllers: [EachRequest, WithoutRules],
    })
    expect(await statusesOf(app, '/each')).toEqual([500, 500, 500])
    expect(await statusesOf(app, '/plain')).toEqual([200, 200, 200])
  })

  test('does not start when one function stands for two rules', async () => {
    @Controller('mixed')
    class Mixed {
      constructor() {
        this.admin = this.news.bind(this)
      }
      @Get('admin') @Scopes('admin') admin(): string {
        return 'secret'
      }
      @Get('news') @Public() news(): string {
        return 'news'
      }
    }
    const start = startApp({ imports: [HydraModule.forRoot({ resourceServer, guard })], controllers: [Mixed] })
    await expect(start).rejects.toMatchObject({ code: 'ERR_OPTIONS', option: 'Mixed.admin' })
  })

  const made = (provide: unknown, value: object): readonly object[] => [
    { provide, useFactory: () => value },
    { provide, useValue: value },
  ]
  @Resolver()
  class MadeResolver {
    @Query(() => String) secret(): string {
      return 'secret'
    }
  }
  @WebSocketGateway()
  class MadeGateway {}
  @Injectable()
  class MadeService {
    @RequireToken() run(): void {}
  }
  const foreign = [
    ...made(MadeResolver, new MadeResolver()),
    ...made('other', new MadeGateway()),
    ...made('service', new MadeService()),
  ]

  test.each(foreign)('does not start with handlers of %o', async (provider) => {
    const start = startApp({
      imports: [HydraModule.forRoot({ resourceServer, guard })],
      providers: [provider as never],
    })
    await expect(start).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      option: 'providers',
      message: expect.stringMatching(/Made\w+ has handlers.*Provide the class itself/s) as unknown,
    })
  })

  test('starts with another name of a resolver, and with made instances without handlers', async () => {
    class Clock {}
    const providers = [
      MadeResolver,
      { provide: 'alias', useExisting: MadeResolver },
      { provide: Clock, useFactory: () => new Clock() },
      { provide: 'nothing', useValue: null },
      { provide: 'bare', useValue: Object.create(null) as object },
    ]
    await using app = await startApp({ imports: [HydraModule.forRoot({ resourceServer, guard })], providers })
    expect(app.app.get('alias')).toBe(app.app.get(MadeResolver))
  })
})

test('the list says open where a guard was bound by hand to a function that Nest does not call', async () => {
  @Controller('by-hand')
  class ByHand {
    constructor() {
      this.read = this.read.bind(this)
    }
    @Get() @UseGuards(HydraGuard) read(): string {
      return 'read'
    }
  }
  const imports = [HydraModule.forRoot({ resourceServer, guard: 'per-route' })]
  await using app = await startApp({ imports, controllers: [ByHand] })
  expect(routesOf(app)).toMatchObject([{ path: '/by-hand', access: 'open', annotated: false }])
  expect((await app.call('/by-hand')).status).toBe(200)
})

test('enforce does not start with a decorated route that no guard runs for', async () => {
  @Controller('lost')
  class Lost {
    @Get() @Timed @Scopes('admin') admin(): string {
      return 'secret'
    }
  }
  @Injectable()
  class TakesGuardsAway implements OnModuleInit {
    onModuleInit(): void {
      Reflect.deleteMetadata('__guards__', Lost)
    }
  }
  const start = startApp({
    imports: [HydraModule.forRoot({ resourceServer, guard: 'per-route', routes: 'enforce' })],
    controllers: [Lost],
    providers: [TakesGuardsAway],
  })
  await expect(start).rejects.toMatchObject({
    code: 'ERR_OPTIONS',
    option: 'routes',
    message: expect.stringContaining('GET /lost (Lost.admin), but no guard runs there') as unknown,
  })
})
