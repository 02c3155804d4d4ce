import 'reflect-metadata'
import {
  BeginHandler,
  ClaimsHandler,
  consent,
  ConsentHandler,
  createHydraClient,
  DescribeAccountHandler,
  DeviceHandler,
  EndSessionHandler,
  ErrorPage,
  getHydraClientToken,
  getLoginConsentProviderToken,
  HydraModule,
  HydraRoutes,
  InjectLoginConsentProvider,
  LoginConsentModule,
  login,
  LoginHandler,
  LogoutHandler,
  MapResourceHandler,
  nestOf,
  SignUpHandler,
  type AuthenticateContext,
  type BeginContext,
  type ClaimsContext,
  type HydraClient,
  type LoginConsentModuleOptions,
  type LoginConsentOptionsFactory,
  type LoginConsentProvider,
} from '@hydra-kit/nestjs'
import {
  Controller,
  Inject,
  Injectable,
  Module,
  Scope,
  type INestApplication,
  type ModuleMetadata,
  type NestInterceptor,
} from '@nestjs/common'
import { describe, expect, test } from '@jest/globals'
import { EMPTY } from 'rxjs'
import { textOf } from '../../../login-consent/test/support/visitor.ts'
import { alice, visitor } from '../../../login-consent/test/support/world.ts'
import { platforms, startApp } from '../support/app.ts'
import { byHandler, nestWorld } from './support/nest-world.ts'
import { recordingLogger } from './support/recording-logger.ts'

const options: LoginConsentModuleOptions = {
  hydra: { adminUrl: 'http://127.0.0.1:1' },
  issuer: 'https://auth.example.com',
  publicUrl: 'https://login.example.com',
  secret: 'a secret of these tests, 32 bytes or more',
}
const accepting = { ...options, authenticate: () => login.accept({ subject: 'alice' }) }

/** Mounted paths, in the order of the log. */
async function mounted(
  metadata: ModuleMetadata,
  prepare: (app: INestApplication) => void = () => {},
): Promise<string[]> {
  const logger = recordingLogger()
  await using _app = await startApp({ ...metadata, logger, prepare })
  return [...logger.lines().matchAll(/Mapped \{([^,}]+), ALL\}/g)].map(([, path]) => path ?? '')
}

describe.each(platforms)('on %s', (platform) => {
  const nest = nestWorld()

  test('pages without a controller: a whole flow, beside HydraModule, which guards everything else', async () => {
    @Controller()
    class Api {
      @InjectLoginConsentProvider() readonly provider!: LoginConsentProvider
    }
    nest.useModule(
      (given) => ({
        imports: [
          HydraModule.forRoot({
            issuer: nest.world.hydra.publicUrl,
            adminUrl: nest.world.hydra.adminUrl,
            audience: null,
            routes: 'enforce',
          }),
          LoginConsentModule.forRootAsync({
            inject: [getHydraClientToken()],
            useFactory: (hydra: HydraClient) => ({ ...given, hydra }),
          }),
        ],
        controllers: [Api],
      }),
      { platform },
    )
    const user = visitor()
    const page = await nest.world.signIn(user, await nest.world.begin(user))
    const end = await nest.world.follow(
      user,
      await user.submit(page, [
        ['scope', 'photos.read'],
        ['choice', 'allow'],
      ]),
    )
    expect((await nest.world.redeem(end))['scope']).toBe('openid photos.read')
    const routes = nest.app.get(HydraRoutes).list()
    expect(routes.map(({ path }) => path)).toEqual([
      '/login',
      '/consent',
      '/logout',
      '/device',
      '/device/done',
      '/signed-out',
      '/error',
    ])
    expect([...new Set(routes.map(({ access }) => access))]).toEqual(['public'])
    expect(nest.app.get(Api).provider).toBe(nest.app.get(getLoginConsentProviderToken()))
  })

  test('handlers are open to browsers beside HydraModule, and count as annotated', async () => {
    nest.useModule(
      ({ authenticate: _authenticate, ...given }) => ({
        imports: [
          HydraModule.forRoot({
            issuer: nest.world.hydra.publicUrl,
            adminUrl: nest.world.hydra.adminUrl,
            audience: null,
            routes: 'enforce',
          }),
          LoginConsentModule.forRoot({ ...given, defaultPages: false }),
        ],
        controllers: [Pages],
      }),
      { platform },
    )
    const user = visitor()
    const page = await nest.world.begin(user)
    expect(page.status).toBe(200)
    expect((await user.submit(page, alice)).status).toBe(422)
    expect(nest.app.get(HydraRoutes).list()).toMatchObject([
      { path: '/login', access: 'public' },
      { path: '/consent', access: 'public' },
    ])
  })

  test('deciding functions as methods of providers and controllers', async () => {
    const told: Record<string, unknown> = {}
    @Injectable()
    class Names {
      readonly alice = 'Alice Liddell'
    }
    @Injectable()
    class Decisions {
      readonly #names: Names
      constructor(@Inject(Names) names: Names) {
        this.#names = names
      }
      @DescribeAccountHandler()
      describe({ subject }: { subject: string }) {
        return { name: subject === 'alice' ? this.#names.alice : subject }
      }
      @ClaimsHandler()
      async claims({ subject, scopes }: ClaimsContext) {
        return { accessToken: { name: this.#names.alice, subject, scopes } }
      }
      @MapResourceHandler()
      map(resource: string) {
        return resource === 'https://mcp.example/' ? 'https://api.example' : undefined
      }
      @EndSessionHandler()
      endSession() {
        told['endSession'] = true
      }
      @SignUpHandler()
      signUp({ form }: AuthenticateContext) {
        told['signUp'] = form.email
        return login.retry('Not now.')
      }
    }
    @Controller()
    class Pages {
      @LoginHandler()
      authenticate() {
        return login.accept({ subject: 'alice', remember: true, rememberForSeconds: 60 })
      }
      @BeginHandler()
      begin({ loginRequest, native }: BeginContext) {
        const { request, response } = nestOf(native)
        told['begin'] = [loginRequest.skip, 'headers' in request, 'statusCode' in response]
        return loginRequest.skip ? login.accept({ subject: loginRequest.subject }) : login.show()
      }
    }
    nest.use({ controllers: [Pages], providers: [Decisions, Names] }, { platform }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user, { resource: 'https://mcp.example/' })
    expect(told['begin']).toEqual([false, true, true])
    const again = await user.submit(page, [...alice.slice(0, 2), ['choice', 'sign-up']])
    expect(textOf(again)).toContain('Not now.')
    expect(told['signUp']).toBe('alice@example.com')
    const asked = await nest.world.signIn(user, again)
    expect(textOf(asked)).toContain('Signed in as Alice Liddell')
    expect(textOf(asked)).toContain('https://api.example')
    const end = await nest.world.follow(
      user,
      await user.submit(asked, [
        ['scope', 'photos.read'],
        ['choice', 'allow'],
      ]),
    )
    expect(nest.world.sent.at(-1)?.body['session']).toMatchObject({
      access_token: { name: 'Alice Liddell', subject: 'alice', scopes: ['openid', 'photos.read'] },
    })
    expect((await nest.world.redeem(end))['scope']).toBe('openid photos.read')
    const out = await user.open(`${nest.world.hydra.publicUrl}/oauth2/sessions/logout`)
    expect(textOf(await nest.world.follow(user, await user.submit(out, [['choice', 'yes']])))).toContain('signed out')
    expect(told['endSession']).toBe(true)
    expect(nest.world.reported).toEqual([])
  })

  test('two instances, each with its own decider and pages', async () => {
    @Controller('second')
    class Second {
      @LoginHandler('login', { instance: 'second' })
      authenticate() {
        return login.accept({ subject: 'bob' })
      }
    }
    nest.useModule(
      (given) => ({
        imports: [
          LoginConsentModule.forRoot(given),
          LoginConsentModule.forRoot({ ...given, authenticate: undefined, name: 'second', defaultPages: false }),
        ],
        controllers: [Second],
      }),
      { platform },
    )
    const user = visitor()
    const address = await user.open(nest.world.authorizeUrl(), ({ pathname }) => pathname === '/login')
    const page = await user.send((address.location ?? '').replace('/login', '/second/login'))
    expect(textOf(await nest.world.signIn(user, page))).toContain('Signed in as bob')
    const other = visitor()
    expect(textOf(await nest.world.signIn(other, await nest.world.begin(other)))).toContain('Signed in as alice')
  })

  test('another copy of the same application may have another prefix', async () => {
    @Module({ imports: [LoginConsentModule.forRoot(accepting)] })
    class AppModule {}
    const pages = ['/login', '/consent', '/logout', '/device', '/device/done', '/signed-out', '/error']
    expect(await mounted({ imports: [AppModule] }, (app) => void app.setGlobalPrefix('id'))).toEqual(
      pages.map((path) => `/id${path}`),
    )
    expect(await mounted({ imports: [AppModule] })).toEqual(pages)
  })
})

@Controller()
class Pages {
  @LoginHandler()
  authenticate() {
    return login.retry('no')
  }
  @ConsentHandler()
  consent() {
    return consent.ask()
  }
}

describe('where pages are', () => {
  test('those that have a handler are not ours', async () => {
    expect(
      (await mounted({ imports: [LoginConsentModule.forRoot(options)], controllers: [Pages] })).toSorted(),
    ).toEqual(['/consent', '/device', '/device/done', '/error', '/login', '/logout', '/signed-out'])
  })

  test('defaultPages: false', async () => {
    const imports = [LoginConsentModule.forRoot({ ...options, defaultPages: false })]
    expect(await mounted({ imports, controllers: [Pages] })).toEqual(['/login', '/consent'])
  })

  test('below the path of publicUrl, and at the top for a proxy that strips it; or below the global prefix', async () => {
    const below = { ...accepting, publicUrl: 'https://example.com/account/' }
    const paths = await mounted({ imports: [LoginConsentModule.forRoot(below)] })
    expect(paths).toContain('/login')
    expect(paths).toContain('/account/login')
    const prefixed = await mounted({ imports: [LoginConsentModule.forRoot(below)] }, (app) => {
      app.setGlobalPrefix('account')
    })
    expect(prefixed).toContain('/account/login')
    expect(prefixed).toHaveLength(7)
  })
})

describe('refused at start', () => {
  const refusal = async (metadata: ModuleMetadata): Promise<unknown> => {
    try {
      await using _app = await startApp(metadata)
    } catch (error) {
      return error
    }
    return 'started'
  }
  const cases: [name: string, metadata: () => ModuleMetadata, said: RegExp][] = [
    ['nobody decides about logins', () => ({ imports: [LoginConsentModule.forRoot(options)] }), /nobody to decide/],
    [
      'a handler and an option decide',
      () => ({ imports: [LoginConsentModule.forRoot(accepting)], controllers: [Pages] }),
      /@LoginHandler on Pages\.authenticate and the option authenticate/,
    ],
    [
      'two handlers decide',
      () => {
        @Controller('other')
        class Other extends Pages {}
        return { imports: [LoginConsentModule.forRoot(options)], controllers: [Pages, Other] }
      },
      /@LoginHandler stands on Pages\.authenticate and on Other\.authenticate/,
    ],
    [
      'a handler has no route',
      () => {
        @Injectable()
        class NoController {
          @LoginHandler()
          authenticate() {
            return login.retry('no')
          }
        }
        return { imports: [LoginConsentModule.forRoot(options)], providers: [NoController] }
      },
      /NoController\.authenticate is not a method of a controller/,
    ],
    [
      'two methods decide about claims',
      () => {
        @Injectable()
        class One {
          @ClaimsHandler()
          claims() {
            return {}
          }
        }
        @Injectable()
        class Two extends One {}
        return { imports: [LoginConsentModule.forRoot(accepting)], providers: [One, Two] }
      },
      /@ClaimsHandler on Two\.claims is not the only one/,
    ],
    [
      'a method and an option decide about claims',
      () => {
        @Injectable()
        class One {
          @ClaimsHandler()
          claims() {
            return {}
          }
        }
        return { imports: [LoginConsentModule.forRoot({ ...accepting, claims: () => ({}) })], providers: [One] }
      },
      /@ClaimsHandler on One\.claims/,
    ],
    [
      'a decider is made for each request',
      () => {
        @Injectable({ scope: Scope.REQUEST })
        class PerRequest {
          @ClaimsHandler()
          claims() {
            return {}
          }
        }
        return { imports: [LoginConsentModule.forRoot(accepting)], providers: [PerRequest] }
      },
      /PerRequest\.claims is made anew for each request/,
    ],
    [
      'a decider is made by a factory',
      () => {
        class Made {
          @ClaimsHandler()
          claims() {
            return {}
          }
        }
        return {
          imports: [LoginConsentModule.forRoot(accepting)],
          providers: [{ provide: 'made', useFactory: () => new Made() }],
        }
      },
      /@ClaimsHandler on Made\.claims is not found/,
    ],
    [
      'no client',
      () => ({ imports: [LoginConsentModule.forRoot({ ...accepting, hydra: undefined as never })] }),
      /hydra is missing/,
    ],
    [
      'a client without the admin port',
      () => ({ imports: [LoginConsentModule.forRoot({ ...accepting, hydra: { publicUrl: 'http://127.0.0.1:1' } })] }),
      /hydra\.adminUrl is missing/,
    ],
    [
      'an option that nobody knows',
      () => ({ imports: [LoginConsentModule.forRoot({ ...accepting, authentikate: 1 } as never)] }),
      /authentikate/,
    ],
    [
      'defaultPages is no boolean',
      () => ({ imports: [LoginConsentModule.forRoot({ ...accepting, defaultPages: 'no' as never })] }),
      /defaultPages must be true or false/,
    ],
    [
      'hooks is no object',
      () => ({ imports: [LoginConsentModule.forRoot({ ...accepting, hooks: 1 as never })] }),
      /hooks/,
    ],
    [
      'a wrong secret, given later',
      () => ({ imports: [LoginConsentModule.forRootAsync({ useFactory: () => ({ ...accepting, secret: 'short' }) })] }),
      /secret/,
    ],
  ]
  test.each(cases)('%s', async (_name, metadata, said) => {
    expect(await refusal(metadata())).toMatchObject({ code: 'ERR_OPTIONS', message: expect.stringMatching(said) })
  })

  test('a handler without the module', async () => {
    expect(await refusal({ controllers: [Pages] })).toMatchObject({
      message: expect.stringContaining('@hydra-kit/nestjs/login-consent-provider'),
    })
  })

  test('at once: two handlers on one method, names beside useFactory, options of decorators', () => {
    const refused = expect.objectContaining({ code: 'ERR_OPTIONS' })
    expect(() => {
      class Twice {
        @ErrorPage()
        @LoginHandler()
        authenticate(): never {
          throw new Error('never')
        }
      }
      return Twice
    }).toThrow(expect.objectContaining({ message: expect.stringContaining('@LoginHandler and @ErrorPage') }))
    expect(() => {
      class Twice {
        @ClaimsHandler()
        @EndSessionHandler()
        claims(): never {
          throw new Error('never')
        }
      }
      return Twice
    }).toThrow(refused)
    expect(() => LogoutHandler('logout', { name: 'x' } as never)).toThrow(refused)
    expect(() => DeviceHandler('device', { instanc: 'x' } as never)).toThrow(refused)
    expect(() => LoginConsentModule.forRoot({ ...accepting, name: '' })).toThrow(refused)
    expect(() => LoginConsentModule.forRoot({ ...accepting, isGlobal: 1 as never })).toThrow(refused)
    expect(() => LoginConsentModule.forRootAsync({ useFactory: () => accepting, secret: 'x' } as never)).toThrow(
      refused,
    )
    expect(() => LoginConsentModule.forRootAsync({})).toThrow(refused)
  })
})

test('options by a class; a client of yours stays open', async () => {
  class Options implements LoginConsentOptionsFactory {
    createLoginConsentOptions(): LoginConsentModuleOptions {
      return accepting
    }
  }
  await using app = await startApp({ imports: [LoginConsentModule.forRootAsync({ useClass: Options })] })
  expect((await app.call('/login')).status).toBe(400)
  const closed: string[] = []
  const client = createHydraClient({ adminUrl: 'http://127.0.0.1:1' })
  const watched = { ...client, close: async () => void closed.push('yours') }
  await using other = await startApp({ imports: [LoginConsentModule.forRoot({ ...accepting, hydra: watched })] })
  await other.app.close()
  expect(closed).toEqual([])
  await client.close()
})

test('isGlobal: false keeps the provider in the module', async () => {
  const imports = [LoginConsentModule.forRoot({ ...options, isGlobal: false })]
  @Module({ controllers: [Pages] })
  class Elsewhere {}
  await expect(startApp({ imports: [...imports, Elsewhere] })).rejects.toMatchObject({
    message: expect.stringContaining('login-consent-provider'),
  })
  await using app = await startApp({ imports, controllers: [Pages] })
  expect((await app.call('/login')).status).toBe(400)
})

test('a handler is for HTTP, whatever else stands on its method', () => {
  const authenticate: unknown = Object.getOwnPropertyDescriptor(Pages.prototype, 'authenticate')?.value
  const [Interceptor] = Reflect.getMetadata('__interceptors__', authenticate as object) as [
    new (...parts: unknown[]) => NestInterceptor,
  ]
  const context = { getType: () => 'rpc', getClass: () => Pages, getHandler: () => authenticate } as never
  const next = { handle: () => EMPTY }
  expect(() => new Interceptor({}, {}, {}).intercept(context, next)).toThrow(
    expect.objectContaining({ code: 'ERR_HYDRA_AUTH_MISSING' }),
  )
})
