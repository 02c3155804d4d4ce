import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { authorization, browser, hydraLifecycle, signIn, useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, claimsOf, introspect } from '../user-agent.ts'

describe('signIn', () => {
  const hydra = useHydra({
    clients: [
      appClient,
      { ...appClient, client_id: 'basic', token_endpoint_auth_method: 'client_secret_basic' },
      { ...appClient, client_id: 'public', client_secret: '', token_endpoint_auth_method: 'none' },
    ],
  })

  test.each([
    ['app', 'app-secret'],
    ['basic', 'app-secret'],
    ['public', undefined],
  ])('signs in at the client %s', async (clientId, clientSecret) => {
    const signedIn = await signIn(hydra, {
      clientId,
      ...(clientSecret === undefined ? {} : { clientSecret }),
      subject: 'alice',
      scope: 'openid offline photos.read',
      audience: 'https://api.example',
      acr: 'gold',
      amr: ['pwd'],
      session: { accessToken: { tenant: 7 }, idToken: { email: 'a@b.c' } },
    })
    expect(await introspect(hydra, signedIn.accessToken)).toMatchObject({
      sub: 'alice',
      client_id: clientId,
      scope: 'openid offline photos.read',
      aud: ['https://api.example'],
      ext: { tenant: 7 },
    })
    expect(claimsOf(signedIn.idToken)).toMatchObject({
      sid: signedIn.sessionId,
      acr: 'gold',
      amr: ['pwd'],
      email: 'a@b.c',
    })
    expect(signedIn.refreshToken).toMatch(/^ory_rt_/)
  })

  test('keeps to one session in one browser', async () => {
    const one = browser()
    const options = { clientId: 'app', clientSecret: 'app-secret', subject: 'alice', remember: true, browser: one }
    const first = await signIn(hydra, options)
    expect((await signIn(hydra, options)).sessionId).toBe(first.sessionId)
    expect((await signIn(hydra, { ...options, browser: browser() })).sessionId).not.toBe(first.sessionId)
  })

  test('says which step was refused, and why', async () => {
    const options = { clientId: 'app', clientSecret: 'app-secret', subject: 'alice' }
    await expect(signIn(hydra, { ...options, clientId: 'nobody' })).rejects.toThrow(
      /^signIn: GET \/clients\/nobody was refused: 404/,
    )
    await expect(signIn(hydra, { ...options, scope: 'admin' })).rejects.toThrow(
      /^signIn: no login_challenge after the step authorize: invalid_scope/,
    )
    await expect(signIn(hydra, { ...options, clientSecret: 'wrong-one' })).rejects.toThrow(
      /^signIn: POST \/oauth2\/token was refused: 401 invalid_client/,
    )
  })
})

describe('useHydra', () => {
  const hydra = useHydra({ clients: [appClient] })

  test('gives each test a fresh server (first)', async () => {
    await admin(hydra, 'POST', '/clients', { client_id: 'left-behind' })
    expect(hydra.inspect.clients()).toHaveLength(2)
  })

  test('gives each test a fresh server (second)', () => {
    expect(hydra.inspect.clients()).toHaveLength(1)
  })
})

describe('hydraLifecycle', () => {
  test('is the same as plain functions', async () => {
    const life = hydraLifecycle()
    expect(() => life.hydra).toThrow(/not running/)
    await life.start()
    const { adminUrl } = life.hydra
    await admin(life.hydra, 'POST', '/clients', { client_id: 'x' })
    await life.reset()
    expect(life.hydra.inspect.clients()).toEqual([])
    await life.stop()
    await expect(fetch(`${adminUrl}/health/alive`)).rejects.toThrow()
    expect(() => life.hydra).toThrow(/not running/)
  })
})

test('authorization is a header', () => {
  expect(authorization('t')).toEqual({ Authorization: 'Bearer t' })
})

describe('browser', () => {
  let server: Server
  let base = ''
  beforeAll(async () => {
    server = createServer((message, response) => {
      const path = message.url ?? ''
      if (path === '/set')
        response
          .writeHead(302, { location: '/show', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/deep', 'c=3; Max-Age=0'] })
          .end()
      else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end()
      else if (path === '/keep') response.writeHead(307, { location: '/show' }).end()
      else if (path === '/forget') response.writeHead(200, { 'set-cookie': 'a=; Path=/; Max-Age=0' }).end()
      else response.end(`${message.method} ${message.headers.cookie ?? 'none'}`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('keeps cookies by path, and forgets those that end', async () => {
    const user = browser()
    expect((await user.open(`${base}/set`, { follow: true })).body).toBe('GET a=1')
    expect(user.cookieNames(`${base}/deep/x`)).toEqual(['a', 'b'])
    await user.open(`${base}/forget`)
    expect(user.cookieNames(base)).toEqual([])
  })

  test('follows redirects only where it is told to', async () => {
    const user = browser()
    const stopped = await user.open(`${base}/set`)
    expect([stopped.status, stopped.location?.pathname]).toEqual([302, '/show'])
    const never = await user.open(`${base}/set`, { follow: (url) => url.pathname !== '/show' })
    expect(never.status).toBe(302)
    expect((await user.open(`${base}/set`, { form: { x: '1' }, follow: true })).body).toMatch(/^GET/)
    expect((await user.open(`${base}/keep`, { form: { x: '1' }, follow: true })).body).toMatch(/^POST/)
    await expect(user.open(`${base}/loop`, { follow: true })).rejects.toThrow(/more than 20 redirects/)
  })

  test('a clone is another tab that goes its own way', async () => {
    const user = browser()
    await user.open(`${base}/set`)
    const tab = user.clone()
    user.clearCookies()
    expect([user.cookieNames(base), tab.cookieNames(base)]).toEqual([[], ['a']])
  })
})
