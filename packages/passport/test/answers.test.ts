/** What plain Passport answers on Express with this strategy: exact status, exact bytes of the challenge. */
import { useHydra, type HydraHandle } from '@hydra-kit/embedded/testing'
import { HydraBearerStrategy, type HydraAuthenticateOptions, type RefusalReason } from '@hydra-kit/passport'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { AuthenticateOptions } from 'passport'
import { bearer, serve, type Api, type Received, type Sent } from './support/api.ts'
import { insufficient, invalidRequest, invalidToken } from './support/challenges.ts'

const audience = 'https://api.example.com'
const hydra = useHydra()
const running: { api?: Api; close?: () => Promise<void> } = {}
let reasons: RefusalReason[] = []

afterEach(async () => {
  await running.api?.close()
  await running.close?.()
  reasons = []
})

/** An API whose only route asks for what is given. */
async function photoApi(route: HydraAuthenticateOptions = {}, more: object = {}): Promise<Api> {
  const { issuer, adminUrl } = hydra
  const strategy = new HydraBearerStrategy({
    issuer,
    adminUrl,
    audience,
    now: () => hydra.now(),
    onRefused: ({ reason }) => reasons.push(reason),
    ...more,
  })
  running.close = () => strategy.resourceServer.close()
  running.api = await serve((app, passport) => {
    passport.use(strategy)
    app.all(
      '/photos',
      passport.authenticate('hydra', { session: false, ...route } as AuthenticateOptions),
      (req, res) => {
        const { subject } = req.user as { subject?: string }
        res.json({ subject, info: (req.authInfo as { token: unknown }).token === req.user })
      },
    )
  })
  return running.api
}

const good = (more: object = {}): Promise<string> =>
  hydra.mint.accessToken({ subject: 'ada', clientId: 'photos', scope: ['photos.read'], audience: [audience], ...more })

interface Row {
  request: string
  route?: HydraAuthenticateOptions
  send: (hydra: HydraHandle) => Sent | Promise<Sent>
  status: number
  challenge: string
  reason: RefusalReason
}

const rows: Row[] = [
  { request: 'no Authorization', send: () => ({}), status: 401, challenge: 'Bearer', reason: 'missing' },
  {
    request: 'no Authorization, where scopes are needed',
    route: { scope: 'photos.read photos.write' },
    send: () => ({}),
    status: 401,
    challenge: 'Bearer scope="photos.read photos.write"',
    reason: 'missing',
  },
  {
    request: 'no Authorization, where one of two scopes is needed',
    route: { anyScope: ['photos.read', 'photos.admin'] },
    send: () => ({}),
    status: 401,
    challenge: 'Bearer scope="photos.read"',
    reason: 'missing',
  },
  {
    request: 'another scheme',
    send: () => ({ headers: { authorization: 'Basic YWRhOng=' } }),
    status: 401,
    challenge: 'Bearer',
    reason: 'missing',
  },
  {
    request: 'Bearer alone',
    send: () => ({ headers: { authorization: 'Bearer' } }),
    status: 400,
    challenge: invalidRequest,
    reason: 'malformed',
  },
  {
    request: 'illegal characters',
    send: () => ({ headers: bearer('a"b') }),
    status: 400,
    challenge: invalidRequest,
    reason: 'malformed',
  },
  {
    request: 'two Authorization fields, the first of them good',
    send: async () => ({ headers: { authorization: [`Bearer ${await good()}`, 'Bearer other'] } }),
    status: 400,
    challenge: invalidRequest,
    reason: 'two_tokens',
  },
  {
    request: 'an unknown token',
    send: () => ({ headers: bearer('nonsense') }),
    status: 401,
    challenge: invalidToken,
    reason: 'inactive',
  },
  {
    request: 'a refresh token, which Hydra calls active',
    send: async () => ({
      headers: bearer(await hydra.mint.refreshToken({ scope: ['photos.read'], audience: [audience] })),
    }),
    status: 401,
    challenge: invalidToken,
    reason: 'refresh_token',
  },
  {
    request: 'a JWT with a bad signature',
    send: async () => ({ headers: bearer(await good({ format: 'jwt', defect: 'wrong_key' })) }),
    status: 401,
    challenge: invalidToken,
    reason: 'bad_signature',
  },
  {
    request: "another API's token",
    send: async () => ({ headers: bearer(await good({ audience: ['https://other.example.com'] })) }),
    status: 401,
    challenge: invalidToken,
    reason: 'wrong_audience',
  },
  {
    request: "the API's token, where the route has an audience of its own",
    route: { audience: 'https://admin.example.com' },
    send: async () => ({ headers: bearer(await good()) }),
    status: 401,
    challenge: invalidToken,
    reason: 'wrong_audience',
  },
  {
    request: 'a missing scope',
    route: { scope: ['photos.read', 'photos.write'] },
    send: async () => ({ headers: bearer(await good()) }),
    status: 403,
    challenge: `${insufficient}, scope="photos.read photos.write"`,
    reason: 'insufficient_scope',
  },
  {
    request: 'none of several scopes',
    route: { anyScope: 'photos.write photos.admin' },
    send: async () => ({ headers: bearer(await good()) }),
    status: 403,
    challenge: `${insufficient}, scope="photos.write"`,
    reason: 'insufficient_scope',
  },
  {
    request: 'a wrong claim',
    route: { claims: { tenant: 7 } },
    send: async () => ({ headers: bearer(await good({ format: 'jwt', claims: { ext: { tenant: 8 } } })) }),
    status: 403,
    challenge: insufficient,
    reason: 'claim_mismatch',
  },
  {
    request: 'a bad token, where a token is optional',
    route: { optional: true },
    send: () => ({ headers: bearer('nonsense') }),
    status: 401,
    challenge: invalidToken,
    reason: 'inactive',
  },
]

test.each(rows)('$request: $status', async ({ route = {}, send, status, challenge, reason }) => {
  const api = await photoApi(route)
  const answer = await api.send(await send(hydra))
  expect([answer.status, answer.headers['www-authenticate']]).toEqual([status, challenge])
  expect(reasons).toEqual([reason])
})

describe.each(['opaque', 'jwt'] as const)('a good %s token', (format) => {
  test.each<[string, HydraAuthenticateOptions]>([
    ['nothing more', {}],
    ['its scope', { scope: 'photos.read' }],
    ['one of its scopes', { anyScope: ['photos.admin', 'photos.read'] }],
    ['its audience', { audience: ['https://other.example.com', audience] }],
    ['a proof of this moment', { freshWithinSeconds: 0 }],
    ['a claim', { claims: { client_id: 'photos' } }],
    ['an optional token', { optional: true }],
  ])('passes a route that asks for %s', async (_what, route) => {
    const api = await photoApi(route)
    const answer = await api.send({ headers: bearer(await good({ format })) })
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { subject: 'ada', info: true }])
    expect(answer.headers['www-authenticate']).toBeUndefined()
  })
})

test('the realm and the place of the metadata stand in the challenge', async () => {
  const api = await photoApi({}, { realm: 'photos', resourceMetadataUrl: 'https://api.example.com/.well-known/x' })
  expect((await api.send()).headers['www-authenticate']).toBe(
    'Bearer realm="photos", resource_metadata="https://api.example.com/.well-known/x"',
  )
})

test('a revoked token passes at most until the proof must be fresh', async () => {
  const token = await good()
  const api = await photoApi({ freshWithinSeconds: 0 })
  expect((await api.send({ headers: bearer(token) })).status).toBe(200)
  await fetch(`${hydra.adminUrl}/admin/oauth2/tokens?client_id=photos`, { method: 'DELETE' })
  expect((await api.send({ headers: bearer(token) })).status).toBe(401)
})

test('a token in the query makes the answer private, and two places at once are refused', async () => {
  const token = await good()
  const api = await photoApi({}, { tokenFrom: ['header', 'query'] })
  const answer = await api.send({ path: `/photos?access_token=${token}` })
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'private'])
  expect((await api.send({ path: `/photos?access_token=${token}`, headers: bearer(token) })).status).toBe(400)
})

describe('an outage', () => {
  const isOutage = (answer: Received): void => {
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([503, undefined])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  }
  test('of introspection is 503 with Retry-After, never 401', async () => {
    hydra.faults.add({ route: 'POST /oauth2/introspect', kind: 'status', status: 500 })
    isOutage(await (await photoApi()).send({ headers: bearer(await good()) }))
  })
  test('of the keys likewise', async () => {
    hydra.faults.add({ route: '/.well-known/jwks.json', kind: 'reset', at: 'headers' })
    isOutage(await (await photoApi()).send({ headers: bearer(await good({ format: 'jwt' })) }))
  })
  test('lets no other strategy answer in its place', async () => {
    hydra.faults.add({ route: 'POST /oauth2/introspect', kind: 'status', status: 500 })
    isOutage(await (await photoApi({ optional: true })).send({ headers: bearer(await good()) }))
  })
  test("passes on Hydra's own Retry-After", async () => {
    const headers = { 'retry-after': '17' }
    hydra.faults.add({ route: 'POST /oauth2/introspect', kind: 'status', status: 429, headers })
    const answer = await (await photoApi()).send({ headers: bearer(await good()) })
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '17'])
  })
})
