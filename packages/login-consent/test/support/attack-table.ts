/**
 * The attack table: each row is tried over raw HTTP, and its outcome stated. `Visitor` is an HTTP client that sends
 * whatever it is told to; no browser stands between these requests and the provider. Frameworks run the same rows.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { login } from '../../src/index.ts'
import { rawRequest } from './raw-request.ts'
import { textOf, tokenOf, type Fields, type Got } from './visitor.ts'
import { alice, visitor, type World } from './world.ts'

/** All rows, against a world that is started for them. */
export function attackTable(start: () => Promise<World>): void {
  let world: World
  beforeAll(async () => {
    world = await start()
  })
  beforeEach(async () => {
    await world.hydra.reset()
    world.reported.length = 0
    world.sent.length = 0
    world.configure({})
  })
  afterAll(() => world.stop())

  const accepted = (): string[] => world.sent.map(({ operation }) => operation)
  const allow: Fields = [
    ['scope', 'photos.read'],
    ['choice', 'allow'],
  ]
  const toConsent = async (user = visitor()): Promise<[typeof user, Got]> => [
    user,
    await world.signIn(user, await world.begin(user)),
  ]

  describe('what is granted', () => {
    test('an extra scope in the form is not granted', async () => {
      const [user, page] = await toConsent()
      await user.submit(page, [
        ['scope', 'photos.read'],
        ['scope', 'admin'],
        ['scope', 'photos.write'],
        ['choice', 'allow'],
      ])
      expect(world.sent.at(-1)?.body['grant_scope']).toEqual(['openid', 'photos.read'])
    })

    test('an extra audience in the form is not granted, under any name', async () => {
      const [user, page] = await toConsent()
      await user.submit(page, [
        ['audience', 'https://other.example'],
        ['grant_access_token_audience', 'https://other.example'],
        ['grant_scope', 'admin'],
        ...allow,
      ])
      expect(world.sent.at(-1)?.body).toMatchObject({
        grant_scope: ['openid', 'photos.read'],
        grant_access_token_audience: [],
      })
    })

    test('a subject in the login form is not believed', async () => {
      const user = visitor()
      await user.submit(await world.begin(user), [...alice, ['subject', 'root']])
      expect(world.sent.at(-1)?.body['subject']).toBe('alice')
    })
  })

  describe('the form token', () => {
    const refused = (got: Got): void => {
      expect(got.status).toBe(403)
      expect(accepted()).toEqual([])
    }

    test('missing', async () => {
      const user = visitor()
      refused(await user.submit(await world.begin(user), [['form_token', ''], ...alice]))
    })

    test('sent twice', async () => {
      const user = visitor()
      const page = await world.begin(user)
      refused(await user.submit(page, [['form_token', tokenOf(page)], ['form_token', tokenOf(page)], ...alice]))
    })

    test('of another challenge', async () => {
      const user = visitor()
      const [first, second] = [await world.begin(user), await world.begin(user)]
      refused(await user.submit(second, [['form_token', tokenOf(first)], ...alice]))
    })

    test('a swapped challenge in the address', async () => {
      const user = visitor()
      const [first, second] = [await world.begin(user), await world.begin(user)]
      refused(await user.submit({ ...first, url: second.url }, alice))
    })

    test('of another browser', async () => {
      const [attacker, victim] = [visitor(), visitor()]
      const theirs = await world.begin(attacker)
      await world.begin(victim)
      refused(await victim.submit(theirs, alice))
    })

    test('of another purpose: a login token on a consent', async () => {
      const user = visitor()
      const loginPage = await world.begin(user)
      const page = await world.signIn(user, loginPage)
      world.sent.length = 0
      refused(await user.submit(page, [['form_token', tokenOf(loginPage)], ...allow]))
    })

    test('of another purpose: a login token on the account question', async () => {
      world.configure({ begin: ({ confirmed }) => (confirmed ? login.accept({ subject: 'alice' }) : login.show()) })
      const user = visitor()
      refused(await user.submit(await world.begin(user), [['choice', 'continue']]))
    })

    test('changed by one character', async () => {
      const user = visitor()
      const page = await world.begin(user)
      const token = tokenOf(page)
      const other = token.endsWith('A') ? `${token.slice(0, -1)}B` : `${token.slice(0, -1)}A`
      refused(await user.submit(page, [['form_token', other.replace(/^./, (c) => (c === 'z' ? 'y' : 'z'))], ...alice]))
    })

    test('expired: nothing is accepted, the form is shown again', async () => {
      world.configure({ formTokenSeconds: 60 })
      const user = visitor()
      const page = await world.begin(user)
      world.hydra.clock.advance('2m')
      expect((await user.submit(page, alice)).status).toBe(422)
      expect(accepted()).toEqual([])
    })

    test('made with a secret that is no longer listed; one that still is listed is taken', async () => {
      const old = 'an old secret of these tests, 32 bytes or more'
      world.configure({ secret: old })
      const user = visitor()
      const page = await world.begin(user)
      world.configure({ secret: ['a new secret of these tests, 32 bytes or more', old] })
      expect((await user.submit(page, alice)).status).toBe(303)
      world.sent.length = 0
      world.configure({ secret: 'a new secret of these tests, 32 bytes or more' })
      refused(await user.submit(page, alice))
    })

    test('without the cookie: told so', async () => {
      const page = await world.begin(visitor())
      const got = await visitor().submit(page, alice)
      refused(got)
      expect(textOf(got)).toContain('did not send back the cookie')
    })

    test.each([
      ['localhost', 'localhost', 400],
      ['another loopback name', '[::1]', 400],
      ['the configured name', '127.0.0.1', 200],
    ])('the localhost trap is told at once: %s', async (_name, host, status) => {
      const page = await world.begin(visitor())
      const got = await visitor().send(page.url, { headers: { host: `${host}:${page.url.port}` } })
      expect(got.status).toBe(status)
      if (status === 200) return
      expect(textOf(got)).toContain(`opened at ${host}:${page.url.port} but is configured for ${page.url.host}`)
      expect(got.body.replace(/&amp;/g, '&')).toContain(`href="${page.url.href}"`)
      expect(got.headers.getSetCookie()).toEqual([])
    })

    test('another port is a proxy, not the trap', async () => {
      const page = await world.begin(visitor())
      expect((await visitor().send(page.url, { headers: { host: 'localhost:1' } })).status).toBe(200)
    })

    test('a cookie that comes twice was planted: neither counts', async () => {
      const user = visitor()
      const page = await world.begin(user)
      const own = user.jar.get('127.0.0.1 hydra_kit_browser') ?? ''
      refused(await user.submit(page, alice, { cookie: `hydra_kit_browser=${own}; hydra_kit_browser=${own}` }))
    })

    test('a name that only looks like ours to who trims it: the byte of a no-break space in front', async () => {
      const user = visitor()
      const page = await world.begin(user)
      const own = `hydra_kit_browser=${user.jar.get('127.0.0.1 hydra_kit_browser') ?? ''}`
      const body = new URLSearchParams({ form_token: tokenOf(page), ...Object.fromEntries(alice) }).toString()
      const post = (cookie: string): Promise<string> =>
        rawRequest(
          world.loginUrl,
          `POST ${page.url.pathname}${page.url.search} HTTP/1.1\r\nHost: ${page.url.host}\r\nCookie: ${cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        )
      expect(await post(`\u00a0${own}`)).toMatch(/^HTTP\/1\.1 403 /)
      expect(await post(`a=b; \u00a0${own}`)).toMatch(/^HTTP\/1\.1 403 /)
      expect(accepted()).toEqual([])
      expect(await post(`${own}; \u00a0hydra_kit_browser=${'x'.repeat(32)}`)).toMatch(/^HTTP\/1\.1 303 /)
    })
  })

  describe('cross-site requests', () => {
    test.each([
      ['another origin', { origin: 'https://evil.example' }, 403],
      ['another port', { origin: 'http://127.0.0.1:1' }, 403],
      ['Sec-Fetch-Site: cross-site, null origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
      ['Sec-Fetch-Site: same-site', { origin: 'null', 'sec-fetch-site': 'same-site' }, 403],
      [
        'our own form: null origin (no-referrer), same-origin',
        { origin: 'null', 'sec-fetch-site': 'same-origin' },
        303,
      ],
      ['an old browser: null origin alone', { origin: 'null' }, 303],
    ])('%s', async (_name, headers, status) => {
      const user = visitor()
      const page = await world.begin(user)
      expect((await user.submit(page, alice, headers)).status).toBe(status)
      expect(accepted()).toEqual(status === 303 ? ['login.accept'] : [])
    })

    test('JSON may be read by our own origin only', async () => {
      const user = visitor()
      const page = await world.begin(user)
      const ask = (headers: Record<string, string>): Promise<Got> =>
        user.send(page.url, { headers: { accept: 'application/json', ...headers } })
      expect((await ask({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
      expect((await ask({ origin: 'https://evil.example' })).status).toBe(403)
      const own = await ask({ 'sec-fetch-site': 'same-origin' })
      expect(own.status).toBe(200)
      expect(own.headers.get('access-control-allow-origin')).toBeNull()
    })
  })

  describe('consent of another subject', () => {
    test('a consent link of one user is refused in the browser of another', async () => {
      const [, theirs] = await toConsent()
      world.configure({ authenticate: () => login.accept({ subject: 'bob' }) })
      const [victim] = await toConsent()
      const got = await victim.send(theirs.url)
      expect(got.status).toBe(403)
      expect(textOf(got)).toContain('not signed in as the user')
      expect(got.body).not.toContain('form_token')
    })

    test('and in a browser that never signed in', async () => {
      const [, theirs] = await toConsent()
      expect((await visitor().send(theirs.url)).status).toBe(403)
    })

    test('the same subject in another login session is another login', async () => {
      const [, theirs] = await toConsent()
      const [victim] = await toConsent()
      expect((await victim.send(theirs.url)).status).toBe(403)
    })

    test('a consent form is judged again when it is sent', async () => {
      const [user, page] = await toConsent()
      user.jar.delete('127.0.0.1 hydra_kit_login')
      world.sent.length = 0
      expect((await user.submit(page, allow)).status).toBe(403)
      expect(accepted()).toEqual([])
    })

    test('session fixation: a browser id that an attacker planted before the login is worth nothing after it', async () => {
      const victim = visitor()
      victim.jar.set('127.0.0.1 hydra_kit_browser', 'a'.repeat(32))
      const [, page] = await toConsent(victim)
      expect(page.status).toBe(200)
      const attacker = visitor()
      attacker.jar.set('127.0.0.1 hydra_kit_browser', 'a'.repeat(32))
      expect((await attacker.send(page.url)).status).toBe(403)
    })

    test('a login cookie copied to another browser is worth nothing there', async () => {
      const [user, page] = await toConsent()
      const thief = visitor()
      thief.jar.set('127.0.0.1 hydra_kit_browser', 'b'.repeat(32))
      thief.jar.set('127.0.0.1 hydra_kit_login', user.jar.get('127.0.0.1 hydra_kit_login') ?? '')
      expect((await thief.send(page.url)).status).toBe(403)
    })

    test('a login is forgotten after an hour, and at logout', async () => {
      const [user, page] = await toConsent()
      world.configure({ now: () => world.hydra.now() + 3_601_000 })
      expect((await user.send(page.url)).status).toBe(403)
    })

    test('bindConsentToLogin: false is for apps on two hosts', async () => {
      const [, theirs] = await toConsent()
      world.configure({ bindConsentToLogin: false })
      expect((await visitor().send(theirs.url)).status).toBe(200)
    })
  })

  describe('a flow that waits elsewhere', () => {
    const start = async (user = visitor()): Promise<[typeof user, string, Got]> => {
      world.configure({ authenticate: () => login.redirectTo('/second-factor', { data: { subject: 'alice' } }) })
      const page = await world.begin(user)
      const sent = await user.submit(page, alice)
      return [user, new URL(sent.location ?? '').searchParams.get('flow') ?? '', page]
    }
    const inputFor = (user: ReturnType<typeof visitor>): Parameters<World['provider']['readFlow']>[1] => ({
      method: 'POST',
      url: '/second-factor',
      headers: { cookie: [...user.jar].map(([key, value]) => `${key.split(' ')[1]}=${value}`).join('; ') },
    })

    test('no address goes on early: not with the handle, not with the challenge', async () => {
      const [user, handle, page] = await start()
      for (const path of [`/login?flow=${handle}`, `/consent?flow=${handle}`, `/login/finish?flow=${handle}`]) {
        expect((await user.send(`${world.loginUrl}${path}`)).location).toBeUndefined()
      }
      const again = new URL(page.url)
      again.searchParams.set('flow', handle)
      expect(textOf(await user.send(again))).toContain('Sign in')
      expect(accepted()).toEqual([])
    })

    test('in another browser the handle is refused, and stays good in the right one', async () => {
      const [user, handle] = await start()
      const other = visitor()
      await world.begin(other)
      await expect(world.provider.readFlow(handle, inputFor(other))).rejects.toMatchObject({ reason: 'other_browser' })
      await expect(
        world.provider.finishLogin(handle, login.accept({ subject: 'alice' }), inputFor(other)),
      ).rejects.toMatchObject({ reason: 'other_browser', code: 'ERR_FLOW' })
      expect(accepted()).toEqual([])
      await expect(world.provider.readFlow(handle, inputFor(user))).resolves.toMatchObject({
        data: { subject: 'alice' },
      })
    })

    test('a handle is unknown when guessed, used once, and gone after its time', async () => {
      const [user, handle] = await start()
      const accept = login.accept({ subject: 'alice' })
      await expect(world.provider.finishLogin('guess', accept, inputFor(user))).rejects.toMatchObject({
        reason: 'flow_unknown',
      })
      expect((await world.provider.finishLogin(handle, accept, inputFor(user))).status).toBe(303)
      await expect(world.provider.finishLogin(handle, accept, inputFor(user))).rejects.toMatchObject({
        reason: 'flow_unknown',
      })
      const [second, later] = await start()
      world.hydra.clock.advance('31m')
      await expect(world.provider.readFlow(later, inputFor(second))).rejects.toMatchObject({ reason: 'flow_unknown' })
    })

    test('the handle goes to this site only, unless a function says where', async () => {
      world.configure({ authenticate: () => login.redirectTo('https://evil.example/') })
      const user = visitor()
      expect((await user.submit(await world.begin(user), alice)).status).toBe(500)
      for (const target of ['//evil.example/', '/\\evil.example/']) {
        world.configure({ authenticate: () => login.redirectTo(target) })
        const got = await user.submit(await world.begin(user), alice)
        expect(got.location ?? world.loginUrl).toContain(world.loginUrl)
      }
      world.configure({
        authenticate: () => login.redirectTo((handle) => `https://idp.example/authorize?state=${handle}`),
      })
      const got = await user.submit(await world.begin(user), alice)
      expect(got.location).toMatch(/^https:\/\/idp\.example\/authorize\?state=[\w-]{43}$/)
    })
  })

  describe('what a client says about itself', () => {
    const withClient = async (client: Record<string, unknown>): Promise<Got> => {
      await world.admin.clients.set('photos', { ...(await world.admin.clients.get('photos')), ...client })
      return (await toConsent())[1]
    }
    /** 26.2 refuses such links at registration, older servers store anything: a stored one is played by a fault. */
    const withStoredClient = async (client: Record<string, unknown>): Promise<Got> => {
      const [user, page] = await toConsent()
      const challenge = page.url.searchParams.get('consent_challenge') ?? ''
      const seen = await world.admin.consentRequests.get(challenge)
      const request = seen.state === 'open' ? seen.request : undefined
      world.hydra.faults.add({
        route: 'GET /oauth2/auth/requests/consent',
        port: 'admin',
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...request, client: { ...request?.client, ...client } }),
      })
      const got = await user.send(page.url)
      await world.hydra.faults.clear()
      return got
    }

    test.each([
      'javascript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'https://user:password@evil.example/',
      `https://evil.example/${'a'.repeat(2048)}`,
      'mailto:a@b.example',
      '//evil.example',
    ])('no link to %.40s', async (uri) => {
      const page = await withStoredClient({ client_uri: uri, policy_uri: uri, tos_uri: uri, logo_uri: uri })
      expect(page.status).toBe(200)
      expect(page.body).not.toContain('<a ')
      expect(page.body).not.toContain('evil.example')
    })

    test('http(s) links are shown, as links that carry nothing along', async () => {
      const page = await withClient({ policy_uri: 'https://photos.example/privacy?a="b"' })
      expect(page.body).toContain('href="https://photos.example/privacy?a=%22b%22"')
      expect(page.body).toContain('rel="noopener noreferrer nofollow"')
      expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    })

    test('a name of a megabyte is cut, on a page of a few kilobytes', async () => {
      const page = await withStoredClient({ client_name: 'x'.repeat(900_000) })
      expect(page.status).toBe(200)
      expect(page.body.length).toBeLessThan(20_000)
      expect(textOf(page)).toContain(`${'x'.repeat(63)}…`)
    })

    test('a name that is markup is text; bidi and invisible characters are gone', async () => {
      const page = await withStoredClient({ client_name: '<img src=x onerror=alert(1)>\u202EknaB\u2066\u200B\u0000' })
      expect(page.body).not.toContain('<img')
      expect(page.body).toContain('&lt;img src=x onerror=alert(1)&gt;knaB')
      for (const hidden of ['\u202E', '\u2066', '\u200B', '\u0000']) expect(page.body).not.toContain(hidden)
    })

    test.each(['https://a;sandbox/l.png', 'https://a,b.example/l.png', 'https://*/l.png', "https://'none'/l.png"])(
      'the logo %s says nothing in the policy',
      async (logo_uri) => {
        world.configure({ clientLogos: true })
        const page = await withStoredClient({ logo_uri })
        expect(page.status).toBe(200)
        expect(page.body).not.toContain('<img')
        expect(page.headers.get('content-security-policy')).not.toContain('img-src')
      },
    )

    test('logos are not loaded unless that is wanted, and then only https', async () => {
      const logo = { logo_uri: 'https://photos.example/logo.png' }
      expect((await withStoredClient(logo)).body).not.toContain('<img')
      world.configure({ clientLogos: true })
      const page = await withStoredClient(logo)
      expect(page.body).toContain('<img src="https://photos.example/logo.png"')
      expect(page.headers.get('content-security-policy')).toContain('img-src https://photos.example')
      expect((await withStoredClient({ logo_uri: 'http://photos.example/logo.png' })).body).not.toContain('<img')
    })
  })

  describe('addresses', () => {
    test.each([
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example',
      'javascript:alert(1)',
      'http://127.0.0.1:1/',
      'http://a@evil.example/',
    ])('redirect_to %s is not followed', async (target) => {
      const user = visitor()
      const page = await world.begin(user)
      world.hydra.faults.add({
        route: 'PUT /oauth2/auth/requests/login/accept',
        port: 'admin',
        kind: 'status',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_to: target }),
      })
      const got = await user.submit(page, alice)
      await world.hydra.faults.clear()
      expect(got.location).toBeUndefined()
      expect(got.status).toBe(502)
      expect(textOf(got)).not.toContain('evil')
    })

    test('the Host header decides nothing', async () => {
      const user = visitor()
      const page = await world.begin(user)
      const got = await user.submit(page, alice, { host: 'evil.example' })
      expect(got.location).toContain(world.hydra.publicUrl)
    })

    test.each([
      '//evil.example/login',
      '/%2e%2e/login',
      'http://evil.example/login?login_challenge=x',
      '/login%00',
      '/login/../consent',
    ])('the target %s breaks nothing', async (target) => {
      const raw = await rawRequest(world.loginUrl, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      expect(raw).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(raw).not.toMatch(/\r\nlocation:/i)
    })

    test('texts in the error page’s address are not shown as ours', async () => {
      world.configure({ showErrorDescriptions: false })
      const page = await visitor().send(`${world.loginUrl}/error?error=%3Cb%3Ecall&error_description=Call+0900+now`)
      expect(page.status).toBe(400)
      expect(textOf(page)).not.toContain('0900')
      expect(textOf(page)).not.toContain('call')
    })
  })

  describe('bodies', () => {
    test.each([
      ['another type', 'text/plain', 'a=b'],
      ['broken JSON', 'application/json', '{'],
      ['JSON that is no object', 'application/json', '[]'],
      ['three hundred fields', 'application/x-www-form-urlencoded', 'a=1&'.repeat(300)],
    ])('%s is 400', async (_name, type, body) => {
      const user = visitor()
      const page = await world.begin(user)
      const got = await user.send(page.url, { method: 'POST', headers: { 'content-type': type }, body })
      expect(got.status).toBe(400)
    })

    test('other methods are 405, HEAD decides nothing', async () => {
      const user = visitor()
      const page = await world.begin(user)
      const got = await user.send(page.url, { method: 'PUT' })
      expect(got.status).toBe(405)
      expect(got.headers.get('allow')).toContain('POST')
      world.configure({ begin: () => login.accept({ subject: 'alice' }) })
      expect((await user.send(page.url, { method: 'HEAD' })).status).toBe(200)
      expect(accepted()).toEqual([])
    })
  })

  describe('guessing', () => {
    const guess: Fields = [
      ['email', 'alice@example.com'],
      ['password', 'guess'],
      ['choice', 'sign-in'],
    ]

    test('the eleventh password in a quarter of an hour is not tried; a thousand at once are no more', async () => {
      let asked = 0
      world.configure({ authenticate: () => ((asked += 1), login.retry('no')) })
      const user = visitor()
      const page = await world.begin(user)
      const all = await Promise.all(Array.from({ length: 40 }, () => user.submit(page, guess)))
      expect(asked).toBe(10)
      const refused = all.filter(({ status }) => status === 429)
      expect(refused).toHaveLength(30)
      expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused[0]?.body).toContain('value="alice@example.com"')
      world.hydra.clock.advance('16m')
      expect((await user.submit(await world.begin(user), guess)).status).toBe(422)
    })

    test('`limit` of the app decides instead', async () => {
      const seen: unknown[] = []
      world.configure({ limit: (attempt) => (seen.push(attempt), { retryAfterSeconds: 7 }) })
      const user = visitor()
      const got = await user.submit(await world.begin(user), alice)
      expect(got.status).toBe(429)
      expect(got.headers.get('retry-after')).toBe('7')
      expect(seen).toMatchObject([{ kind: 'login', phase: 'try', account: 'alice@example.com', ip: '127.0.0.1' }])
    })
  })
}
