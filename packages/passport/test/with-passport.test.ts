/** How the strategy gets on with the rest of Passport: verify functions, callbacks, chains, sessions. */
import { useHydra } from '@hydra-kit/embedded/testing'
import {
  failureOf,
  HydraBearerStrategy,
  type HydraAuthInfo,
  type PassportActions,
  type ResourceServer,
  type VerifiedToken,
} from '@hydra-kit/passport'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Request, RequestHandler } from 'express'
import type { AuthenticateOptions, Strategy } from 'passport'
import { bearer, serve, type Api } from './support/api.ts'
import { insufficient, invalidToken } from './support/challenges.ts'

const hydra = useHydra()
const alice = signedInAs({ subject: 'alice', scopes: ['photos.read'] })
const resourceServer: ResourceServer = fakeResourceServer({ tokens: { alice, down: 'unavailable' } })
let api: Api | undefined
afterEach(() => api?.close())

/** Serves one route behind a strategy, and answers who is there. */
async function behind(strategy: Strategy, options: object = {}): Promise<Api> {
  api = await serve((app, passport) => {
    passport.use(strategy)
    app.get(
      '/photos',
      passport.authenticate('hydra', { session: false, ...options } as AuthenticateOptions),
      (req, res) => void res.json({ user: req.user, info: Object.keys(req.authInfo ?? {}) }),
    )
  })
  return api
}

const asked = { headers: bearer('alice') }

describe('verify', () => {
  test('makes a user of token and request; the token stays in authInfo', async () => {
    const strategy = new HydraBearerStrategy({
      resourceServer,
      verify: async (token, request) => ({ id: token.subject, agent: request.headers['user-agent'] }),
    })
    api = await behind(strategy)
    const answer = await api.send({ headers: { ...asked.headers, 'user-agent': 'test' } })
    expect(JSON.parse(answer.body)).toEqual({ user: { id: 'alice', agent: 'test' }, info: ['token'] })
  })

  test.each([false, null, undefined])('that answers %s refuses the token', async (nobody) => {
    const strategy = new HydraBearerStrategy({ resourceServer, verify: () => nobody })
    const answer = await (await behind(strategy)).send(asked)
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, invalidToken])
  })

  test('is not asked about a token that is not good, nor about one without the scope', async () => {
    let calls = 0
    const strategy = new HydraBearerStrategy({ resourceServer, verify: () => ({ calls: ++calls }) })
    api = await behind(strategy as never, { scope: 'photos.write' })
    expect((await api.send({ headers: bearer('nonsense') })).status).toBe(401)
    expect((await api.send(asked)).status).toBe(403)
    expect(calls).toBe(0)
  })

  test('that throws is an error of the app', async () => {
    const verify = (): never => {
      throw new Error('database gone')
    }
    expect((await (await behind(new HydraBearerStrategy({ resourceServer, verify }))).send(asked)).status).toBe(500)
  })
})

describe("Passport's own kind of verify function", () => {
  test('answers by done, and its info goes along', async () => {
    const strategy = new HydraBearerStrategy({ resourceServer }, (token: VerifiedToken, done) => {
      setImmediate(() => done(null, { id: token.subject }, { plan: 'free' }))
    })
    const answer = await (await behind(strategy)).send(asked)
    expect(JSON.parse(answer.body)).toEqual({ user: { id: 'alice' }, info: ['plan', 'token'] })
  })

  test('cannot put another token into authInfo', async () => {
    const strategy = new HydraBearerStrategy({ resourceServer }, (_token: VerifiedToken, done) =>
      done(null, {}, { token: 'forged' }),
    )
    let info: HydraAuthInfo | undefined
    api = await serve((app, passport) => {
      passport.use(strategy)
      app.get('/photos', passport.authenticate('hydra', { session: false }), (req, res) => {
        info = req.authInfo as HydraAuthInfo
        res.end()
      })
    })
    await api.send(asked)
    expect(info?.token).toBe(alice)
  })

  test('gets the request in front of the token if it wants', async () => {
    const strategy = new HydraBearerStrategy(
      { resourceServer, passReqToCallback: true },
      (request, token: VerifiedToken, done) => done(null, { id: token.subject, method: request.method }),
    )
    const answer = await (await behind(strategy)).send(asked)
    expect(JSON.parse(answer.body).user).toEqual({ id: 'alice', method: 'GET' })
  })

  test.each([
    ['passes an error', (_token: VerifiedToken, done: (error: Error) => void) => done(new Error('database gone')), 500],
    ['throws', () => Promise.reject(new Error('database gone')), 500],
    ['finds nobody', (_token: VerifiedToken, done: (error: null, user: false) => void) => done(null, false), 401],
    ['returns the user instead of calling done', async () => ({ id: 1 }), 500],
  ])('that %s', async (_what, verify, status) => {
    const strategy = new HydraBearerStrategy(
      { resourceServer },
      verify as (token: VerifiedToken, done: unknown) => void,
    )
    expect((await (await behind(strategy)).send(asked)).status).toBe(status)
  })
})

describe('a chain', () => {
  const key: Strategy = {
    name: 'key',
    authenticate(this: Strategy & PassportActions, req: Request) {
      if (req.headers['x-key'] === 'right') this.success({ id: 'key' })
      else this.fail('Key realm="test"', 401)
    },
  }
  const chained = async (options: object = {}): Promise<Api> => {
    api = await serve((app, passport) => {
      passport.use(new HydraBearerStrategy({ resourceServer }))
      passport.use(key)
      const both = passport.authenticate(['hydra', 'key'], { session: false, ...options })
      app.get('/photos', both, (req, res) => void res.json(req.user))
    })
    return api
  }

  test('goes on after a refusal', async () => {
    api = await chained({ scope: 'photos.write' })
    expect((await api.send({ headers: { 'x-key': 'right' } })).body).toBe('{"id":"key"}')
    expect((await api.send({ headers: { ...bearer('alice'), 'x-key': 'right' } })).status).toBe(200)
  })

  test('ends with the challenges of all', async () => {
    api = await chained()
    const answer = await api.send({})
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer\nKey realm="test"'])
  })

  test('keeps status and challenge of a missing scope', async () => {
    api = await chained({ scope: 'photos.write' })
    const answer = await api.send(asked)
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([403, `${insufficient}, scope="photos.write"`])
  })

  test('that ends with a strategy which lets everybody in refuses no token; optional does', async () => {
    const anonymous: Strategy = {
      name: 'anonymous',
      authenticate(this: Strategy & PassportActions) {
        this.pass()
      },
    }
    api = await serve((app, passport) => {
      passport.use(new HydraBearerStrategy({ resourceServer }))
      passport.use(anonymous)
      const route = (chain: string | string[], options: object): RequestHandler =>
        passport.authenticate(chain, { session: false, ...options }) as RequestHandler
      const answer: RequestHandler = (req, res) =>
        void res.json({ user: req.user ?? null, refused: failureOf(req)?.reason })
      app.get('/chain', route(['hydra', 'anonymous'], { scope: 'photos.write' }), answer)
      app.get('/optional', route('hydra', { optional: true }), answer)
    })
    const call = async (path: string, token: string): Promise<unknown> => {
      const { status, body } = await (api as Api).send({ path, headers: bearer(token) })
      return [status, status === 200 ? JSON.parse(body) : undefined]
    }
    expect(await call('/chain', 'nonsense')).toEqual([200, { user: null, refused: 'inactive' }])
    expect(await call('/chain', 'alice')).toEqual([200, { user: null, refused: 'insufficient_scope' }])
    expect(await call('/optional', 'nonsense')).toEqual([401, undefined])
  })

  test('ends at an outage: nobody knows whether the token is good', async () => {
    api = await chained()
    expect((await api.send({ headers: { ...bearer('down'), 'x-key': 'right' } })).status).toBe(503)
  })
})

test('a custom callback gets challenge and status, and finds the whole answer', async () => {
  api = await serve((app, passport) => {
    passport.use(new HydraBearerStrategy({ resourceServer }))
    app.get('/photos', (req, res, next) => {
      const callback = (error: unknown, user: unknown, info: unknown, status: unknown): void => {
        res.json({ error, user, info, status, failure: failureOf(req) })
      }
      const middleware = passport.authenticate('hydra', { session: false }, callback) as (...args: unknown[]) => void
      middleware(req, res, next)
    })
  })
  expect(JSON.parse((await api.send({ headers: bearer('nonsense') })).body)).toEqual({
    error: null,
    user: false,
    info: invalidToken,
    status: 401,
    failure: {
      status: 401,
      headers: { 'www-authenticate': invalidToken, 'cache-control': 'no-store' },
      body: { error: 'invalid_token', error_description: expect.stringContaining('not valid here') },
      reason: 'inactive',
    },
  })
})

test('failureOf finds nothing where nothing was refused', () => {
  expect([failureOf(undefined), failureOf('x'), failureOf({}), failureOf(new Error('x'))]).toEqual(
    Array.from({ length: 4 }, () => undefined),
  )
})

describe('mistakes in what a route asks for are 500, never an open door', () => {
  test.each<[string, object, RegExp]>([
    ['a login session', { session: true }, /session: false/],
    ['a session by default', { session: undefined }, /session: false/],
    ['a scope that is undefined', { scope: undefined }, /scope is undefined/],
    ['an audience that is undefined', { audience: undefined }, /audience is undefined/],
    ['a mistyped name', { scopes: ['photos.read'] }, /"scopes".*Use scope/],
    ['no scope at all', { scope: [] }, /scope must name at least one/],
    ['an empty scope', { scope: '' }, /scope must name at least one/],
    ['an impossible scope', { anyScope: ['a"b'] }, /anyScope must name at least one/],
    ['no claim at all', { claims: {} }, /claims must name at least one/],
    ['no audience at all', { audience: [] }, /audience must be/],
    ['an impossible age', { freshWithinSeconds: -1 }, /freshWithinSeconds/],
    ['an optional token with a scope', { optional: true, scope: 'photos.read' }, /optional/],
    ['optional that is no boolean', { optional: 'yes' }, /optional must be/],
  ])('%s', async (_what, options, message) => {
    const errors: Error[] = []
    api = await serve((app, passport) => {
      passport.use(new HydraBearerStrategy({ resourceServer }))
      app.get('/photos', passport.authenticate('hydra', { session: false, ...options }), (_req, res) => void res.end())
      app.use((error: Error, _req: unknown, _res: unknown, next: (error: Error) => void) => {
        errors.push(error)
        next(error)
      })
    })
    for (const sent of [asked, {}]) expect((await api.send(sent)).status).toBe(500)
    expect(errors.map(({ message: text }) => text)).toEqual([
      expect.stringMatching(message),
      expect.stringMatching(message),
    ])
    expect(errors[0]).toMatchObject({ name: 'TypeError', code: 'ERR_OPTIONS' })
  })
})

test('authorize() puts the token beside the user of the app', async () => {
  api = await serve((app, passport) => {
    passport.use(new HydraBearerStrategy({ resourceServer }))
    app.get('/photos', passport.authorize('hydra'), (req, res) => {
      res.json({ user: req.user ?? null, account: (req as { account?: VerifiedToken }).account?.subject })
    })
  })
  expect(JSON.parse((await api.send(asked)).body)).toEqual({ user: null, account: 'alice' })
})

test('an optional token: without one the request passes with nobody', async () => {
  api = await behind(new HydraBearerStrategy({ resourceServer }) as never, { optional: true })
  expect(JSON.parse((await api.send({})).body)).toEqual({ info: [] })
  expect((await api.send({ headers: bearer('nonsense') })).status).toBe(401)
})

test('below a router the whole path is judged', async () => {
  const { issuer, adminUrl } = hydra
  const seen: string[] = []
  const strategy = new HydraBearerStrategy({
    issuer,
    adminUrl,
    audience: null,
    tokenFrom: [({ url }) => (seen.push(url), undefined)],
  })
  api = await serve((app, passport) => {
    passport.use(strategy)
    app.use('/v1', passport.authenticate('hydra', { session: false }))
  })
  await api.send({ path: '/v1/photos?page=2' })
  expect(seen).toEqual(['/v1/photos?page=2'])
  await strategy.resourceServer.close()
})

test('with several issuers the tenant chooses', async () => {
  const one = { issuer: hydra.issuer, adminUrl: hydra.adminUrl, audience: null, name: 'eu' }
  const strategy = new HydraBearerStrategy({
    issuers: [one],
    selectIssuer: ({ tenant }) => tenant,
    tenant: (request) => request.headers['x-tenant'] as string | undefined,
  })
  api = await behind(strategy)
  const headers = bearer(await hydra.mint.accessToken())
  expect((await api.send({ headers: { ...headers, 'x-tenant': 'eu' } })).status).toBe(200)
  expect((await api.send({ headers: { ...headers, 'x-tenant': 'us' } })).status).toBe(401)
  await strategy.resourceServer.close()
})
