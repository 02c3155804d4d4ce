import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  expressOf,
  finishLogin,
  hook,
  login,
  loginConsentErrors,
  loginConsentHandler,
  loginConsentRouter,
  readFlow,
  refreshHook,
  tokenHook,
} from '@hydra-kit/express'
import express, { type Express, type Request } from 'express'
import { textOf } from '../../login-consent/test/support/visitor.ts'
import { alice, startWorld, visitor, type World } from '../../login-consent/test/support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ path: '/account' })
})
beforeEach(() => world.hydra.reset())
afterAll(() => world.stop())

/** Puts an Express app in front. */
function serve(prepare: (app: Express) => void, options: Parameters<World['configure']>[0] = {}): void {
  const app = express()
  world.configure({
    ...options,
    ownPages: (request: IncomingMessage, response: ServerResponse) =>
      new Promise((resolve) => {
        response.once('close', () => resolve(true))
        app(request as never, response as never)
      }),
  })
  prepare(app)
}

const flowOf = (req: Request): string => new URL(req.url, world.loginUrl).searchParams.get('flow') ?? ''

const mounts: [name: string, prepare: (app: Express) => void][] = [
  ['mounted below the path', (app) => void app.use('/account', loginConsentRouter(world.provider))],
  ['at the top, with the whole path', (app) => void app.use(loginConsentRouter(world.provider))],
  [
    'behind a proxy that strips the path',
    (app) => {
      app.use((req, _res, next) => {
        req.url = req.url.replace(/^\/account/, '')
        next()
      })
      app.use(loginConsentRouter(world.provider))
    },
  ],
  [
    'behind express.urlencoded()',
    (app) => void app.use(express.urlencoded({ extended: true })).use(loginConsentRouter(world.provider)),
  ],
  ['behind express.json() only', (app) => void app.use(express.json()).use(loginConsentRouter(world.provider))],
  ['behind express.raw()', (app) => void app.use(express.raw({ type: '*/*' })).use(loginConsentRouter(world.provider))],
]

test.each(mounts)('a whole flow: %s', async (_name, prepare) => {
  serve(prepare)
  const user = visitor()
  const page = await world.signIn(user, await world.begin(user))
  expect(textOf(page)).toContain('Allow access?')
  const end = await world.follow(
    user,
    await user.submit(page, [
      ['scope', 'photos.read'],
      ['scope', 'offline'],
      ['choice', 'allow'],
    ]),
  )
  expect((await world.redeem(end))['scope']).toBe('openid offline photos.read')
})

test('other paths pass, and what was set before stays', async () => {
  serve((app) => {
    app.use((_req, res, next) => {
      res.append('Set-Cookie', 'own=1')
      next()
    })
    app.use(loginConsentRouter(world.provider))
    app.get('/hello', (_req, res) => void res.send('hello'))
  })
  expect((await visitor().send(new URL('/hello', world.loginUrl))).body).toBe('hello')
  const page = await world.begin(visitor())
  expect(page.headers.getSetCookie().map((cookie) => cookie.split('=')[0])).toEqual(['own', 'hydra_kit_browser'])
  expect(page.headers.get('etag')).toBeNull()
})

test('no other origin can read a page, whatever cors() of the app allows', async () => {
  serve((app) => {
    app.use((_req, res, next) => {
      res.set({ 'Access-Control-Allow-Origin': 'https://other.example', 'Access-Control-Allow-Credentials': 'true' })
      next()
    })
    app.use(loginConsentRouter(world.provider))
  })
  const { headers } = await world.begin(visitor())
  expect(headers.get('access-control-allow-origin')).toBeNull()
  expect(headers.get('access-control-allow-credentials')).toBeNull()
})

test('native hands req and res to the deciding functions', async () => {
  let seen: unknown
  serve(
    (app) => {
      app.use((req, _res, next) => {
        Object.assign(req, { session: { userId: 'alice' } })
        next()
      })
      app.use(loginConsentRouter(world.provider))
    },
    {
      begin({ native }) {
        const { req, res } = expressOf(native)
        seen = typeof res.append
        return login.accept({ subject: (req as unknown as { session: { userId: string } }).session.userId })
      },
    },
  )
  expect(textOf(await world.begin(visitor()))).toContain('Signed in as alice')
  expect(seen).toBe('function')
  expect(() => expressOf(undefined)).toThrow(TypeError)
})

test('one step at a path of its own, with its own deciding function', async () => {
  serve((app) => {
    app.all(
      '/account/login',
      loginConsentHandler(world.provider, 'login', { authenticate: () => login.accept({ subject: 'bob' }) }),
    )
    app.use(loginConsentRouter(world.provider))
  })
  const user = visitor()
  expect(textOf(await world.signIn(user, await world.begin(user)))).toContain('Signed in as bob')
})

test('a second step at a page of the app', async () => {
  serve(
    (app) => {
      app.get('/account/code', (req, res, next) => {
        readFlow(world.provider, req, flowOf(req)).then((flow) => res.json(flow.data), next)
      })
      app.post('/account/code', (req, res, next) => {
        finishLogin(world.provider, req, res, flowOf(req), login.accept({ subject: 'alice' })).catch(next)
      })
      app.use(loginConsentRouter(world.provider))
    },
    { authenticate: () => login.redirectTo('/account/code', { data: { step: 1 } }) },
  )
  const user = visitor()
  const away = await world.signIn(user, await world.begin(user))
  expect(JSON.parse(away.body)).toEqual({ step: 1 })
  const done = await world.follow(user, await user.send(away.url, { method: 'POST' }))
  expect(textOf(done)).toContain('Allow access?')
})

test('a flow that is over gets the provider’s page; other errors pass', async () => {
  serve((app) => {
    app.get('/account/code', (req, _res, next) => {
      readFlow(world.provider, req, flowOf(req)).catch(next)
    })
    app.get('/account/broken', (_req, _res, next) => next(Object.assign(new Error('teapot'), { status: 418 })))
    app.use(loginConsentErrors(world.provider))
  })
  const page = await visitor().send(`${world.loginUrl}/code?flow=nothing`)
  expect(page.status).toBe(410)
  expect(textOf(page)).toContain('has expired or was already completed')
  expect((await visitor().send(`${world.loginUrl}/broken`)).status).toBe(418)
})

test('the limiter counts by req.ip, which follows trust proxy', async () => {
  const ips: unknown[] = []
  const options = { limit: ({ ip }: { ip: string | undefined }) => void ips.push(ip) }
  serve((app) => void app.use(loginConsentRouter(world.provider)), options)
  const user = visitor()
  await user.submit(await world.begin(user), alice, { 'x-forwarded-for': '203.0.113.7' })
  serve((app) => void app.set('trust proxy', true).use(loginConsentRouter(world.provider)), options)
  await user.submit(await world.begin(user), alice, { 'x-forwarded-for': '203.0.113.7' })
  expect([...new Set(ips)]).toEqual(['127.0.0.1', '203.0.113.7'])
})

describe('hooks', () => {
  const apiKey = 'a key of sixteen characters'
  const body = { session: { extra: { a: 1 } }, request: { client_id: 'photos', grant_types: ['refresh_token'] } }
  const call = (headers: Record<string, string>): ReturnType<ReturnType<typeof visitor>['send']> =>
    visitor().send(new URL('/hook', world.loginUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })

  test.each([
    ['without a parser', false],
    ['behind express.json()', true],
  ])('answer %s', async (_name, parser) => {
    serve((app) => {
      if (parser) app.use(express.json())
      app.post(
        '/hook',
        tokenHook(() => hook.set({ accessToken: { b: 2 } }), { apiKey }),
      )
    })
    expect((await call({})).status).toBe(401)
    const got = await call({ 'x-api-key': apiKey })
    expect(got.status).toBe(200)
    expect(JSON.parse(got.body)).toEqual({ session: { access_token: { a: 1, b: 2 }, id_token: {} } })
  })

  test('refreshHook is the one that knows no 204', async () => {
    serve(
      (app) =>
        void app.post(
          '/hook',
          refreshHook(() => hook.keep(), { apiKey }),
        ),
    )
    expect((await call({ 'x-api-key': apiKey })).status).toBe(200)
  })

  test('nothing is served without a key', () => {
    expect(() => tokenHook(() => hook.keep(), { apiKey: '' })).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS' }))
  })
})
