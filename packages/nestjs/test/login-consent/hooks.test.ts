import {
  hook,
  HookRequest,
  LoginConsentModule,
  RefreshHook,
  TokenHook,
  type LoginConsentModuleOptions,
  type TokenHookRequest,
} from '@hydra-kit/nestjs'
import { BadRequestException, Controller, Inject, Injectable } from '@nestjs/common'
import { describe, expect, test } from '@jest/globals'
import type { Got } from '../../../login-consent/test/support/visitor.ts'
import { visitor } from '../../../login-consent/test/support/world.ts'
import { platforms, startApp } from '../support/app.ts'
import { nestWorld } from './support/nest-world.ts'
import { recordingLogger } from './support/recording-logger.ts'

const apiKey = 'a key of sixteen characters'
const body = {
  session: { extra: { a: 1 }, id_token: { subject: 'alice' } },
  request: { client_id: 'photos', grant_types: ['refresh_token'] },
}

@Injectable()
class Roles {
  of(subject: string): string[] {
    return subject === 'alice' ? ['admin'] : []
  }
}

let asked = 0
@Controller('hooks')
class Hooks {
  readonly #roles: Roles
  constructor(@Inject(Roles) roles: Roles) {
    this.#roles = roles
  }
  @TokenHook('token', { apiKey })
  token(@HookRequest() request: TokenHookRequest, @HookRequest('subject') subject: string) {
    asked += 1
    return hook.set({ accessToken: { roles: this.#roles.of(subject), grant: request.grantType } })
  }
  @RefreshHook('refresh', { apiKey, in: 'cookie', name: 'key' })
  refresh() {
    return hook.keep()
  }
  @TokenHook('broken', { apiKey })
  broken(): never {
    throw new BadRequestException('a claim of alice')
  }
}

describe.each(platforms)('on %s', (platform) => {
  const nest = nestWorld()
  const call = (path: string, headers: Record<string, string>, sent: object = body, method = 'POST'): Promise<Got> =>
    visitor().send(nest.world.loginUrl + path, {
      method,
      headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
      body: JSON.stringify(sent),
    })

  test.each([
    ['with Nest’s body parsing', {}],
    ['with raw bodies kept', { rawBody: true }],
    ['without Nest’s body parsing', { bodyParser: false }],
  ])('answer %s, without pages', async (_name, app) => {
    nest.useModule(
      () => ({ imports: [LoginConsentModule.forRoot(noPages())], controllers: [Hooks], providers: [Roles] }),
      {
        platform,
        app,
      },
    )
    const got = await call('/hooks/token', { 'x-api-key': apiKey })
    expect(got.status).toBe(200)
    expect(got.headers.get('cache-control')).toBe('no-store')
    const claims = { a: 1, roles: ['admin'], grant: 'refresh_token' }
    expect(JSON.parse(got.body)).toEqual({ session: { access_token: claims, id_token: {} } })
    expect((await call('/hooks/refresh', { cookie: `key=${apiKey}` })).status).toBe(200)
  })

  function noPages(): LoginConsentModuleOptions {
    return {
      hydra: { adminUrl: nest.world.hydra.adminUrl },
      issuer: nest.world.hydra.publicUrl,
      publicUrl: nest.world.loginUrl,
      secret: 'a secret of these tests, 32 bytes or more',
      defaultPages: false,
    }
  }

  test('without the key, with a wrong one, at the wrong place, by another method: nobody is asked', async () => {
    nest.use({ controllers: [Hooks], providers: [Roles] }, { platform })
    await call('/hooks/token', { 'x-api-key': apiKey })
    asked = 0
    for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': `${apiKey}x` }, { cookie: `x-api-key=${apiKey}` }]) {
      expect((await call('/hooks/token', headers as Record<string, string>)).status).toBe(401)
    }
    for (const method of ['PUT', 'PATCH']) {
      expect((await call('/hooks/token', { 'x-api-key': apiKey }, body, method)).status).toBe(405)
    }
    expect((await call('/hooks/refresh', { 'x-api-key': apiKey })).status).toBe(401)
    expect((await call('/hooks/token', { 'x-api-key': apiKey }, {})).status).toBe(400)
    expect(asked).toBe(0)
  })

  test('a method that throws denies, and says so to the logger without what it said', async () => {
    const logger = recordingLogger()
    nest.use({ controllers: [Hooks], providers: [Roles] }, { platform, logger }, { onError: undefined })
    expect((await call('/hooks/broken', { 'x-api-key': apiKey })).status).toBe(403)
    expect(logger.lines()).toContain('token-hook: the handler failed with BadRequestException')
    expect(logger.lines()).not.toContain('alice')
    expect(logger.lines()).not.toContain(apiKey)
  })
})

@Controller()
class Keyless {
  @TokenHook('hooks/token')
  token() {
    return hook.keep()
  }
}

test('without a key the application does not start; the module’s own holds for all', async () => {
  await expect(startApp({ controllers: [Keyless] })).rejects.toMatchObject({
    code: 'ERR_OPTIONS',
    message: expect.stringContaining('apiKey'),
  })
  const options: LoginConsentModuleOptions = {
    hydra: { adminUrl: 'http://127.0.0.1:1' },
    issuer: 'https://auth.example.com',
    publicUrl: 'https://login.example.com',
    secret: 'a secret of these tests, 32 bytes or more',
    defaultPages: false,
    hooks: { apiKey },
  }
  await using app = await startApp({ imports: [LoginConsentModule.forRoot(options)], controllers: [Keyless] })
  const post = { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': apiKey } }
  expect((await app.call('/hooks/token', undefined, { ...post, body: JSON.stringify(body) })).status).toBe(204)
})

test('a hook needs no LoginConsentModule', async () => {
  await using app = await startApp({ controllers: [Hooks], providers: [Roles] })
  expect((await app.call('/hooks/token', undefined, { method: 'POST' })).status).toBe(401)
})

test('unknown options are refused', () => {
  expect(() => TokenHook('a', { apikey: apiKey } as never)).toThrow(
    expect.objectContaining({ code: 'ERR_OPTIONS', message: expect.stringContaining('"apikey"') }),
  )
})
