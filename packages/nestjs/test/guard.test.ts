/** What the guard does beside the verdicts of the matrix: what it reads, what it answers without help, what it logs. */
import { Readable } from 'node:stream'
import {
  AnyScope,
  CurrentToken,
  HydraExceptionFilter,
  HydraGuard,
  HydraModule,
  InjectResourceServer,
  OptionalAuth,
  Public,
  RequireToken,
  Scopes,
  tokenOf,
  UseHydra,
  type RequestFacts,
  type ResourceServer,
  type VerifiedToken,
} from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { VerificationUnavailableError } from '@hydra-kit/resource-server'
import { describe, expect, jest, test } from '@jest/globals'
import {
  Logger,
  Body,
  Catch,
  Controller,
  Get,
  Injectable,
  ParseIntPipe,
  Post,
  Request,
  StreamableFile,
  UseFilters,
  UseGuards,
  UseInterceptors,
  ValidationPipe,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type HttpException,
  type LoggerService,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common'
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core'
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js'
import type { Observable } from 'rxjs'
import { createRefusalLog } from '../src/guards/refusal-log.ts'
import { platforms, startApp, type TestApp } from './support/app.ts'

const secret = 'a-token-that-nobody-may-see'
const tokens = {
  [secret]: signedInAs({ subject: '42', scopes: ['a'], extra: { secretClaim: 'hidden' } }),
  unscoped: signedInAs({ subject: '43' }),
  collector: signedInAs({ subject: '44', scopes: Array.from({ length: 400 }, (_, index) => `s${index}`) }),
  revoked: 'inactive',
  elsewhere: 'audience_missing',
  down: 'unavailable',
} as const
const resourceServer: ResourceServer = fakeResourceServer({ tokens, realm: 'photos' })
const imports = [HydraModule.forRoot({ resourceServer })]

describe.each(platforms)('on %s', (platform) => {
  describe('the answer, byte by byte, with nothing but Nest’s own exception layer', () => {
    @Controller()
    class Photos {
      @Get() @Scopes('a', 'b') list(): string {
        return 'list'
      }
    }

    const description =
      'The access token is not valid here: it may be unknown, expired, revoked or meant for another API.'
    test.each([
      [
        'no token',
        undefined,
        401,
        'Bearer realm="photos", scope="a b"',
        { error: 'unauthorized', error_description: 'This resource needs an access token.' },
      ],
      [
        'a revoked token',
        'revoked',
        401,
        `Bearer realm="photos", error="invalid_token", error_description="${description}"`,
        { error: 'invalid_token', error_description: description },
      ],
      [
        'a missing scope',
        'unscoped',
        403,
        'Bearer realm="photos", error="insufficient_scope", error_description="The access token does not allow this.", scope="a b"',
        { error: 'insufficient_scope', error_description: 'The access token does not allow this.' },
      ],
      [
        'an outage',
        'down',
        503,
        null,
        { error: 'temporarily_unavailable', error_description: 'Access tokens cannot be checked at the moment.' },
      ],
    ])('%s', async (_, token, status, challenge, body) => {
      await using app = await startApp({ platform, imports, controllers: [Photos] })
      const answer = await app.call('/', token)
      expect([answer.status, answer.headers.get('www-authenticate'), JSON.parse(answer.body)]).toEqual([
        status,
        challenge,
        body,
      ])
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('retry-after')).toBe(status === 503 ? '2' : null)
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
    })
  })

  test('a filter of the application sees an HttpException, and the header fields stay', async () => {
    const seen: HttpException[] = []
    @Catch()
    class Everything {
      catch(exception: HttpException, host: ArgumentsHost): void {
        seen.push(exception)
        const response = host.switchToHttp().getResponse<{ status(code: number): { send(body: string): void } }>()
        response.status(exception.getStatus()).send('mine')
      }
    }
    @Controller()
    class Photos {
      @Get() list(): void {}
    }
    const providers = [{ provide: APP_FILTER, useClass: Everything }]
    await using app = await startApp({ platform, imports, controllers: [Photos], providers })
    const answer = await app.call('/', 'revoked')
    expect(answer).toMatchObject({ status: 401, body: 'mine' })
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(seen[0]).toMatchObject({ name: 'HttpException', cause: { code: 'ERR_BEARER_TOKEN', reason: 'inactive' } })
  })

  test('HydraExceptionFilter answers what a handler throws; without it that is a 500', async () => {
    @Controller()
    class Photos {
      readonly #auth: ResourceServer
      constructor(@InjectResourceServer() auth: ResourceServer) {
        this.#auth = auth
      }
      @Get('bare') bare(@CurrentToken() token: VerifiedToken): void {
        this.#auth.authorize(token, { all: ['b'] })
      }
      @Get('filtered') @UseFilters(HydraExceptionFilter) async filtered(): Promise<void> {
        await this.#auth.verify('down')
      }
      @Get('scope') @UseFilters(HydraExceptionFilter) scope(@CurrentToken() token: VerifiedToken): void {
        this.#auth.authorize(token, { all: ['b'] })
      }
      @Get('other') @UseFilters(HydraExceptionFilter) other(): void {
        throw new RangeError('not about tokens')
      }
      @Get('late') @UseFilters(HydraExceptionFilter) late(): StreamableFile {
        const auth = this.#auth
        return new StreamableFile(
          Readable.from(
            (async function* () {
              yield 'first'
              await auth.verify('down')
            })(),
          ),
        )
      }
    }
    await using app = await startApp({ platform, imports, controllers: [Photos] })
    expect(await app.call('/bare', secret)).toMatchObject({ status: 500 })
    const outage = await app.call('/filtered', secret)
    expect([outage.status, outage.headers.get('retry-after')]).toEqual([503, '2'])
    const forbidden = await app.call('/scope', secret)
    expect(forbidden.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect([forbidden.status, forbidden.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('scope="b"'),
    ])
    expect(await app.call('/other', secret)).toMatchObject({ status: 500 })
    // The status has gone out already: all that is left is to break off.
    await expect(app.call('/late', secret)).rejects.toThrow()
  })

  test('HydraExceptionFilter words a refusal as the instance that judged the request', async () => {
    @Controller()
    class Photos {
      readonly #auth: ResourceServer
      constructor(@InjectResourceServer('partners') auth: ResourceServer) {
        this.#auth = auth
      }
      @Get('partners') @UseHydra('partners') @UseFilters(HydraExceptionFilter) own(
        @CurrentToken() token: VerifiedToken,
      ): void {
        this.#auth.authorize(token, { all: ['b'] })
      }
      @Get('main') @UseFilters(HydraExceptionFilter) main(@CurrentToken() token: VerifiedToken): void {
        this.#auth.authorize(token, { all: ['b'] })
      }
    }
    const [main, partners] = ['main', 'partners'].map((realm) => fakeResourceServer({ tokens, realm }))
    const two = [
      HydraModule.forRoot({ resourceServer: partners as ResourceServer, name: 'partners' }),
      HydraModule.forRoot({ resourceServer: main as ResourceServer }),
    ]
    for (const order of [two, two.toReversed()]) {
      await using app = await startApp({ platform, imports: order, controllers: [Photos] })
      for (const realm of ['main', 'partners']) {
        const { status, headers } = await app.call(`/${realm}`, secret)
        expect([status, headers.get('www-authenticate')]).toEqual([403, expect.stringContaining(`realm="${realm}"`)])
      }
    }
  })

  test('a token in a form or the query, where the resource server allows it', async () => {
    const places = fakeResourceServer({ tokens, tokenFrom: ['header', 'form', 'query'] })
    @Controller()
    class Form {
      @Post() @CurrentTokenSubject() post(@CurrentToken('subject') subject: string): string {
        return subject
      }
      @Get() get(@CurrentToken('subject') subject: string): string {
        return subject
      }
    }
    await using app = await startApp({
      platform,
      imports: [HydraModule.forRoot({ resourceServer: places })],
      controllers: [Form],
    })
    const body = new URLSearchParams({ access_token: secret })
    expect(await app.call('/', undefined, { method: 'POST', body })).toMatchObject({ status: 201, body: '42' })
    const query = await app.call(`/?access_token=${secret}`)
    expect([query.status, query.body, query.headers.get('cache-control')]).toEqual([200, '42', 'private'])
    expect(await app.call(`/?access_token=${secret}`, 'unscoped')).toMatchObject({ status: 400 })
  })

  test('tenant chooses the issuer', async () => {
    const seen: (string | undefined)[] = []
    const issuers = ['one', 'two'].map((name) => ({
      name,
      issuer: `http://127.0.0.1:1/${name}`,
      introspectionUrl: `http://127.0.0.1:1/${name}/introspect`,
      audience: null,
    }))
    const selectIssuer = (facts: RequestFacts): string | undefined => {
      seen.push(facts.tenant)
      return undefined
    }
    @Controller()
    class Tenants {
      @Get() read(): void {}
    }
    const tenant = (context: ExecutionContext): string | undefined =>
      context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-tenant']
    const options = { issuers, selectIssuer, tenant }
    await using app = await startApp({ platform, imports: [HydraModule.forRoot(options)], controllers: [Tenants] })
    expect(await app.call('/', 'x', { headers: { 'x-tenant': 'two' } })).toMatchObject({ status: 401 })
    await app.call('/', 'x')
    expect(seen).toEqual(['two', undefined])
  })

  test('@CurrentToken: whole, a property, through pipes; tokenOf in an interceptor and a guard behind', async () => {
    @Injectable()
    class UserPipe implements PipeTransform<VerifiedToken, string> {
      transform(token: VerifiedToken): string {
        return `user ${token.subject}`
      }
    }
    const seen: unknown[] = []
    class Watch implements NestInterceptor, CanActivate {
      canActivate(context: ExecutionContext): boolean {
        seen.push(tokenOf(context)?.subject)
        return true
      }
      intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
        seen.push(tokenOf(context)?.subject)
        return next.handle() as Observable<unknown>
      }
    }
    @Controller()
    @UseGuards(Watch)
    @UseInterceptors(Watch)
    class Me {
      @Get('whole') whole(@CurrentToken() token: VerifiedToken): unknown {
        return [token.subject, token.hasScope('a')]
      }
      @Get('pipes') pipes(
        @CurrentToken('subject', ParseIntPipe) id: number,
        @CurrentToken(UserPipe) user: string,
        @CurrentToken('scopes') scopes: readonly string[],
      ): unknown {
        return [id, user, scopes]
      }
      @Get('optional') @OptionalAuth() optional(@CurrentToken() token: VerifiedToken | undefined): unknown {
        return [token?.subject ?? null]
      }
      @Get('public') @Public() public(@CurrentToken('subject') subject: string | undefined): unknown {
        return [subject ?? null]
      }
    }
    await using app = await startApp({
      platform,
      imports,
      controllers: [Me],
      // Must not look into the token.
      prepare: (each) => void each.useGlobalPipes(new ValidationPipe({ transform: true, whitelist: true })),
    })
    const answers = async (path: string, token?: string): Promise<unknown> =>
      JSON.parse((await app.call(path, token)).body)
    expect(await answers('/whole', secret)).toEqual(['42', true])
    expect(await answers('/pipes', secret)).toEqual([42, 'user 42', ['a']])
    expect(await answers('/optional', secret)).toEqual(['42'])
    expect(await answers('/optional')).toEqual([null])
    expect(await answers('/public', secret)).toEqual([null])
    expect(seen).toEqual(['42', '42', '42', '42', '42', '42', undefined, undefined, undefined, undefined])
  })

  test('the body of a refused request never reaches a pipe, a filter for it, or the handler', async () => {
    const seen: unknown[] = []
    class Spy implements PipeTransform {
      transform(value: unknown): unknown {
        seen.push(value)
        return value
      }
    }
    @Controller()
    class Photos {
      @Post() add(@Body(Spy) body: unknown): void {
        seen.push(body)
      }
    }
    await using app = await startApp({ platform, imports, controllers: [Photos] })
    const init = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
    expect(await app.call('/', 'revoked', init)).toMatchObject({ status: 401 })
    expect(seen).toEqual([])
  })
})

/** Any decorator of another library. */
function CurrentTokenSubject(): MethodDecorator {
  return RequireToken()
}

// oxlint-disable-next-line typescript/no-require-imports -- a module of Node, for its plain request
const jestRequire = <T>(name: string): T => require(name) as T

test('a request that is judged twice asks once: a decorator binds the guard that also runs globally', async () => {
  let asked = 0
  const counting: ResourceServer = {
    ...resourceServer,
    authenticate: (...given) => {
      asked += 1
      return resourceServer.authenticate(...given)
    },
  }
  @Controller()
  @Scopes('a')
  class Photos {
    @Get() @RequireToken() @UseGuards(HydraGuard) list(): void {}
  }
  const modules = [
    HydraModule.forRoot({ resourceServer: counting }),
    HydraModule.forRoot({ resourceServer, name: 'other' }),
  ]
  await using app = await startApp({ imports: modules, controllers: [Photos] })
  expect(await app.call('/', secret)).toMatchObject({ status: 200 })
  expect(asked).toBe(1)
})

test('a kind of context that is not known is refused, unless the handler is public', async () => {
  class Handlers {
    guarded(): void {}
    @OptionalAuth() optional(): void {}
    @Public() public(): void {}
  }
  await using app = await startApp({ imports })
  const guard = app.app.get(HydraGuard)
  const attempt = async (method: keyof Handlers): Promise<unknown> => {
    const context = new ExecutionContextHost([{}, {}], Handlers, Handlers.prototype[method])
    context.setType('necord')
    return guard.canActivate(context)
  }
  for (const method of ['guarded', 'optional'] as const) {
    await expect(attempt(method)).rejects.toMatchObject({
      code: 'ERR_HYDRA_AUTH_MISSING',
      message: expect.stringContaining(`Handlers.${method} runs in a context of type "necord"`),
    })
  }
  expect(await attempt('public')).toBe(true)
})

test('middleware of the application cannot sign anybody in, and a guard in front of ours has no token', async () => {
  const seen: unknown[] = []
  class Before implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      try {
        seen.push(tokenOf(context))
      } catch (error) {
        seen.push((error as { code: string }).code)
      }
      return true
    }
  }
  @Controller()
  class Me {
    @Get() read(@CurrentToken('subject') subject: string): string {
      return subject
    }
  }
  await using app = await startApp({
    imports,
    controllers: [Me],
    // Guards of the root module come first.
    providers: [{ provide: APP_GUARD, useClass: Before }],
    prepare: (each) => {
      each.use((request: Record<string, unknown>, _response: unknown, next: () => void) => {
        Object.assign(request, { accessToken: tokens[secret], user: tokens[secret], auth: tokens[secret] })
        next()
      })
    },
  })
  expect(await app.call('/')).toMatchObject({ status: 401 })
  expect(await app.call('/', 'unscoped')).toMatchObject({ body: '43' })
  expect(seen).toEqual(['ERR_HYDRA_AUTH_MISSING', 'ERR_HYDRA_AUTH_MISSING'])
})

describe('the log', () => {
  @Controller()
  class Photos {
    @Get() list(): void {}
    @Get('scopes') @Scopes('a') scopes(): void {}
    @Get('any') @AnyScope('b', 'c') any(): void {}
    @Get('both') @Scopes('a', 'd') @AnyScope('b', 'c') both(): void {}
  }

  async function lines(use: (app: TestApp) => Promise<unknown>): Promise<string[]> {
    const written: string[] = []
    const write =
      (level: string) =>
      (message: unknown, context: unknown): void =>
        void (context === 'HydraGuard' && written.push(`${level} ${String(message)}`))
    const logger: LoggerService = {
      log: write('log'),
      error: write('error'),
      warn: write('warn'),
      debug: write('debug'),
      verbose: write('verbose'),
    }
    await using app = await startApp({ imports, controllers: [Photos], logger })
    await use(app)
    return written
  }

  test('has the precise reason, and neither a token nor a claim', async () => {
    const written = await lines(async (app) => {
      for (const token of [undefined, 'revoked', 'elsewhere', secret]) await app.call('/', token)
      for (const token of ['unscoped', secret]) await app.call('/scopes', token)
    })
    expect(written).toEqual([
      'debug Photos.list: 401 inactive. Hydra says that the token is not active: unknown, expired or revoked.',
      expect.stringMatching(/^debug Photos\.list: 401 audience_missing\. The token has no audience/),
      'debug Photos.scopes: 403 insufficient_scope. The token lacks a scope that the route needs. Needed: a. Held: none.',
    ])
    for (const word of [secret, 'revoked ', 'elsewhere', 'unscoped', 'hidden', '42', '43'])
      expect(written.join('\n')).not.toContain(word)
  })

  test('names the scopes that were needed and held, on one line of bearable length', async () => {
    const written = await lines(async (app) => {
      for (const path of ['/any', '/both']) await app.call(path, secret)
      await app.call('/any', 'collector')
    })
    const start = '403 insufficient_scope. The token lacks a scope that the route needs. Needed:'
    expect(written).toEqual([
      `debug Photos.any: ${start} one of b c. Held: a.`,
      `debug Photos.both: ${start} a d, and one of b c. Held: a.`,
      expect.stringMatching(/^debug Photos\.any: .* Held: s0 s1 .{480,500} …\.$/),
    ])
  })

  test('tells of an outage once, whatever passes meanwhile', async () => {
    const written = await lines(async (app) => {
      for (const token of ['down', 'down', secret, 'down', secret, 'down']) await app.call('/', token)
    })
    expect(written).toEqual([expect.stringMatching(/^warn Photos\.list: 503\. Introspection is not available\./)])
  })

  test('tells of an outage that lasts once a minute, with what the client of Hydra said', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined)
    let time = 0
    const log = createRefusalLog(() => time)
    const cause = new Error('introspectOAuth2Token: ECONNREFUSED hydra-admin:4445')
    const error = new VerificationUnavailableError('Introspection is not available.', { retryAfterSeconds: 2, cause })
    const context = { getClass: () => Photos, getHandler: () => ({ name: 'list' }) } as unknown as ExecutionContext
    for (time of [0, 1, 59_999, 60_000, 60_001]) log.refused(error, context)
    expect(warnings.mock.calls.flat()).toEqual(
      Array(2).fill(
        'Photos.list: 503. Introspection is not available. introspectOAuth2Token: ECONNREFUSED hydra-admin:4445. Told again in a minute if it lasts.',
      ),
    )
    warnings.mockRestore()
  })
})

test('guards of the root module run behind ours where it is listed in front of them', async () => {
  const order: string[] = []
  class Roles implements CanActivate {
    canActivate(context: ExecutionContext): boolean {
      order.push(tokenOf(context)?.subject ?? 'anonymous')
      return true
    }
  }
  class Watch implements NestInterceptor {
    intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
      order.push('interceptor')
      return next.handle() as Observable<unknown>
    }
  }
  @Controller()
  class Photos {
    @Get() list(): void {}
  }
  const providers = [
    { provide: APP_GUARD, useExisting: HydraGuard },
    { provide: APP_GUARD, useClass: Roles },
    { provide: APP_INTERCEPTOR, useClass: Watch },
  ]
  await using app = await startApp({ imports, controllers: [Photos], providers })
  expect(await app.call('/', secret)).toMatchObject({ status: 200 })
  expect(order).toEqual(['42', 'interceptor'])
})

test('nothing about the token shows when the request is logged', async () => {
  const { inspect } = jestRequire<typeof import('node:util')>('node:util')
  let shown = ''
  @Controller()
  class Me {
    @Get() read(@CurrentToken() _token: VerifiedToken, @Request() request: object): void {
      shown = `${inspect(request, { depth: 1 })} ${Object.keys(request).join()}`
    }
  }
  await using app = await startApp({ imports, controllers: [Me] })
  await app.call('/', secret)
  expect(shown).toContain('IncomingMessage')
  for (const word of ['hidden', 'hydra-kit']) expect(shown).not.toContain(word)
})
