import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createLoginConsentProvider, login, type HttpInput, type LoginConsentOptions } from '../src/index.ts'
import { textOf, tokenOf, type Got } from './support/visitor.ts'
import { alice, startWorld, visitor, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ path: '/account/pages' })
})
beforeEach(async () => {
  await world.hydra.reset()
  world.reported.length = 0
  world.configure({})
})
afterAll(() => world.stop())

describe('headers of every answer', () => {
  const expected: Record<string, string> = {
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
  const check = (got: Got): void => {
    for (const [name, value] of Object.entries(expected)) expect(got.headers.get(name)).toBe(value)
    const policy = got.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(got.headers.get('strict-transport-security')).toBeNull()
  }

  test('pages, redirects, refusals, JSON', async () => {
    const user = visitor()
    const page = await world.begin(user)
    check(page)
    check(await user.submit(page, alice))
    check(await visitor().submit(page, alice))
    check(await user.send(page.url, { headers: { accept: 'application/json' } }))
    check(await user.send(`${world.loginUrl}/login`))
    check(await user.send(`${world.loginUrl}/nothing`))
  })

  test('the style is inline, allowed by its hash, and there is no script', async () => {
    const page = await world.begin(visitor())
    const style = /<style>(.*?)<\/style>/s.exec(page.body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(page.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
    expect(page.body).not.toMatch(/<script|javascript:| on\w+=| style=/i)
  })
})

describe('cookies', () => {
  const page = async (options: Partial<LoginConsentOptions>, headers: HttpInput['headers'] = {}): Promise<string[]> => {
    const provider = createLoginConsentProvider({
      hydra: world.admin,
      issuer: world.hydra.publicUrl,
      publicUrl: world.loginUrl,
      secret: 'x'.repeat(32),
      authenticate: () => login.accept({ subject: 'alice' }),
      ...options,
    })
    const { url } = await world.begin(visitor())
    const output = await provider.handle({ method: 'GET', url: url.pathname + url.search, headers })
    return output.headers.filter(([name]) => name === 'Set-Cookie').map(([, value]) => value)
  }

  test('https: __Host-, Secure, HttpOnly, SameSite=Lax, whole path', async () => {
    const cookies = await page({ publicUrl: 'https://login.example.com/account/pages' })
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatch(/^__Host-hydra_kit_browser=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax; Secure$/)
  })

  test('http on this machine: a plain name, as browsers refuse the prefix there', async () => {
    expect((await page({}))[0]).toMatch(/^hydra_kit_browser=[\w-]{32}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('a browser keeps its id, and an id that we cannot have made is replaced', async () => {
    expect(await page({}, { cookie: `hydra_kit_browser=${'a'.repeat(32)}` })).toEqual([])
    expect(await page({}, { cookie: 'hydra_kit_browser=<script>' })).toHaveLength(1)
    expect(await page({}, { cookie: 'hydra_kit_browser=' })).toHaveLength(1)
  })

  test('the login cookie holds no subject', async () => {
    const user = visitor()
    await world.signIn(user, await world.begin(user))
    expect(user.jar.get('127.0.0.1 hydra_kit_login')).toMatch(/^[0-9a-z]+\.[\w-]{43}$/)
  })
})

describe('paths', () => {
  test.each([
    ['/login', 'login'],
    ['/login/', 'login'],
    ['/account/pages/login', 'login'],
    ['/account/pages/device/done?x=1', 'device-done'],
    ['/loginx', undefined],
    ['/other/login', undefined],
    ['/constructor', undefined],
    ['/account/pages', undefined],
  ])('%s', (url, step) => {
    expect(world.provider.stepOf(url)).toBe(step)
  })

  test('below a path, the whole flow works', async () => {
    const user = visitor()
    const page = await world.signIn(user, await world.begin(user))
    const end = await world.follow(user, await user.submit(page, [['choice', 'allow']]))
    expect((await world.redeem(end))['scope']).toBe('openid')
  })

  test('a step can be answered whatever the path, with other deciding functions', async () => {
    const { url } = await world.begin(visitor())
    const output = await world.provider.handleStep(
      'login',
      { method: 'GET', url: `/any/where${url.search}`, headers: {} },
      { begin: () => login.accept({ subject: 'bob' }) },
    )
    expect(output.status).toBe(303)
  })
})

describe('pages of the app', () => {
  test('a render function gets model, token, nonce and our page', async () => {
    world.configure({
      pages: {
        login: (page) =>
          `<form method="post"><style nonce="${page.styleNonce}"></style><input name="form_token" value="${page.formToken}"><p>${page.model.client?.name} ${page.locale} ${page.messages.signIn} ${page.renderDefault().length > 1000}</p></form>`,
      },
      contentSecurityPolicy: { 'script-src': ["'self'"] },
    })
    const page = await world.begin(visitor())
    expect(textOf(page)).toContain('Photo Printer en Sign in true')
    const nonce = /nonce="([^"]+)"/.exec(page.body)?.[1] ?? ''
    expect(page.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    const other = await world.begin(visitor())
    expect(other.body).not.toContain(nonce)
    expect(tokenOf(page)).toMatch(/^[0-9a-z]+\.[\w-]+\.[\w-]{43}$/)
  })

  test('others for a single request', async () => {
    world.configure({ pages: { error: () => 'of the options' } })
    const input: HttpInput = { method: 'GET', url: '/error?error=login_required', headers: {} }
    const pages = { error: ({ model }: { model: { code: string } }) => `of the request: ${model.code}` }
    expect((await world.provider.handleStep('error', input, { pages })).body).toBe('of the request: login_required')
    expect((await world.provider.handleStep('error', input)).body).toBe('of the options')
    expect((await world.provider.handleStep('error', input, { pages: undefined })).body).toBe('of the options')
  })

  test('one that throws is a bare 500, reported', async () => {
    world.configure({
      pages: {
        login: () => {
          throw new Error('template')
        },
      },
    })
    const page = await world.begin(visitor())
    expect(page.status).toBe(500)
    expect(world.reported).toMatchObject([{ during: 'rendering' }])
  })
})

describe('languages', () => {
  const titleOf = async (
    headers: Record<string, string>,
    options: Partial<LoginConsentOptions> = {},
  ): Promise<string> => {
    world.configure(options)
    return textOf(await visitor().send((await world.begin(visitor())).url, { headers }))
  }

  test.each([
    ['de-AT, en;q=0.5', 'Anmelden'],
    ['fr, de;q=0.3', 'Anmelden'],
    ['fr', 'Sign in'],
    ['en;q=0.1, de;q=0.9', 'Anmelden'],
    ['de;q=0', 'Sign in'],
    ['*', 'Sign in'],
  ])('Accept-Language: %s', async (header, text) => {
    expect(await titleOf({ 'accept-language': header })).toContain(text)
  })

  test('another table can be added, and falls back to English key by key', async () => {
    const text = await titleOf({ 'accept-language': 'fr' }, { messages: { fr: { signIn: 'Se connecter' } } })
    expect(text).toContain('Se connecter')
    expect(text).toContain('Password')
  })

  test('our own words can be changed, and the default language', async () => {
    expect(await titleOf({}, { messages: { en: { signIn: 'Let me in' } } })).toContain('Let me in')
    expect(await titleOf({}, { defaultLocale: 'de' })).toContain('Anmelden')
  })
})

test('branding: name, logo and home link', async () => {
  world.configure({ branding: { name: 'Example ID', logoUrl: 'https://cdn.example/logo.svg', homeUrl: '/home' } })
  const page = await visitor().send(`${world.loginUrl}/login`)
  expect(textOf(page)).toContain('Example ID')
  expect(page.body).toContain('<img src="https://cdn.example/logo.svg"')
  expect(page.headers.get('content-security-policy')).toContain('img-src https://cdn.example')
  expect(page.body).toContain('href="/home"')
})

test('password managers find their fields', async () => {
  const page = await world.begin(visitor())
  expect(page.body).toMatch(/name="email"[^>]*type="email"[^>]*autocomplete="username"/s)
  expect(page.body).toMatch(/name="password"[^>]*type="password"[^>]*autocomplete="current-password"/s)
})
