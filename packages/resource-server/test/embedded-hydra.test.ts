/** Tokens of a whole Hydra: every kind, every defect, in every mode. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import type { Defect, EmbeddedHydra } from '@hydra-kit/embedded'
import { createHydraClient } from '@hydra-kit/client'
import { createResourceServer } from '../src/index.ts'
import type { IssuerOptions, ResourceServer } from '../src/index.ts'
import { audience, bearer, reasonOf } from './support/world.ts'

let hydra: EmbeddedHydra
beforeAll(async () => {
  hydra = await startHydra({ clients: [{ client_id: 'photos', client_secret: 'secret-of-photos' }] })
})
afterAll(() => hydra.stop())
beforeEach(() => hydra.reset())

const open: ResourceServer[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))
function start(options: Partial<IssuerOptions> = {}): ResourceServer {
  const { issuer, publicUrl, adminUrl, now } = hydra
  const server = createResourceServer({ issuer, publicUrl, adminUrl, audience, now, ...options })
  open.push(server)
  return server
}

const modes: [name: string, options: Partial<IssuerOptions>][] = [
  ['keys', {}],
  ['introspection', { jwtCheck: 'introspection' }],
  ['recheck', { jwtCheck: { recheckSeconds: 60 } }],
  ['no cache', { cache: { maxAgeSeconds: 0, negativeMaxAgeSeconds: 0 } }],
  ['no audience', { audience: null }],
]

describe.each(modes)('mode: %s', (_name, options) => {
  test.each(['opaque', 'jwt'] as const)('an access token is accepted: %s', async (format) => {
    const extra = { tenant: 't1', sub: 'mallory', client_id: 'evil', scope: 'admin' }
    const token = await hydra.mint.accessToken({ format, scope: 'openid photos.read', audience, extra })
    const server = start(options)
    for (let round = 0; round < 2; round++) {
      expect(await server.authenticate(bearer(token))).toMatchObject({
        subject: 'alice',
        clientId: 'minted-client',
        isClientCredentials: false,
        scopes: ['openid', 'photos.read'],
        audience: [audience],
        issuer: hydra.issuer,
        format,
        extra,
      })
    }
  })

  test('a refresh token is refused', async () => {
    const token = await hydra.mint.refreshToken({ audience })
    const server = start(options)
    for (let round = 0; round < 2; round++) {
      expect(await reasonOf(server.authenticate(bearer(token)))).toBe('refresh_token')
    }
  })

  test('an ID token is refused, however much it imitates an access token', async () => {
    const claims = { aud: [audience], client_id: 'minted-client', scp: ['photos.read'], scope: 'photos.read', ext: {} }
    for (const token of [await hydra.mint.idToken(), await hydra.mint.idToken({ claims, nonce: 'n' })]) {
      expect(await reasonOf(start(options).authenticate(bearer(token)))).toMatch(/^(id_token|inactive)$/)
    }
  })

  test('a logout token is refused', async () => {
    const claims = { aud: [audience], client_id: 'minted-client', exp: 4_000_000_000 }
    for (const token of [await hydra.mint.logoutToken(), await hydra.mint.logoutToken({ claims })]) {
      expect(await reasonOf(start(options).authenticate(bearer(token)))).toMatch(/^(logout_token|inactive)$/)
    }
  })
})

test.each([
  ['expired', 'expired'],
  ['not_yet_valid', 'not_yet_valid'],
  ['wrong_issuer', 'wrong_issuer'],
  ['wrong_audience', 'wrong_audience'],
  ['wrong_key', 'bad_signature'],
  ['unknown_kid', 'unknown_key'],
  ['alg_none', 'bad_algorithm'],
  ['hmac_with_public_key', 'bad_algorithm'],
  ['crit', 'bad_algorithm'],
] as [Defect, string][])('a JWT with the defect %s: %s', async (defect, reason) => {
  const token = await hydra.mint.accessToken({ format: 'jwt', audience, defect })
  expect(await reasonOf(start().authenticate(bearer(token)))).toBe(reason)
})

test('an expired opaque token is inactive, and one that expires later is noticed in time', async () => {
  const server = start({ cache: { maxAgeSeconds: 3600 } })
  expect(await reasonOf(server.authenticate(bearer(await hydra.mint.accessToken({ defect: 'expired' }))))).toBe(
    'inactive',
  )
  const token = await hydra.mint.accessToken({ audience, expiresInSeconds: 60 })
  expect(await reasonOf(server.authenticate(bearer(token)))).toBe('accepted')
  hydra.clock.advance('70s')
  expect(await reasonOf(server.authenticate(bearer(token)))).toBe('expired')
})

test('an audience that nobody granted has its own reason', async () => {
  for (const format of ['opaque', 'jwt'] as const) {
    const token = await hydra.mint.accessToken({ format })
    expect(await reasonOf(start().authenticate(bearer(token)))).toBe('audience_missing')
  }
})

test('client credentials: the subject is the client', async () => {
  const token = await hydra.mint.accessToken({ subject: null, audience })
  expect(await start().authenticate(bearer(token))).toMatchObject({
    isClientCredentials: true,
    subject: 'minted-client',
  })
})

test('scopes follow the strategy', async () => {
  const token = await hydra.mint.accessToken({ audience, scope: 'photos.*' })
  const wildcard = await start().authenticate(bearer(token))
  const exact = await start({ scopeStrategy: 'exact' }).authenticate(bearer(token))
  expect([wildcard.hasScope('photos.read'), exact.hasScope('photos.read')]).toEqual([true, false])
})

describe('a revoked token is refused after the stated delay, and not before it has to be', () => {
  async function revoke(token: string): Promise<void> {
    await using client = createHydraClient({ publicUrl: hydra.publicUrl })
    await client.tokens.revoke({ token, clientId: 'photos', clientSecret: 'secret-of-photos' })
  }

  test.each([
    ['opaque', {}, 10],
    ['opaque', { cache: { maxAgeSeconds: 60 } }, 60],
    ['opaque', { cache: { maxAgeSeconds: 0 } }, 0],
    ['opaque', { cache: { staleWhileRevalidateSeconds: 20 } }, 30],
    ['opaque', { cache: { staleIfErrorSeconds: 600 } }, 10],
    ['jwt', { jwtCheck: 'introspection' }, 10],
    ['jwt', { jwtCheck: { recheckSeconds: 300 } }, 300],
    ['jwt', {}, 3605],
  ] as ['opaque' | 'jwt', Partial<IssuerOptions>, number][])('%s, %j: %d s', async (format, options, delaySeconds) => {
    const token = await hydra.mint.accessToken({ format, audience, clientId: 'photos', expiresInSeconds: 3600 })
    const server = start(options)
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('accepted')
    await revoke(token)
    if (delaySeconds > 2) {
      hydra.clock.advance((delaySeconds - 2) * 1000)
      expect(await reasonOf(server.authenticate(bearer(token)))).toBe('accepted')
      hydra.clock.advance(2000)
    }
    expect(await reasonOf(server.authenticate(bearer(token)))).toMatch(/^(inactive|expired)$/)
  })

  test('opaque, {"cache":{"staleIfErrorSeconds":600}}, while Hydra is down: 610 s', async () => {
    const token = await hydra.mint.accessToken({ audience, clientId: 'photos', expiresInSeconds: 3600 })
    const server = start({ cache: { staleIfErrorSeconds: 600 } })
    await server.authenticate(bearer(token))
    await revoke(token)
    await hydra.faults.pause('admin')
    hydra.clock.advance('609s')
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('accepted')
    hydra.clock.advance('1s')
    expect(await reasonOf(server.authenticate(bearer(token)))).toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
    await hydra.faults.resume('admin')
    hydra.clock.advance('2s')
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
  })

  test.each([
    ['opaque', {}, 0],
    ['opaque', { cache: { maxAgeSeconds: 60, staleWhileRevalidateSeconds: 300, staleIfErrorSeconds: 3600 } }, 0],
    ['opaque', { cache: { maxAgeSeconds: 60 } }, 30],
    ['jwt', {}, 0],
    ['jwt', { jwtCheck: 'introspection' }, 0],
    ['jwt', { jwtCheck: { recheckSeconds: 300 } }, 0],
    ['jwt', { jwtCheck: { recheckSeconds: 300 } }, 30],
  ] as ['opaque' | 'jwt', Partial<IssuerOptions>, number][])(
    '%s, %j, on a route with freshWithinSeconds: %d s',
    async (format, options, freshWithinSeconds) => {
      const token = await hydra.mint.accessToken({ format, audience, clientId: 'photos', expiresInSeconds: 3600 })
      const server = start(options)
      const verdict = (): Promise<unknown> => reasonOf(server.authenticate(bearer(token), { freshWithinSeconds }))
      expect(await verdict()).toBe('accepted')
      await revoke(token)
      if (freshWithinSeconds > 0) {
        hydra.clock.advance((freshWithinSeconds - 2) * 1000)
        expect(await verdict()).toBe('accepted')
        hydra.clock.advance(2000)
      }
      expect(await verdict()).toBe('inactive')
    },
  )
})

test('after a rotation Hydra calls JWTs of the older key inactive, while its keys still verify them', async () => {
  const token = await hydra.mint.accessToken({ format: 'jwt', audience })
  const [byKeys, asking] = [start(), start({ jwtCheck: 'introspection' })]
  for (const server of [byKeys, asking]) await server.authenticate(bearer(token))
  await using client = createHydraClient({ adminUrl: hydra.adminUrl })
  await client.keySets.create('hydra.jwt.access-token', { alg: 'RS256' })
  hydra.clock.advance('11m')
  expect(await reasonOf(byKeys.authenticate(bearer(token)))).toBe('accepted')
  expect(await reasonOf(byKeys.authenticate(bearer(token), { freshWithinSeconds: 0 }))).toBe('inactive')
  expect(await reasonOf(asking.authenticate(bearer(token)))).toBe('inactive')
  const renewed = await hydra.mint.accessToken({ format: 'jwt', audience })
  for (const server of [byKeys, asking]) expect(await reasonOf(server.authenticate(bearer(renewed)))).toBe('accepted')
  expect(byKeys.stats().issuers[0]!.keys.kids.length).toBeGreaterThan(1)
})

test('Hydra unreachable: 503 for a token it never saw, and one seen just before is still served', async () => {
  const server = start()
  const [seen, unseen] = [await hydra.mint.accessToken({ audience }), await hydra.mint.accessToken({ audience })]
  await server.authenticate(bearer(seen))
  await hydra.faults.pause('admin')
  expect(await reasonOf(server.authenticate(bearer(seen)))).toBe('accepted')
  const error: unknown = await server.authenticate(bearer(unseen)).catch((caught: unknown) => caught)
  expect(server.toHttpError(error)).toMatchObject({ status: 503, headers: { 'retry-after': '2' } })
  await hydra.faults.resume('admin')
  expect(await reasonOf(server.authenticate(bearer(unseen)))).toBe('accepted')
})
