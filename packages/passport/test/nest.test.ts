/** Through @nestjs/passport, on both adapters: the guard of the README, and what happens without it. */
import { useHydra } from '@hydra-kit/embedded/testing'
import { HydraBearerStrategy, userOrException, type VerifiedToken } from '@hydra-kit/passport'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import {
  Controller,
  Get,
  HttpException,
  Inject,
  Injectable,
  Req,
  SetMetadata,
  UseGuards,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import type { AddressInfo } from 'node:net'
import { bearer, senderTo, type Api } from './support/api.ts'
import { insufficient, invalidRequest, invalidToken } from './support/challenges.ts'

const audience = 'https://api.example.com'
const hydra = useHydra()

interface User {
  readonly id: string | undefined
}

@Injectable()
class HydraStrategy extends PassportStrategy(HydraBearerStrategy, 'hydra') {
  constructor() {
    super({ issuer: hydra.issuer, adminUrl: hydra.adminUrl, audience })
  }

  validate(token: VerifiedToken): User | null {
    return token.subject === 'nobody' ? null : { id: token.subject }
  }
}

const Scope = (scope: string): MethodDecorator => SetMetadata('scope', scope)

@Injectable()
class HydraGuard extends AuthGuard('hydra') {
  @Inject(Reflector) private readonly reflector!: Reflector

  override getAuthenticateOptions(context: ExecutionContext): object {
    const scope = this.reflector.get<string | undefined>('scope', context.getHandler())
    return scope === undefined ? {} : { scope }
  }

  override handleRequest<T = User>(error: unknown, user: T | false, _info: unknown, context: ExecutionContext): T {
    return userOrException(error, user, context, HttpException)
  }
}

@Controller()
class PhotosController {
  @Get('photos')
  @UseGuards(HydraGuard)
  @Scope('photos.read')
  list(@Req() request: { user: User }): User {
    return request.user
  }

  @Get('bare')
  @UseGuards(AuthGuard('hydra'))
  bare(@Req() request: { user: User }): User {
    return request.user
  }
}

describe.each(['express', 'fastify'])('on %s', (adapter) => {
  let app: INestApplication
  let send: Api['send']

  beforeEach(async () => {
    const module = await Test.createTestingModule({
      imports: [PassportModule],
      controllers: [PhotosController],
      providers: [HydraStrategy, HydraGuard],
    }).compile()
    app =
      adapter === 'express'
        ? module.createNestApplication({ logger: false })
        : module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false })
    await app.listen(0, '127.0.0.1')
    send = senderTo((app.getHttpServer().address() as AddressInfo).port)
  })
  afterEach(async () => {
    await app.get(HydraStrategy).resourceServer.close()
    await app.close()
  })

  const token = (more: object = {}): Promise<string> =>
    hydra.mint.accessToken({ subject: 'ada', scope: ['photos.read'], audience: [audience], ...more })

  test('a good token becomes what validate makes of it', async () => {
    for (const path of ['/photos', '/bare']) {
      const answer = await send({ path, headers: bearer(await token()) })
      expect([answer.status, answer.body]).toEqual([200, '{"id":"ada"}'])
    }
  })

  test.each<[string, () => Promise<object>, number, string, string]>([
    ['no token', async () => ({}), 401, 'Bearer scope="photos.read"', 'unauthorized'],
    ['a bad token', async () => bearer('nonsense'), 401, invalidToken, 'invalid_token'],
    ['Bearer alone', async () => ({ authorization: 'Bearer' }), 400, invalidRequest, 'invalid_request'],
    [
      'two Authorization fields',
      async () => ({ authorization: [`Bearer ${await token()}`, 'Bearer other'] }),
      400,
      invalidRequest,
      'invalid_request',
    ],
    [
      'a token whose user is gone',
      async () => bearer(await token({ subject: 'nobody' })),
      401,
      invalidToken,
      'invalid_token',
    ],
    [
      'a missing scope',
      async () => bearer(await token({ scope: ['photos.write'] })),
      403,
      `${insufficient}, scope="photos.read"`,
      'insufficient_scope',
    ],
  ])('%s: status, challenge and body', async (_what, headers, status, challenge, code) => {
    const answer = await send({ headers: (await headers()) as Record<string, string> })
    expect([answer.status, answer.headers['www-authenticate'], JSON.parse(answer.body).error]).toEqual([
      status,
      challenge,
      code,
    ])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('an outage is 503 with Retry-After', async () => {
    hydra.faults.add({ route: 'POST /oauth2/introspect', kind: 'status', status: 500 })
    const answer = await send({ headers: bearer(await token()) })
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([503, undefined])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect(JSON.parse(answer.body).error).toBe('temporarily_unavailable')
  })

  test('without the guard an outage is still 503, and a refusal a bare 401', async () => {
    hydra.faults.add({ route: 'POST /oauth2/introspect', kind: 'status', status: 500 })
    const down = await send({ path: '/bare', headers: bearer(await token()) })
    expect([down.status, JSON.parse(down.body)]).toEqual([503, { statusCode: 503, message: 'Service Unavailable' }])
    expect((await send({ path: '/bare' })).status).toBe(401)
  })
})

describe('userOrException', () => {
  const context = { switchToHttp: () => ({ getRequest: () => ({}), getResponse: () => ({}) }) }

  test('throws an error of the app as it is', () => {
    const error = new Error('database gone')
    expect(() => userOrException(error, false, context, HttpException)).toThrow(error)
  })

  test('an error wins over a user', () => {
    const error = new Error('database gone')
    expect(() => userOrException(error, { id: 1 }, context, HttpException)).toThrow(error)
  })

  test('nobody, refused by another strategy, is 401', () => {
    expect(() => userOrException(null, false, context, HttpException)).toThrow(
      expect.objectContaining({ status: 401, name: 'HttpException' }),
    )
  })
})
