import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import * as v from 'valibot'
import { createHydraClient } from '@hydra-kit/client'
import { createResourceServer, isBearerTokenError, isVerificationUnavailableError } from '../src/index.ts'
import type { VerifiedToken } from '../src/index.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

describe('scopes of a JWT', () => {
  test.each([
    [{ scp: ['a', 'b'] }, ['a', 'b']],
    [{ scp: undefined, scope: 'a b' }, ['a', 'b']],
    [{ scp: ['a', 'b'], scope: 'b a' }, ['a', 'b']],
    [{ scp: ['a'], scope: 'a admin' }, ['a']],
    [{ scp: [], scope: 'admin' }, []],
    [{ scp: undefined }, []],
    [{ scp: undefined, scope: '' }, []],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ ext: { scp: ['admin'], scope: 'admin' } }, ['openid', 'photos.read']],
  ])('%j', async (changes, scopes) => {
    const token = await world.server().authenticate(bearer(await world.jwt(changes)))
    expect(token.scopes).toEqual(scopes)
  })

  test.each([[{ scp: ['a', 7] }], [{ scp: { a: 1 } }], [{ scope: 7 }], [{ scope: 'a\tb' }], [{ scp: ['a b'] }]])(
    '%j: refused',
    async (changes) => {
      expect(await reasonOf(world.server().authenticate(bearer(await world.jwt(changes))))).toBe('not_access_token')
    },
  )
})

describe('the data of the consent app', () => {
  const extraOf = async (changes: Record<string, unknown>): Promise<unknown> =>
    (await world.server().authenticate(bearer(await world.jwt(changes)))).extra

  test('is one object: from ext, from the top level, or from both', async () => {
    expect(await extraOf({})).toEqual({ tenant: 't1' })
    expect(await extraOf({ tenant: 't1' })).toEqual({ tenant: 't1' })
    expect(await extraOf({ ext: undefined, tenant: 't2' })).toEqual({ tenant: 't2' })
    expect(await extraOf({ ext: { a: 1 }, b: 2 })).toEqual({ a: 1, b: 2 })
    expect(await extraOf({ ext: undefined })).toEqual({})
    expect(await extraOf({ ext: 'text' })).toEqual({})
  })

  test('never stands in for what Hydra says', async () => {
    const ext = { sub: 'mallory', client_id: 'evil', scp: ['admin'], exp: 1, aud: 'evil', iss: 'evil', token_use: 'x' }
    const token = await world.server().authenticate(bearer(await world.jwt({ ext })))
    expect(token).toMatchObject({
      subject: 'alice',
      clientId: 'photo-app',
      scopes: ['openid', 'photos.read'],
      extra: ext,
    })
  })

  test('is checked and typed by a validator, once for each answer', async () => {
    let calls = 0
    const extra = v.pipe(
      v.object({ tenant: v.string() }),
      v.transform(({ tenant }) => {
        calls++
        return { tenant: tenant.toUpperCase() }
      }),
    )
    const server = createResourceServer({
      issuer: world.hydra.url,
      introspectionUrl: world.hydra.introspectionUrl,
      audience: 'https://api.example',
      now: () => world.now * 1000,
      extra,
    })
    const facts = bearer(await world.jwt())
    const token: VerifiedToken<{ tenant: string }> = await server.authenticate(facts)
    expect(token.extra.tenant).toBe('T1')
    expect(await server.authenticate(facts)).toBe(token)
    expect(calls).toBe(1)
    const other = bearer(await world.jwt({ ext: { tenant: 7 } }))
    for (let round = 0; round < 2; round++) {
      await expect(server.authenticate(other)).rejects.toMatchObject({ reason: 'claim_mismatch', status: 403 })
    }
    await server.close()
  })

  test('a validator that turns out to be asynchronous is a mistake of ours, not of the caller', async () => {
    const validate = (value: unknown): unknown =>
      'tenant' in (value as object) ? Promise.resolve({ value }) : { value }
    const server = world.server({ extra: { '~standard': { version: 1, vendor: 'test', validate } } })
    await expect(server.authenticate(bearer(await world.jwt()))).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  })
})

describe('a verified token', () => {
  test('cannot be changed: other requests share it', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt({ ext: { roles: ['a'] } }))
    const token = await server.authenticate(facts)
    const tamper: (() => void)[] = [
      () => Object.assign(token, { subject: 'mallory' }),
      () => (token.scopes as string[]).push('admin'),
      () => (token.audience as string[]).push('x'),
      () => ((token.claims as Record<string, unknown>)['sub'] = 'mallory'),
      () => (token.extra['roles'] as string[]).push('admin'),
    ]
    for (const change of tamper) expect(change).toThrow(TypeError)
    token.expiresAt?.setFullYear(2100)
    expect((await server.authenticate(facts)).expiresAt?.getTime()).toBe((world.now + 3600) * 1000)
  })

  test('knows its scopes', async () => {
    const token = await world.server().authenticate(bearer(await world.jwt({ scp: ['photos.*'] })))
    expect([token.hasScope('photos.read'), token.hasScope('photos.read', 'admin')]).toEqual([true, false])
  })

  test('client credentials: Hydra writes the client id into sub', async () => {
    const server = world.server()
    const machine = await server.authenticate(bearer(await world.jwt({ sub: 'photo-app' })))
    expect(machine).toMatchObject({ isClientCredentials: true, subject: 'photo-app' })
    const anonymous = await server.authenticate(bearer(await world.jwt({ sub: undefined })))
    expect(anonymous.isClientCredentials).toBe(true)
    expect('subject' in anonymous).toBe(false)
  })

  test('turns into JSON with its times', async () => {
    const token = await world.server().authenticate(bearer(await world.jwt()))
    expect(JSON.parse(JSON.stringify(token))).toMatchObject({ subject: 'alice', expiresAt: '2026-11-24T04:58:06.000Z' })
  })
})

describe('no token in anything that may be logged', () => {
  test('errors, events, verified tokens and the server itself', async () => {
    const server = world.server({ introspectionAuth: { bearer: 'proxy-secret' }, jwtCheck: { recheckSeconds: 5 } })
    const jwt = await world.jwt()
    world.hydra.tokens.set('opaque-good.token', world.answer()).set(jwt, world.answer())
    const seen: unknown[] = [server]
    const collect = async (token: string): Promise<void> => {
      seen.push(await server.authenticate(bearer(token)).catch((error: unknown) => error))
    }
    await collect('opaque-good.token')
    await collect('opaque-unknown.token')
    await collect('opaque malformed.token')
    await collect(jwt)
    await collect(`${jwt.slice(0, -4)}AAAA`)
    world.hydra.intercept = (_request, response) => {
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end(`{"error":"x","error_description":"opaque-outage.token"}`)
      return true
    }
    await collect('opaque-outage.token')
    expect(seen.filter((value) => isBearerTokenError(value) || isVerificationUnavailableError(value))).toHaveLength(4)
    const text = [seen, world.refused, world.verified]
      .map((value) => inspect(value, { depth: 20, showHidden: true, getters: true }) + JSON.stringify(value))
      .join('\n')
    for (const secret of ['opaque-', 'malformed.token', 'proxy-secret', jwt, ...jwt.split('.')]) {
      expect(text.includes(secret)).toBe(false)
    }
  })
})

describe('events', () => {
  test('say the source of what was accepted', async () => {
    const server = world.server()
    world.hydra.tokens.set('x.y', world.answer())
    const jwt = await world.jwt()
    for (const token of ['x.y', 'x.y', jwt, jwt]) await server.authenticate(bearer(token))
    const about = { clientId: 'photo-app', issuer: world.hydra.url }
    expect(world.verified).toEqual([
      { source: 'introspection', format: 'opaque', ...about },
      { source: 'cache', format: 'opaque', ...about },
      { source: 'keys', format: 'jwt', ...about },
      { source: 'cache', format: 'jwt', ...about },
    ])
  })

  test('say the precise reason of what was refused, once', async () => {
    const server = world.server()
    await reasonOf(server.authenticate({ method: 'GET', url: '/', headers: {} }))
    await reasonOf(server.authenticate(bearer('x.y')))
    await reasonOf(server.authenticate(bearer('x.y')))
    await reasonOf(server.authenticate(bearer(await world.jwt({ aud: [] }))))
    await reasonOf(server.verify(''))
    await reasonOf(server.verify(undefined as never))
    const token = await server.authenticate(bearer(await world.jwt()))
    expect(() => server.authorize(token, { all: ['admin'] })).toThrow('lacks a scope')
    expect(world.refused.map(({ reason, status, source }) => [reason, status, source])).toEqual([
      ['missing', 401, undefined],
      ['inactive', 401, 'introspection'],
      ['inactive', 401, 'cache'],
      ['audience_missing', 401, 'keys'],
      ['malformed', 400, undefined],
      ['malformed', 400, undefined],
      ['insufficient_scope', 403, undefined],
    ])
    expect(world.refused[3]?.message).toMatch(/the client lists the audience .* consent grants it/)
  })

  test('an outage is no refusal', async () => {
    world.hydra.intercept = (_request, response) => {
      response.writeHead(404).end()
      return true
    }
    await reasonOf(world.server().authenticate(bearer('x.y')))
    expect(world.refused).toEqual([])
  })

  test('a listener that throws changes no answer, and what it threw goes nowhere', async () => {
    const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const throws = (): never => {
      throw new Error('secret-of-the-listener')
    }
    const server = world.server({ onVerified: throws, onRefused: throws })
    expect(await reasonOf(server.authenticate(bearer(await world.jwt())))).toBe('accepted')
    expect(await reasonOf(server.authenticate(bearer('x.y')))).toBe('inactive')
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      'onVerified threw, and what it threw was dropped',
      'onRefused threw, and what it threw was dropped',
    ])
    warn.mockRestore()
  })
})

test('a token in the query makes the answer private (RFC 6750 section 2.3)', () => {
  const facts = { method: 'GET', url: '/?access_token=a.b', headers: {} }
  expect(world.server({ tokenFrom: ['header', 'query'] }).responseHeaders(facts)).toEqual({
    'cache-control': 'private',
  })
  expect(world.server({ tokenFrom: ['header', 'query'] }).responseHeaders(bearer('a.b'))).toEqual({})
  expect(world.server().responseHeaders(facts)).toEqual({})
})

test('a client that was handed in is used, and stays open', async () => {
  const client = createHydraClient({ publicUrl: world.hydra.url, introspectionUrl: world.hydra.introspectionUrl })
  const server = createResourceServer({ issuer: world.hydra.url, audience: null, client, now: () => world.now * 1000 })
  world.hydra.tokens.set('x.y', world.answer())
  await server.authenticate(bearer('x.y'))
  await server.close()
  await client.oidc.jwks()
  await client.close()
})

test('errors are recognised across copies and realms', () => {
  const foreign = Object.assign(new Error('x'), {
    [Symbol.for('@hydra-kit/resource-server/BearerTokenError')]: true,
  })
  expect(isBearerTokenError(foreign)).toBe(true)
  expect(isVerificationUnavailableError(foreign)).toBe(false)
  for (const value of [undefined, null, 'x', {}, new Error('x')]) expect(isBearerTokenError(value)).toBe(false)
})
