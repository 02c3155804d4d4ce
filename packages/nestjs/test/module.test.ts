import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import {
  createHydraClient,
  createResourceServer,
  CurrentToken,
  getHydraClientToken,
  getResourceServerToken,
  HydraGuard,
  HydraModule,
  InjectHydraClient,
  InjectResourceServer,
  isOptionsError,
  Public,
  RequireToken,
  Scopes,
  UseHydra,
  type HydraClient,
  type HydraModuleOptions,
  type HydraOptionsFactory,
  type ResourceServer,
  type VerifiedToken,
} from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Controller, Get, Inject, Injectable, Module, type DynamicModule } from '@nestjs/common'
import { platforms, startApp } from './support/app.ts'

const audience = 'https://api.example.com'
let hydra: EmbeddedHydra
beforeAll(async () => {
  hydra = await startHydra()
})
afterAll(() => hydra.stop())

@Controller()
class Me {
  @Get('me') me(@CurrentToken() token: VerifiedToken): string {
    return token.subject ?? 'nobody'
  }
  @Get('open') @Public() open(): string {
    return 'open'
  }
}

const ada = fakeResourceServer({ tokens: { token: signedInAs({ subject: 'ada' }) } })
const bob = fakeResourceServer({ tokens: { token: signedInAs({ subject: 'bob' }) } })

@Injectable()
class OptionsFactory implements HydraOptionsFactory {
  createHydraOptions(): HydraModuleOptions {
    return { resourceServer: ada }
  }
}
@Module({ providers: [OptionsFactory, { provide: 'server', useValue: ada }], exports: [OptionsFactory, 'server'] })
class ConfigurationModule {}

const ways: Readonly<Record<string, () => DynamicModule>> = {
  forRoot: () => HydraModule.forRoot({ resourceServer: ada }),
  'forRootAsync, useFactory': () =>
    HydraModule.forRootAsync({
      imports: [ConfigurationModule],
      inject: ['server'],
      useFactory: (resourceServer: ResourceServer) => ({ resourceServer }),
    }),
  'forRootAsync, asynchronous useFactory': () =>
    HydraModule.forRootAsync({ useFactory: async () => ({ resourceServer: ada }) }),
  'forRootAsync, useClass': () => HydraModule.forRootAsync({ useClass: OptionsFactory }),
  'forRootAsync, useExisting': () =>
    HydraModule.forRootAsync({ imports: [ConfigurationModule], useExisting: OptionsFactory }),
}

test.each(Object.keys(ways))('%s guards every route', async (way) => {
  await using app = await startApp({ imports: [(ways[way] as () => DynamicModule)()], controllers: [Me] })
  expect(await app.call('/me')).toMatchObject({ status: 401 })
  expect(await app.call('/me', 'token')).toMatchObject({ status: 200, body: 'ada' })
  expect(await app.call('/open')).toMatchObject({ status: 200 })
})

describe('a Hydra', () => {
  test.each(platforms)('tokens of a real server, on %s', async (platform) => {
    const { issuer, adminUrl } = hydra
    const imports = [HydraModule.forRoot({ issuer, adminUrl, audience })]
    await using app = await startApp({ platform, imports, controllers: [Me] })
    for (const format of ['opaque', 'jwt'] as const) {
      const token = await hydra.mint.accessToken({ format, subject: 'carol', audience })
      expect(await app.call('/me', token)).toMatchObject({ status: 200, body: 'carol' })
      const other = await hydra.mint.accessToken({ format, subject: 'carol', audience: 'https://other.example.com' })
      expect(await app.call('/me', other)).toMatchObject({ status: 401 })
    }
  })

  test('its client is injected where adminUrl is given, and closed with the application', async () => {
    @Injectable()
    class Clients {
      readonly hydra: HydraClient
      readonly auth: ResourceServer
      constructor(@InjectHydraClient() client: HydraClient, @InjectResourceServer() auth: ResourceServer) {
        this.hydra = client
        this.auth = auth
      }
    }
    const { issuer, adminUrl } = hydra
    const app = await startApp({ imports: [HydraModule.forRoot({ issuer, adminUrl, audience })], providers: [Clients] })
    const { hydra: client, auth } = app.app.get(Clients)
    const { client_id } = await client.clients.create({ grant_types: ['client_credentials'] })
    expect((await client.clients.get(client_id)).client_id).toBe(client_id)
    const token = await hydra.mint.accessToken({ subject: 'carol', audience })
    expect((await auth.verify(token)).subject).toBe('carol')
    expect(app.app.get<unknown>(getHydraClientToken())).toBe(client)
    expect(app.app.get<unknown>(getResourceServerToken())).toBe(auth)
    await app[Symbol.asyncDispose]()
    await expect(client.clients.get(client_id)).rejects.toMatchObject({ code: 'ERR_HYDRA_UNREACHABLE' })
    const unseen = await hydra.mint.accessToken({ subject: 'carol', audience })
    await expect(auth.verify(unseen)).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  })

  test('a client and a resource server of yours stay open', async () => {
    const { issuer, publicUrl, adminUrl } = hydra
    await using client = createHydraClient({ publicUrl, adminUrl })
    const app = await startApp({ imports: [HydraModule.forRoot({ issuer, client, audience })] })
    expect(app.app.get<unknown>(getHydraClientToken())).toBe(client)
    await app[Symbol.asyncDispose]()
    expect(await client.metadata.alive()).toEqual({ status: 'ok' })

    const resourceServer = createResourceServer({ issuer, adminUrl, audience })
    const other = await startApp({ imports: [HydraModule.forRoot({ resourceServer })] })
    await other[Symbol.asyncDispose]()
    const token = await hydra.mint.accessToken({ subject: 'carol', audience })
    expect((await resourceServer.verify(token)).subject).toBe('carol')
    await resourceServer.close()
  })

  test.each([
    [
      'introspectionUrl alone',
      () => ({ issuer: hydra.issuer, introspectionUrl: `${hydra.adminUrl}/x`, audience }),
      'have no adminUrl',
    ],
    ['a resource server', () => ({ resourceServer: ada }), 'give a resourceServer of yours'],
    [
      'several issuers',
      () => ({
        issuers: ['a', 'b'].map((name) => ({
          name,
          issuer: `http://127.0.0.1:1/${name}`,
          audience,
          accept: ['jwt' as const],
        })),
      }),
      'list several issuers',
    ],
  ])('%s: the application starts, and a client says what it lacks when it is used', async (_, options, why) => {
    await using app = await startApp({ imports: [HydraModule.forRoot(options() as HydraModuleOptions)] })
    const client = app.app.get<HydraClient>(getHydraClientToken())
    expect(() => client.clients).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option: 'adminUrl' }) as unknown as Error,
    )
    expect(() => client.tokens).toThrow(why)
  })
})

describe('verifyOnStart', () => {
  const start = (options: object): Promise<unknown> =>
    startApp({
      imports: [HydraModule.forRoot({ audience, verifyOnStart: true, ...options } as HydraModuleOptions)],
    }).then((app) => app[Symbol.asyncDispose]())

  test('starts with the right Hydra', async () => {
    const { issuer, publicUrl, adminUrl } = hydra
    await start({ issuer, adminUrl })
    await using client = createHydraClient({ publicUrl, adminUrl })
    await start({ issuer, client })
  })

  test('refuses another issuer, and says what Hydra says', async () => {
    const { publicUrl, adminUrl, issuer } = hydra
    await expect(start({ issuer: 'https://auth.example.com', publicUrl, adminUrl })).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      option: 'issuer',
      message: expect.stringContaining(`issues its tokens as "${issuer}"`),
    })
  })

  test('refuses a Hydra that does not answer', async () => {
    await expect(start({ issuer: 'http://127.0.0.1:1', adminUrl: hydra.adminUrl })).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: expect.stringContaining('The discovery document of http://127.0.0.1:1 cannot be read.'),
    })
  })

  test('refuses introspection at a wrong address', async () => {
    const { issuer, publicUrl } = hydra
    await expect(start({ issuer, introspectionUrl: `${publicUrl}/nowhere` })).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: expect.stringContaining(`Introspection at ${publicUrl}/nowhere does not answer as it should.`),
    })
  })

  test('refuses a Hydra without keys', async () => {
    const { issuer, adminUrl } = hydra
    const fault = hydra.faults.add({ route: 'GET /.well-known/jwks.json', kind: 'status', status: 500 })
    await expect(start({ issuer, adminUrl })).rejects.toMatchObject({ message: expect.stringContaining('no keys') })
    fault.remove()
  })

  test('asks nothing without the option', async () => {
    await start({ issuer: 'http://127.0.0.1:1', adminUrl: 'http://127.0.0.1:1', verifyOnStart: false })
  })
})

describe('wrong options refuse to start, and name option and cure', () => {
  const issuer = 'https://auth.example.com'
  const adminUrl = 'http://hydra-admin:4445'
  test.each([
    ['an unknown name', { issuer, adminUrl, audience, audiense: 'x' }, 'audiense'],
    ['no audience', { issuer, adminUrl }, 'audience'],
    ['nothing to verify with', { issuer, audience }, 'introspectionUrl'],
    ['routes', { resourceServer: ada, routes: 'all' }, 'routes'],
    ['verifyOnStart', { resourceServer: ada, verifyOnStart: 'yes' }, 'verifyOnStart'],
    ['tenant', { resourceServer: ada, tenant: 'x' }, 'tenant'],
    ['resourceServer', { resourceServer: {} }, 'resourceServer'],
    ['two ways at once', { resourceServer: ada, issuer }, 'resourceServer'],
    ['no options', null, 'options'],
  ])('%s', async (_, options, option) => {
    const imports = [HydraModule.forRootAsync({ useFactory: () => options as unknown as HydraModuleOptions })]
    const error: unknown = await startApp({ imports }).catch((caught: unknown) => caught)
    expect(isOptionsError(error)).toBe(true)
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS', option })
    expect(String(error)).not.toContain('https://auth')
  })

  test.each([
    ['name', { name: '' }],
    ['guard', { guard: 'some' }],
    ['isGlobal', { isGlobal: 1 }],
  ])('%s, where the module is imported', (option, extras) => {
    const bad = expect.objectContaining({ code: 'ERR_OPTIONS', option }) as unknown as Error
    expect(() => HydraModule.forRoot({ resourceServer: ada, ...(extras as object) })).toThrow(bad)
    const useFactory = (): HydraModuleOptions => ({ resourceServer: ada })
    expect(() => HydraModule.forRootAsync({ useFactory, ...(extras as object) })).toThrow(bad)
  })

  test('a misspelt name beside useFactory, and no way at all', () => {
    const useFactory = (): HydraModuleOptions => ({ resourceServer: ada })
    const bad = (option: string): Error => expect.objectContaining({ code: 'ERR_OPTIONS', option }) as unknown as Error
    expect(() => HydraModule.forRootAsync({ useFactory, gaurd: 'per-route' } as never)).toThrow(bad('gaurd'))
    expect(() => HydraModule.forRootAsync({ name: 'x' })).toThrow(bad('useFactory'))
    expect(() => HydraModule.forRootAsync({ useFactory, useClass: OptionsFactory })).toThrow(bad('useFactory'))
  })
})

describe('several instances', () => {
  @Controller()
  class Both {
    @Get('default') first(@CurrentToken('subject') subject: string): string {
      return subject
    }
    @Get('partners') @UseHydra('partners') second(@CurrentToken('subject') subject: string): string {
      return subject
    }
  }

  test('each route asks the one that it names', async () => {
    @Injectable()
    class Servers {
      readonly both: readonly ResourceServer[]
      constructor(
        @InjectResourceServer() one: ResourceServer,
        @InjectResourceServer('partners') other: ResourceServer,
      ) {
        this.both = [one, other]
      }
    }
    const imports = [
      HydraModule.forRoot({ resourceServer: ada }),
      HydraModule.forRootAsync({ name: 'partners', useFactory: () => ({ resourceServer: bob }) }),
    ]
    await using app = await startApp({ imports, controllers: [Both], providers: [Servers] })
    expect((await app.call('/default', 'token')).body).toBe('ada')
    expect((await app.call('/partners', 'token')).body).toBe('bob')
    expect(app.app.get(Servers).both).toEqual([ada, bob])
  })

  test('the only one needs no naming', async () => {
    const imports = [HydraModule.forRoot({ resourceServer: bob, name: 'partners' })]
    await using app = await startApp({ imports, controllers: [Both] })
    expect((await app.call('/default', 'token')).body).toBe('bob')
  })

  test('two of the same name, or of different modes, or none without a name refuse to start', async () => {
    const one = HydraModule.forRoot({ resourceServer: ada, name: 'a' })
    const start = (other: DynamicModule): Promise<unknown> => startApp({ imports: [one, other], controllers: [Both] })
    await expect(start(HydraModule.forRoot({ resourceServer: bob, name: 'a' }))).rejects.toMatchObject({
      option: 'name',
    })
    await expect(
      start(HydraModule.forRoot({ resourceServer: bob, name: 'b', guard: 'per-route' })),
    ).rejects.toMatchObject({ option: 'guard' })
    await expect(start(HydraModule.forRoot({ resourceServer: bob, name: 'b' }))).rejects.toMatchObject({
      code: 'ERR_HYDRA_AUTH_MISSING',
      message: expect.stringContaining('those here are named "a", "b"'),
    })
  })
})

describe('guard: per-route', () => {
  @Controller()
  class Mixed {
    @Get('bare') bare(): string {
      return 'bare'
    }
    @Get('token') @RequireToken() token(): string {
      return 'token'
    }
    @Get('scopes') @Scopes('a') scopes(): string {
      return 'scopes'
    }
    @Get('named') @UseHydra('x') named(): string {
      return 'named'
    }
  }

  test('decorated routes are guarded without more ado, the others are open', async () => {
    const imports = [HydraModule.forRoot({ resourceServer: ada, guard: 'per-route', name: 'x' })]
    await using app = await startApp({ imports, controllers: [Mixed] })
    expect(await app.call('/bare')).toMatchObject({ status: 200 })
    for (const path of ['/token', '/scopes', '/named']) expect(await app.call(path)).toMatchObject({ status: 401 })
    expect(await app.call('/token', 'token')).toMatchObject({ status: 200 })
    expect(await app.call('/scopes', 'token')).toMatchObject({ status: 403 })
  })

  test('also in a module that does not import HydraModule', async () => {
    @Module({ controllers: [Mixed] })
    class Feature {}
    const imports = [
      HydraModule.forRoot({ resourceServer: ada, guard: 'per-route', name: 'x', isGlobal: false }),
      Feature,
    ]
    await using app = await startApp({ imports })
    expect(await app.call('/scopes')).toMatchObject({ status: 401 })
    expect(await app.call('/token', 'token')).toMatchObject({ status: 200 })
  })

  test('a token that is asked for on an open route is a mistake, not an anonymous caller', async () => {
    @Controller()
    class Careless {
      @Get() read(@CurrentToken() token: VerifiedToken | undefined): string {
        return token?.subject ?? 'anonymous'
      }
    }
    const imports = [HydraModule.forRoot({ resourceServer: ada, guard: 'per-route' })]
    await using app = await startApp({ imports, controllers: [Careless] })
    expect(await app.call('/', 'token')).toMatchObject({ status: 500 })
  })
})

test('a decorated route of an application without HydraModule is closed, and a public one open', async () => {
  @Controller()
  class Forgotten {
    @Get('scopes') @Scopes('a') scopes(): string {
      return 'scopes'
    }
    @Get('open') @Public() open(): string {
      return 'open'
    }
  }
  await using app = await startApp({ controllers: [Forgotten] })
  expect(await app.call('/scopes', 'token')).toMatchObject({ status: 500 })
  expect(await app.call('/open')).toMatchObject({ status: 200 })
})

test('isGlobal: false keeps the providers to those who import the module', async () => {
  @Injectable()
  class Needs {
    constructor(@InjectResourceServer() _server: ResourceServer) {}
  }
  @Module({ providers: [Needs] })
  class Feature {}
  const start = (isGlobal: boolean): Promise<unknown> =>
    startApp({ imports: [HydraModule.forRoot({ resourceServer: ada, isGlobal }), Feature] }).then((app) =>
      app[Symbol.asyncDispose](),
    )
  await expect(start(false)).rejects.toThrow('resolve dependencies of the Needs')
  await start(true)
})

describe('in tests of an application', () => {
  const module = HydraModule.forRoot({
    issuer: 'https://auth.example.com',
    adminUrl: 'http://hydra-admin:4445',
    audience,
  })
  @Controller()
  class Scoped {
    @Get() @Scopes('a') read(): string {
      return 'scoped'
    }
  }

  test('a fake resource server takes the place of the real one, and is not closed', async () => {
    let closed = false
    const fake: ResourceServer = { ...bob, close: async () => void (closed = true) }
    const app = await startApp({
      imports: [module],
      controllers: [Me],
      override: (builder) => builder.overrideProvider(getResourceServerToken()).useValue(fake),
    })
    expect(await app.call('/me', 'token')).toMatchObject({ body: 'bob' })
    expect(await app.call('/me', 'other')).toMatchObject({ status: 401 })
    await app[Symbol.asyncDispose]()
    expect(closed).toBe(false)
  })

  test('overriding the guard opens every route, those of decorators too', async () => {
    await using app = await startApp({
      imports: [module],
      controllers: [Scoped],
      override: (builder) => builder.overrideProvider(HydraGuard).useValue({ canActivate: () => true }),
    })
    expect(await app.call('/')).toMatchObject({ status: 200 })
  })

  test('and a guard that refuses closes every route', async () => {
    @Injectable()
    class Closed {
      constructor(@Inject(getResourceServerToken()) _server: ResourceServer) {}
      canActivate(): boolean {
        return false
      }
    }
    await using app = await startApp({
      imports: [module],
      controllers: [Scoped],
      override: (builder) => builder.overrideProvider(HydraGuard).useClass(Closed),
    })
    expect(await app.call('/')).toMatchObject({ status: 403 })
  })
})
