import { describe, expect, test } from '@jest/globals'
import { type HydraOptions, startHydra } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, claimsOf, form, introspect, redeem, userAgent } from '../user-agent.ts'

const hydra = useHydra({ clients: [appClient, { ...appClient, client_id: 'other' }] })
const machine = { grant_type: 'client_credentials', client_id: 'app', client_secret: 'app-secret' }

describe('introspection', () => {
  test('tells all about an access token', async () => {
    const session = { access_token: { role: 'x', sub: 'mallory', scope: 'admin' } }
    const consent = { grant_access_token_audience: ['https://api.example'], session }
    const { body } = await redeem(hydra, await userAgent(hydra).signIn({}, { consent }))
    const seen = await introspect(hydra, body['access_token'])
    expect(seen).toEqual({
      active: true,
      scope: 'openid offline',
      client_id: 'app',
      sub: 'alice',
      exp: expect.any(Number),
      iat: expect.any(Number),
      nbf: seen['iat'],
      aud: ['https://api.example'],
      iss: hydra.issuer,
      token_type: 'Bearer',
      token_use: 'access_token',
      ext: session.access_token,
    })
    // The end is rounded to a second, so that it may come one later.
    expect(Number(seen['exp']) - Number(seen['iat']) - 3600).toBeLessThanOrEqual(1)
  })

  test.each([
    ['as it is', (token: string) => token, true],
    ['without its prefix', (token: string) => token.slice('ory_at_'.length), true],
    ['with another prefix', (token: string) => token.replace('ory_at_', 'ory_rt_'), false],
    ['with a space behind', (token: string) => `${token} `, false],
    ['with Bearer before', (token: string) => `Bearer ${token}`, false],
    ['cut', (token: string) => token.slice(0, -1), false],
  ])('of a token %s', async (_description, change, active) => {
    const token = await hydra.mint.accessToken({ format: 'opaque' })
    expect((await introspect(hydra, change(token)))['active']).toBe(active)
  })

  test.each([
    ['photos.read', true],
    ['photos.read photos.write', true],
    ['photos', false],
    ['openid,photos.read', false],
    ['photos.read admin', false],
    ['', true],
  ])('with the scope "%s" is %s', async (scope, active) => {
    const token = await hydra.mint.accessToken({ scope: 'photos.*' })
    expect((await introspect(hydra, token, { scope }))['active']).toBe(active)
  })

  test('refuses a body without fields, but not an empty token', async () => {
    const post = (init: RequestInit): Promise<Response> =>
      fetch(`${hydra.adminUrl}/admin/oauth2/introspect`, { method: 'POST', ...init })
    expect((await post({})).status).toBe(400)
    expect((await post({ body: '{"token":"x"}', headers: { 'content-type': 'application/json' } })).status).toBe(400)
    expect(await introspect(hydra, '')).toEqual({ active: false })
    const multipart = new FormData()
    multipart.set('token', await hydra.mint.accessToken())
    expect(await (await post({ body: multipart })).json()).toMatchObject({ active: true })
  })
})

describe('JWT access tokens', () => {
  const cases: [description: string, options: HydraOptions, claims: Record<string, unknown>, absent: string[]][] = [
    ['by default', {}, { scp: ['photos.read'], ext: { tenant: 7, sub: 'mallory' } }, ['scope', 'tenant']],
    ['with the scope as a string', { jwt: { scopeClaim: 'string' } }, { scope: 'photos.read' }, ['scp']],
    ['with both', { jwt: { scopeClaim: 'both' } }, { scope: 'photos.read', scp: ['photos.read'] }, []],
    [
      'with top-level claims',
      { allowedTopLevelClaims: ['tenant', 'sub'] },
      { tenant: 7, ext: { tenant: 7, sub: 'mallory' } },
      [],
    ],
    ['without ext', { mirrorTopLevelClaims: false }, {}, ['ext']],
    ['without nbf', { excludeNotBeforeClaim: true }, {}, ['nbf']],
  ]
  test.each(cases)('%s', async (_description, options, claims, absent) => {
    await using jwt = await startHydra({ ...options, accessTokenStrategy: 'jwt', clients: [appClient] })
    const token = await jwt.mint.accessToken({
      clientId: 'app',
      scope: 'photos.read',
      extra: { tenant: 7, sub: 'mallory' },
    })
    expect(claimsOf(token)).toMatchObject({ iss: jwt.issuer, sub: 'alice', client_id: 'app', aud: [], ...claims })
    for (const name of absent) expect(claimsOf(token)).not.toHaveProperty(name)
    expect(await introspect(jwt, token)).toMatchObject({ active: true, ext: { tenant: 7, sub: 'mallory' } })
  })

  test('the client decides, in both directions', async () => {
    await admin(hydra, 'PATCH', '/clients/app', [{ op: 'replace', path: '/access_token_strategy', value: 'jwt' }])
    expect(String((await form(hydra, '/oauth2/token', machine)).body['access_token']).split('.')).toHaveLength(3)
    await using jwt = await startHydra({
      accessTokenStrategy: 'jwt',
      clients: [{ ...appClient, access_token_strategy: 'opaque' }],
    })
    expect(String((await form(jwt, '/oauth2/token', machine)).body['access_token'])).toMatch(/^ory_at_/)
  })

  test('signed before a rotation are inactive until the newer key is gone', async () => {
    const token = await hydra.mint.accessToken({ format: 'jwt' })
    await admin(hydra, 'POST', '/keys/hydra.jwt.access-token', { alg: 'ES256', kid: 'newer' })
    expect(await introspect(hydra, token)).toEqual({ active: false })
    const fresh = await hydra.mint.accessToken({ format: 'jwt' })
    expect(JSON.parse(Buffer.from(fresh.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'ES256',
      kid: 'newer',
      typ: 'JWT',
    })
    expect((await introspect(hydra, fresh))['active']).toBe(true)
    await admin(hydra, 'DELETE', '/keys/hydra.jwt.access-token/newer')
    expect((await introspect(hydra, token))['active']).toBe(true)
  })
})

describe('client credentials', () => {
  test('give what is registered and asked for', async () => {
    const { body } = await form(hydra, '/oauth2/token', {
      ...machine,
      scope: 'photos.read offline',
      audience: 'https://api.example/v1',
    })
    expect(body).toMatchObject({ scope: 'photos.read offline', token_type: 'bearer' })
    expect(body).not.toHaveProperty('refresh_token')
    expect(await introspect(hydra, body['access_token'])).toMatchObject({ sub: 'app', aud: ['https://api.example/v1'] })
  })

  test('can give every scope to a client that asks for none', async () => {
    expect((await form(hydra, '/oauth2/token', machine)).body['scope']).toBe('')
    await using generous = await startHydra({ clients: [appClient], defaultGrantAllowedScope: true })
    expect((await form(generous, '/oauth2/token', machine)).body['scope']).toBe(appClient['scope'])
  })
})

describe('revocation', () => {
  const revoke = (token: unknown, fields: Record<string, string> = {}): ReturnType<typeof form> =>
    form(hydra, '/oauth2/revoke', { token: String(token), client_id: 'app', client_secret: 'app-secret', ...fields })

  test.each(['access_token', 'refresh_token'])('of the %s ends the whole grant', async (kind) => {
    const { body } = await redeem(hydra, await userAgent(hydra).signIn())
    expect((await revoke(body[kind], { token_type_hint: 'nonsense' })).status).toBe(200)
    expect(await introspect(hydra, body['access_token'])).toEqual({ active: false })
    expect(await introspect(hydra, body['refresh_token'])).toEqual({ active: false })
  })

  test('by another client is answered with 200 and does nothing', async () => {
    const { body } = await redeem(hydra, await userAgent(hydra).signIn())
    expect((await revoke(body['access_token'], { client_id: 'other' })).status).toBe(200)
    expect((await introspect(hydra, body['access_token']))['active']).toBe(true)
  })

  test('reports only a client that can not prove itself', async () => {
    expect((await revoke('whatever')).status).toBe(200)
    expect((await revoke('whatever', { client_secret: 'wrong-secret' })).body['error']).toBe('invalid_client')
    expect((await form(hydra, '/oauth2/revoke', { token: 'x' })).body['error']).toBe('invalid_request')
  })
})

describe('lifetimes of a client', () => {
  test("win over the server's", async () => {
    await admin(hydra, 'PUT', '/clients/app/lifespans', {
      client_credentials_grant_access_token_lifespan: '5m',
      authorization_code_grant_id_token_lifespan: '7m',
      authorization_code_grant_refresh_token_lifespan: '9m',
    })
    const near = (value: unknown): number => Math.round(Number(value) / 10) * 10
    expect(near((await form(hydra, '/oauth2/token', machine)).body['expires_in'])).toBe(300)
    const { body } = await redeem(hydra, await userAgent(hydra).signIn())
    const id = claimsOf(body['id_token'])
    expect(near(Number(id['exp']) - Number(id['iat']))).toBe(420)
    const seen = await introspect(hydra, body['refresh_token'])
    expect(near(Number(seen['exp']) - Number(seen['iat']))).toBe(540)
    expect(near(body['expires_in'])).toBe(3600)
  })
})
