import {
  FlowInput,
  FlowPage,
  InjectLoginConsentProvider,
  login,
  LoginHandler,
  type HttpInput,
  type LoginConsentProvider,
} from '@hydra-kit/nestjs'
import { Body, Controller, Get, HttpCode, Post, Query, ImATeapotException } from '@nestjs/common'
import { describe, expect, test } from '@jest/globals'
import { textOf, type Got } from '../../../login-consent/test/support/visitor.ts'
import { alice, visitor } from '../../../login-consent/test/support/world.ts'
import { platforms } from '../support/app.ts'
import { byHandler, nestWorld } from './support/nest-world.ts'

@Controller('account')
class Account {
  readonly #provider: LoginConsentProvider
  constructor(@InjectLoginConsentProvider() provider: LoginConsentProvider) {
    this.#provider = provider
  }
  @LoginHandler('sign-in')
  authenticate() {
    return login.redirectTo('/account/code', { data: { subject: 'alice' } })
  }
  @Get('code')
  @FlowPage()
  async ask(@Query('flow') handle: string, @FlowInput() input: HttpInput) {
    const { data, loginRequest } = await this.#provider.readFlow(handle, input)
    return { data, client: loginRequest.client.client_name }
  }
  @Post('code')
  @HttpCode(200)
  @FlowPage()
  async check(@Query('flow') handle: string, @FlowInput() input: HttpInput, @Body() body: { code?: string }) {
    if (body.code === 'echo') return { ...body, status: 200, headers: [['X-Evil', '1']], body: '<script>' }
    if (body.code === 'teapot') throw new ImATeapotException('of the app')
    const decision = body.code === '123456' ? login.accept({ subject: 'alice', amr: ['otp'] }) : login.show()
    return this.#provider.finishLogin(handle, decision, input)
  }
}

describe.each(platforms)('a page between login and consent, on %s', (platform) => {
  const nest = nestWorld()
  const begin = async (user = visitor()): Promise<[typeof user, Got]> => {
    nest.use({ controllers: [Account] }, { platform }, byHandler)
    const address = new URL(
      (await user.open(nest.world.authorizeUrl(), ({ pathname }) => pathname === '/login')).location ?? '',
    )
    address.pathname = '/account/sign-in'
    const sent = await user.submit(await user.send(address), alice)
    return [user, await user.send(sent.location ?? '')]
  }
  const post = (user: ReturnType<typeof visitor>, page: Got, code: string): Promise<Got> =>
    user.send(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `code=${code}`,
    })

  test('reads the flow, and ends it', async () => {
    const [user, page] = await begin()
    expect(JSON.parse(page.body)).toEqual({ data: { subject: 'alice' }, client: 'Photo Printer' })
    const done = await post(user, page, '123456')
    expect([done.status, done.body]).toEqual([303, ''])
    expect(done.headers.getSetCookie().join()).toContain('hydra_kit_login=')
    expect(done.headers.get('cache-control')).toBe('no-store')
    expect(textOf(await nest.world.follow(user, done))).toContain('Signed in as alice')
  })

  test('show leads back to where Nest has put the login page', async () => {
    const [user, page] = await begin()
    const back = await post(user, page, 'wrong')
    expect(new URL(back.location ?? '').pathname).toBe('/account/sign-in')
    expect(textOf(await user.send(back.location ?? ''))).toContain('Sign in')
  })

  test('what a method returns is its own, whatever it looks like', async () => {
    const [user, page] = await begin()
    const got = await post(user, page, 'echo')
    expect(got.headers.get('x-evil')).toBeNull()
    expect(JSON.parse(got.body)).toMatchObject({ body: '<script>' })
  })

  test('another browser gets a page of ours, and no end; other errors are Nest’s', async () => {
    const [user, page] = await begin()
    for (const got of [await visitor().send(page.url), await post(visitor(), page, '123456')]) {
      expect([got.status, got.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8'])
    }
    expect(nest.world.sent).toEqual([])
    expect((await user.send(new URL('/account/code?flow=guess', page.url))).status).toBe(410)
    const teapot = await post(user, page, 'teapot')
    expect([teapot.status, JSON.parse(teapot.body)]).toMatchObject([418, { message: 'of the app' }])
  })
})
