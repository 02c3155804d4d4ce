import 'reflect-metadata'
import {
  FlowContext,
  LoginForm,
  LoginHandler,
  LoginRequest,
  login,
  type AuthorizeHints,
  type HydraLoginRequest,
} from '@hydra-kit/nestjs'
import {
  Body,
  Controller,
  ForbiddenException,
  Inject,
  Injectable,
  ParseIntPipe,
  Scope,
  UnprocessableEntityException,
  UseGuards,
  UseInterceptors,
  ValidationPipe,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common'
import { describe, expect, test } from '@jest/globals'
import { IsEmail, IsIn, IsOptional, IsString, MinLength } from 'class-validator'
import { map, type Observable } from 'rxjs'
import { textOf, tokenOf, type Fields } from '../../../login-consent/test/support/visitor.ts'
import { alice, visitor } from '../../../login-consent/test/support/world.ts'
import { platforms } from '../support/app.ts'
import { byHandler, nestWorld } from './support/nest-world.ts'
import { recordingLogger } from './support/recording-logger.ts'

class LoginDto {
  @IsEmail({}, { message: 'This is no e-mail address.' })
  readonly email!: string
  @IsString()
  @MinLength(3)
  readonly password!: string
  @IsOptional()
  @IsIn([true])
  readonly remember?: boolean
}

@Injectable()
class Users {
  check(email: string, password: string): string | undefined {
    return email === 'alice@example.com' && password === 'wonderland' ? 'alice' : undefined
  }
}

const strict = { whitelist: true, forbidNonWhitelisted: true } as const

@Controller()
class Account {
  readonly #users: Users
  constructor(@Inject(Users) users: Users) {
    this.#users = users
  }
  @LoginHandler()
  authenticate(@LoginForm(new ValidationPipe({ ...strict, expectedType: LoginDto })) form: LoginDto) {
    const subject = this.#users.check(form.email, form.password)
    return subject === undefined
      ? login.retry('Wrong e-mail or password.')
      : login.accept({ subject, context: { remember: form.remember ?? false } })
  }
}
const account = { controllers: [Account], providers: [Users] }

describe.each(platforms)('@LoginHandler on %s', (platform) => {
  const nest = nestWorld()
  const begin = async (): ReturnType<typeof nest.world.begin> => nest.world.begin(visitor())

  test.each([
    ['with Nest’s body parsing', {}],
    ['with raw bodies kept', { rawBody: true }],
    ...(platform === 'express' ? [['without body parsing', { bodyParser: false }] as [string, object]] : []),
  ])('a whole flow: %s', async (_name, app) => {
    nest.use(account, { platform, app }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user)
    const wrong = await user.submit(page, [
      ['email', 'alice@example.com'],
      ['password', 'looking-glass'],
    ])
    expect(wrong.status).toBe(422)
    expect(textOf(wrong)).toContain('Wrong e-mail or password.')
    const consentPage = await nest.world.signIn(user, wrong)
    const fields: Fields = [
      ['scope', 'photos.read'],
      ['scope', 'offline'],
      ['choice', 'allow'],
    ]
    const end = await nest.world.follow(user, await user.submit(consentPage, fields))
    expect((await nest.world.redeem(end))['scope']).toBe('openid offline photos.read')
  })

  test('JSON mode', async () => {
    nest.use(account, { platform }, byHandler)
    const user = visitor()
    const { url } = await nest.world.begin(user)
    const json = { accept: 'application/json' }
    const { formToken } = JSON.parse((await user.send(url, { headers: json })).body) as { formToken: string }
    const post = async (form: object): ReturnType<typeof user.send> =>
      user.send(url, {
        method: 'POST',
        headers: { ...json, 'content-type': 'application/json' },
        body: JSON.stringify({ formToken, ...form }),
      })
    const refused = await post({ email: 'nobody', password: 'looking-glass' })
    expect(refused.status).toBe(422)
    expect(JSON.parse(refused.body)).toMatchObject({ errors: [{ code: 'form_invalid' }] })
    const accepted = await post({ email: 'alice@example.com', password: 'wonderland' })
    expect(JSON.parse(accepted.body)).toEqual({ redirectTo: expect.stringContaining(nest.world.hydra.publicUrl) })
  })

  test('what pipes refuse is shown at the form, which keeps what was typed', async () => {
    nest.use(account, { platform }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user)
    const refused = await user.submit(page, [
      ['email', 'nobody'],
      ['password', 'looking-glass'],
    ])
    expect(refused.status).toBe(422)
    expect(textOf(refused)).toContain('This is no e-mail address.')
    expect(refused.body).toContain('value="nobody"')
    expect(refused.body).not.toContain('looking-glass')
    expect(nest.world.sent).toEqual([])
    expect(nest.world.reported).toEqual([])
    const unknown = await user.submit(refused, [...alice, ['is_admin', 'true']])
    expect(textOf(unknown)).toContain('property is_admin should not exist')
  })

  test('the form is the body: without token and button, e-mail trimmed, remember a boolean', async () => {
    const seen: unknown[] = []
    @Controller()
    class Seeing {
      @LoginHandler()
      authenticate(
        @LoginForm() form: object,
        @LoginForm('email') email: string,
        @LoginForm('age', ParseIntPipe) age: number,
        @Body() body: object,
      ) {
        seen.push(form, email, age, body)
        return login.retry('again')
      }
    }
    nest.use({ controllers: [Seeing] }, { platform }, { ...byHandler, rememberLogin: { forSeconds: 60 } })
    const user = visitor()
    const page = await nest.world.begin(user)
    const more: Fields = [
      ['remember', 'true'],
      ['age', '7'],
      ['twice', '1'],
      ['twice', '2'],
    ]
    await user.submit(page, [['email', ' alice@example.com '], ...alice.slice(1), ...more])
    const form = { email: 'alice@example.com', password: 'wonderland', remember: true, age: '7' }
    expect(seen).toEqual([form, 'alice@example.com', 7, form])
  })

  test('a global ValidationPipe checks it by the class of the parameter', async () => {
    @Controller()
    class Typed {
      // As compilers with emitDecoratorMetadata write it.
      @Reflect.metadata('design:paramtypes', [LoginDto])
      @LoginHandler()
      authenticate(@LoginForm() form: LoginDto) {
        return form instanceof LoginDto ? login.accept({ subject: 'alice' }) : login.retry('not checked')
      }
    }
    const prepare = (app: { useGlobalPipes(pipe: ValidationPipe): unknown }): void =>
      void app.useGlobalPipes(new ValidationPipe({ ...strict, transform: true }))
    nest.use({ controllers: [Typed] }, { platform, prepare }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user)
    const short = await user.submit(page, [
      ['email', 'alice@example.com'],
      ['password', 'ab'],
    ])
    expect(textOf(short)).toContain('password must be longer than or equal to 3 characters')
    expect((await user.submit(short, alice)).status).toBe(303)
  })

  test('neither pipes nor method run before everything is checked: not by GET, HEAD, a foreign or an incomplete form', async () => {
    let ran = 0
    const pipe = { transform: (value: unknown) => ((ran += 1), value) }
    @Controller()
    class Counting {
      @LoginHandler()
      authenticate(@LoginForm(pipe) _form: object, @LoginRequest() _request: HydraLoginRequest) {
        ran += 1
        return login.retry('again')
      }
    }
    nest.use({ controllers: [Counting] }, { platform }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user)
    expect(page.status).toBe(200)
    await user.send(page.url, { method: 'HEAD' })
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const got = await user.send(page.url, { method })
      expect([method, got.status, got.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD, POST'])
    }
    await user.submit(page, [['form_token', ''], ...alice])
    await user.submit(page, [['form_token', `${tokenOf(page)}x`], ...alice])
    await user.submit(page, alice, { origin: 'https://evil.example' })
    await user.submit(page, alice.slice(1))
    expect(ran).toBe(0)
    await user.submit(page, alice)
    expect(ran).toBe(2)
  })

  test('what the method is told', async () => {
    const seen: unknown[] = []
    @Controller()
    class Told {
      @LoginHandler()
      authenticate(
        @LoginRequest() request: HydraLoginRequest,
        @LoginRequest('client') client: { client_id: string },
        @FlowContext('hints') hints: AuthorizeHints,
        @FlowContext('form') form: { password: string },
      ) {
        seen.push(request.requested_scope, client.client_id, hints.loginHint, form.password)
        return login.retry('again')
      }
    }
    nest.use({ controllers: [Told] }, { platform }, byHandler)
    const user = visitor()
    await user.submit(await nest.world.begin(user, { login_hint: 'al' }), alice)
    expect(seen).toEqual([['openid', 'offline', 'photos.read'], 'photos', 'al', 'wonderland'])
  })

  test('what a pipe’s own exceptions say', async () => {
    let error: () => Error
    @Controller()
    class Refusing {
      @LoginHandler()
      authenticate(): never {
        throw error()
      }
    }
    nest.use({ controllers: [Refusing] }, { platform }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user)
    const validation = {
      property: 'email',
      constraints: { isEmail: 'No address.' },
      target: { password: 'wonderland' },
    }
    for (const [made, expected] of [
      [() => new UnprocessableEntityException([validation]), 'No address.'],
      [() => new UnprocessableEntityException([{ property: 'a', children: [validation] }]), 'No address.'],
      [() => new UnprocessableEntityException({ message: ['First.', 'Second.'] }), 'First.'],
      [() => new UnprocessableEntityException('One.'), 'One.'],
      [
        () => new UnprocessableEntityException('<b>bold</b>'),
        '<b>bold</b>'.replace(/</g, '&lt;').replace(/>/g, '&gt;'),
      ],
      [() => new UnprocessableEntityException({ code: 7 }), 'Bad Request'],
      [() => new UnprocessableEntityException('x'.repeat(1000)), 'x'.repeat(300)],
    ] as [() => Error, string][]) {
      error = made
      const got = await user.submit(page, alice)
      expect(got.status).toBe(422)
      expect(got.body).toContain(expected)
      expect(got.body).not.toContain('wonderland')
      expect(got.body).not.toContain('x'.repeat(301))
    }
  })

  test('everything else that is thrown is a mistake: our page, and onError is told', async () => {
    @Controller()
    class Broken {
      @LoginHandler()
      authenticate(): never {
        throw new ForbiddenException('with a secret in it')
      }
    }
    nest.use({ controllers: [Broken] }, { platform }, byHandler)
    const user = visitor()
    const got = await user.submit(await nest.world.begin(user), alice)
    expect(got.status).toBe(500)
    expect(got.body).not.toContain('secret')
    expect(got.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(nest.world.reported).toMatchObject([{ step: 'login', during: 'authenticate' }])
  })

  test('a method that returns no decision decides nothing', async () => {
    @Controller()
    class Forgetful {
      @LoginHandler()
      authenticate() {
        return undefined as never
      }
    }
    nest.use({ controllers: [Forgetful] }, { platform }, byHandler)
    const user = visitor()
    expect((await user.submit(await nest.world.begin(user), alice)).status).toBe(500)
    expect(nest.world.sent).toEqual([])
    expect(nest.world.reported).toMatchObject([{ error: { reason: 'no_decision' } }])
  })

  test('guards hold, interceptors see no body that they could break, and headers of others stay but for CORS', async () => {
    const seen: unknown[] = []
    const closed: CanActivate = {
      canActivate: (context: ExecutionContext) =>
        context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>().headers['x-closed'] === undefined,
    }
    const wrapping: NestInterceptor = {
      intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> =>
        next.handle().pipe(map((value: unknown) => (seen.push(value), { data: value }))),
    }
    @UseGuards(closed)
    @UseInterceptors(wrapping)
    class Guarded extends Account {}
    const logger = recordingLogger()
    Reflect.decorate([Controller(), Reflect.metadata('design:paramtypes', [])], Guarded)
    nest.use(
      { controllers: [Guarded], providers: [Users] },
      {
        platform,
        logger,
        prepare(app) {
          app.enableCors({ origin: true, credentials: true })
          app.useGlobalInterceptors(wrapping)
          app.use((_request: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
            response.setHeader('Set-Cookie', 'own=1')
            response.setHeader('X-Own', '1')
            next()
          })
        },
      },
      byHandler,
    )
    const user = visitor()
    const page = await nest.world.begin(user)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.body).toMatch(/^<!doctype html>/i)
    expect(page.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['own', 'hydra_kit_browser'])
    expect(page.headers.get('x-own')).toBe('1')
    expect(page.headers.get('etag')).toBeNull()
    const foreign = await user.send(page.url, { headers: { origin: 'https://evil.example' } })
    expect(foreign.status).toBe(200)
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
    expect(foreign.headers.get('access-control-allow-credentials')).toBeNull()
    const done = await user.submit(page, alice)
    expect(done.status).toBe(303)
    expect(done.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(
      expect.arrayContaining(['own', 'hydra_kit_login']),
    )
    expect(seen.filter((value) => value !== undefined && !isWrapped(value))).toEqual([])
    // Nest has not tried to answer once more, with what the interceptors made of nothing.
    expect(logger.errors()).toEqual([])
    expect((await user.submit(page, alice, { 'x-closed': '1' })).status).toBe(403)
    expect((await user.send(page.url, { headers: { 'x-closed': '1' } })).status).toBe(403)
  })

  test('a controller made for each request', async () => {
    @Controller({ scope: Scope.REQUEST })
    class PerRequest {
      readonly #users: Users
      constructor(@Inject(Users) users: Users) {
        this.#users = users
      }
      @LoginHandler()
      authenticate(@LoginForm('email') email: string, @LoginForm('password') password: string) {
        return login.accept({ subject: this.#users.check(email, password) ?? 'nobody' })
      }
    }
    nest.use({ controllers: [PerRequest], providers: [Users] }, { platform }, byHandler)
    const user = visitor()
    expect(textOf(await nest.world.signIn(user, await nest.world.begin(user)))).toContain('Signed in as alice')
  })

  test('the limiter counts by the address that the adapter gives', async () => {
    const ips: unknown[] = []
    nest.use(account, { platform }, { ...byHandler, limit: ({ ip }) => void ips.push(ip) })
    const user = visitor()
    await user.submit(await nest.world.begin(user), alice, { 'x-forwarded-for': '203.0.113.7' })
    expect([...new Set(ips)]).toEqual(['127.0.0.1'])
  })

  test('an outage is 503, and the form stays', async () => {
    nest.use(account, { platform }, byHandler)
    const user = visitor()
    const page = await nest.world.begin(user)
    await nest.world.hydra.faults.pause('admin')
    const got = await user.submit(page, alice)
    await nest.world.hydra.faults.resume('admin')
    expect([got.status, got.headers.get('retry-after')]).toEqual([503, '5'])
    expect(got.body).toContain('value="alice@example.com"')
    expect((await begin()).status).toBe(200)
  })
})

function isWrapped(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'data' in value
}
