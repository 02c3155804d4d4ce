import {
  consent,
  ConsentHandler,
  ConsentRequest,
  device,
  DeviceHandler,
  DeviceRequest,
  ErrorPage,
  ErrorRequest,
  FlowContext,
  login,
  LoginHandler,
  LoginRequest,
  logout,
  LogoutHandler,
  LogoutRequest,
  type DeviceContext,
  type HydraConsentRequest,
  type HydraLogoutRequest,
  type Page,
} from '@hydra-kit/nestjs'
import { Controller, ParseBoolPipe, UnprocessableEntityException, ValidationPipe, VersioningType } from '@nestjs/common'
import { describe, expect, test } from '@jest/globals'
import { Body } from '@nestjs/common'
import { Matches } from 'class-validator'
import { textOf, type Fields } from '../../../login-consent/test/support/visitor.ts'
import { alice, visitor } from '../../../login-consent/test/support/world.ts'
import { platforms } from '../support/app.ts'
import { byHandler, nestWorld } from './support/nest-world.ts'

const allow: Fields = [
  ['scope', 'photos.read'],
  ['choice', 'allow'],
]

describe.each(platforms)('on %s', (platform) => {
  const nest = nestWorld()
  const toConsent = async (user = visitor()): ReturnType<typeof nest.world.signIn> =>
    nest.world.signIn(user, await nest.world.begin(user))

  describe('@ConsentHandler', () => {
    test('decides before the page, told by parameters; what the user chooses is not its affair', async () => {
      const seen: unknown[] = []
      @Controller()
      class Consents {
        @ConsentHandler()
        consent(
          @ConsentRequest() request: HydraConsentRequest,
          @ConsentRequest('subject') subject: string,
          @FlowContext('canSkip') canSkip: boolean,
        ) {
          seen.push(request.requested_scope, subject, canSkip)
          return consent.ask()
        }
      }
      nest.use({ controllers: [Consents] }, { platform })
      const user = visitor()
      const page = await toConsent(user)
      expect(textOf(page)).toContain('Allow access?')
      expect(seen).toEqual([['openid', 'offline', 'photos.read'], 'alice', false])
      const end = await nest.world.follow(user, await user.submit(page, [['scope', 'admin'], ...allow]))
      expect((await nest.world.redeem(end))['scope']).toBe('openid photos.read')
      expect(seen).toHaveLength(3)
    })

    test.each([
      ['grantAll', () => consent.grantAll(), { scope: 'openid offline photos.read' }],
      [
        'grant, of which more than asked for is left out',
        () => consent.grant(['openid', 'admin']),
        { scope: 'openid' },
      ],
    ])('%s', async (_name, decide, expected) => {
      @Controller()
      class Consents {
        @ConsentHandler()
        consent() {
          return decide()
        }
      }
      nest.use({ controllers: [Consents] }, { platform })
      expect(await nest.world.redeem(await toConsent())).toMatchObject(expected)
    })

    test('deny ends at the client; an exception is our page', async () => {
      let decide = (): ReturnType<typeof consent.deny> => consent.deny()
      @Controller()
      class Consents {
        @ConsentHandler()
        consent() {
          return decide()
        }
      }
      nest.use({ controllers: [Consents] }, { platform })
      expect((await toConsent()).location).toContain('error=access_denied')
      decide = () => {
        throw new UnprocessableEntityException('a secret')
      }
      const got = await toConsent()
      expect([got.status, got.body.includes('a secret')]).toEqual([500, false])
      expect(nest.world.reported).toMatchObject([{ step: 'consent', during: 'consent' }])
    })

    test('is not asked about the login of another browser', async () => {
      let asked = 0
      @Controller()
      class Consents {
        @ConsentHandler()
        consent() {
          asked += 1
          return consent.grantAll()
        }
      }
      nest.use({ controllers: [Consents] }, { platform })
      const user = visitor()
      const sent = await user.submit(await nest.world.begin(user), alice)
      const consentUrl = (await user.open(sent.location ?? '', (url) => url.pathname === '/consent')).location ?? ''
      expect((await visitor().send(consentUrl)).status).toBe(403)
      expect(asked).toBe(0)
    })
  })

  test('@LogoutHandler: asks, told by parameters, or answers itself', async () => {
    const seen: unknown[] = []
    let decision = logout.ask()
    @Controller()
    class Logouts {
      @LogoutHandler()
      logout(@LogoutRequest() request: HydraLogoutRequest, @LogoutRequest('subject') subject: string) {
        seen.push(request.rp_initiated, subject)
        return decision
      }
    }
    nest.use({ controllers: [Logouts] }, { platform }, { rememberLogin: { forSeconds: 60 } })
    const user = visitor()
    await nest.world.signIn(user, await nest.world.begin(user), [...alice, ['remember', 'true']])
    const out = `${nest.world.hydra.publicUrl}/oauth2/sessions/logout`
    expect(textOf(await user.open(out))).toContain('Sign out')
    expect(seen).toEqual([false, 'alice'])
    decision = logout.reject()
    expect(textOf(await user.open(out))).toContain('You are still signed in')
    decision = logout.accept()
    expect(textOf(await user.open(out))).toContain('You are signed out')
  })

  test('@DeviceHandler: looks at codes, told by parameters and pipes', async () => {
    class CodeDto {
      @Matches(/^(?!BLOCKED)/, { message: 'Not from here.' })
      readonly user_code!: string
    }
    const seen: unknown[] = []
    @Controller()
    class Devices {
      @DeviceHandler()
      check(
        @DeviceRequest() told: DeviceContext,
        @DeviceRequest('userCode') userCode: string,
        @Body(new ValidationPipe({ expectedType: CodeDto, forbidNonWhitelisted: true, whitelist: true })) form: CodeDto,
      ) {
        seen.push(told.http.method, userCode, form.user_code)
        return userCode === 'NO' ? device.retry('Another one, please.') : device.accept()
      }
    }
    nest.use({ controllers: [Devices] }, { platform })
    const response = await fetch(`${nest.world.hydra.publicUrl}/oauth2/device/auth`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'photos', client_secret: 'photos-secret', scope: 'openid' }),
    })
    const codes = (await response.json()) as { user_code: string; verification_uri: string }
    const user = visitor()
    const page = await user.open(codes.verification_uri)
    expect(seen).toEqual([])
    expect(textOf(await user.submit(page, [['user_code', 'BLOCKED']]))).toContain('Not from here.')
    expect(textOf(await user.submit(page, [['user_code', ' NO ']]))).toContain('Another one, please.')
    const done = await user.submit(page, [['user_code', codes.user_code]])
    expect(done.location).toContain('/oauth2/device/verify')
    expect(seen).toEqual(['POST', 'NO', 'NO', 'POST', codes.user_code, codes.user_code])
  })

  test('@ErrorPage: HTML of the app, or ours', async () => {
    @Controller()
    class Errors {
      @ErrorPage()
      async show(@ErrorRequest() page: Page<'error'>, @ErrorRequest('model') model: { code: string }) {
        if (model.code === 'login_required') return undefined
        return `<p>${model.code} in ${page.locale} <style nonce="${page.styleNonce}"></style>`
      }
    }
    const pages = { error: () => 'of the options' }
    nest.use({ controllers: [Errors] }, { platform })
    const user = visitor()
    const got = await user.send(`${nest.world.loginUrl}/error?error=server_error`)
    expect([got.status, got.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8'])
    expect(got.body).toContain('<p>server_error in en')
    const nonce = /nonce="([^"]+)"/.exec(got.body)?.[1] ?? ''
    expect(got.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    expect((await user.send(`${nest.world.loginUrl}/error?error=login_required`)).body).toMatch(/^<!doctype html>/i)
    nest.use({ controllers: [Errors] }, { platform }, { pages })
    expect((await user.send(`${nest.world.loginUrl}/error?error=login_required`)).body).toBe('of the options')
    expect((await user.send(`${nest.world.loginUrl}/login?login_challenge=none`)).body).toBe('of the options')
  })

  test('global prefix, versions, paths of their own: the handlers are where Nest puts them', async () => {
    @Controller({ path: 'account', version: '7' })
    class Pages {
      @LoginHandler('sign-in')
      authenticate(@LoginRequest('skip', ParseBoolPipe) skip: boolean) {
        return login.accept({ subject: skip ? 'nobody' : 'alice' })
      }
      @ConsentHandler(['allow', 'consent'])
      consent() {
        return consent.ask()
      }
    }
    nest.use(
      { controllers: [Pages] },
      {
        platform,
        prepare(app) {
          app.setGlobalPrefix('id')
          app.enableVersioning({ type: VersioningType.URI })
        },
      },
      byHandler,
    )
    const user = visitor()
    const away = await user.open(nest.world.authorizeUrl(), (url) => url.pathname === '/login')
    const loginUrl = new URL(away.location ?? '')
    loginUrl.pathname = '/id/v7/account/sign-in'
    const page = await user.send(loginUrl)
    expect(page.status).toBe(200)
    const sent = await user.submit(page, alice)
    const consentUrl = new URL(
      (await user.open(sent.location ?? '', (url) => url.pathname === '/consent')).location ?? '',
    )
    for (const path of ['allow', 'consent']) {
      consentUrl.pathname = `/id/v7/account/${path}`
      expect((await user.send(consentUrl)).status).toBe(200)
    }
    expect((await user.send(`${nest.world.loginUrl}/id/error?error=server_error`)).status).toBe(400)
    for (const path of ['/login', '/id/login', '/id/account/sign-in', '/error', '/id/v7/error']) {
      expect([path, (await user.send(nest.world.loginUrl + path)).status]).toEqual([path, 404])
    }
  })

  test('parameters of one handler are told to no other', async () => {
    @Controller()
    class Mistaken {
      @LogoutHandler()
      logout(@LoginRequest() _request: object) {
        return logout.ask()
      }
    }
    nest.use({ controllers: [Mistaken] }, { platform }, { rememberLogin: { forSeconds: 60 } })
    const user = visitor()
    await nest.world.signIn(user, await nest.world.begin(user), [...alice, ['remember', 'true']])
    expect((await user.open(`${nest.world.hydra.publicUrl}/oauth2/sessions/logout`)).status).toBe(500)
    expect(nest.world.reported).toMatchObject([
      { error: { code: 'ERR_HYDRA_AUTH_MISSING', message: expect.stringContaining('Put @LoginHandler on it.') } },
    ])
  })
})
