import { describe, expect, test } from '@jest/globals'
import { type JWTVerifyOptions, createLocalJWKSet, jwtVerify } from 'jose'
import type { Defect } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { claimsOf, introspect, refresh, appClient } from './user-agent.ts'

const hydra = useHydra({ clients: [appClient] })

async function verify(token: string, options: JWTVerifyOptions = {}): Promise<Record<string, unknown>> {
  const keys = (await (await fetch(`${hydra.publicUrl}/.well-known/jwks.json`)).json()) as Parameters<
    typeof createLocalJWKSet
  >[0]
  return (await jwtVerify(token, createLocalJWKSet(keys), { issuer: hydra.issuer, ...options })).payload
}

test('good tokens of every kind verify, and are known to introspection', async () => {
  const jwt = await hydra.mint.accessToken({
    format: 'jwt',
    scope: 'a b',
    audience: 'https://api.example',
    extra: { tenant: 7 },
  })
  expect(await verify(jwt, { audience: 'https://api.example' })).toMatchObject({
    sub: 'alice',
    scp: ['a', 'b'],
    ext: { tenant: 7 },
  })
  expect(await introspect(hydra, jwt)).toMatchObject({ active: true, token_use: 'access_token', ext: { tenant: 7 } })
  const opaque = await hydra.mint.accessToken({ format: 'opaque', subject: 'bob', scope: ['a'], clientId: 'app' })
  expect(await introspect(hydra, opaque)).toMatchObject({ active: true, sub: 'bob', scope: 'a', client_id: 'app' })
  expect(await verify(await hydra.mint.idToken({ nonce: 'n', sid: 's' }), { audience: 'minted-client' })).toMatchObject(
    { nonce: 'n', sid: 's', rat: expect.any(Number) },
  )
  const logout = await verify(await hydra.mint.logoutToken({ sid: 's' }))
  expect(logout).toMatchObject({ sid: 's', events: expect.anything() })
  expect(logout).not.toHaveProperty('sub')
  expect((await refresh(hydra, await hydra.mint.refreshToken({ clientId: 'app' }))).status).toBe(200)
})

test('a token of client_credentials has its client as subject', async () => {
  const token = await hydra.mint.accessToken({ format: 'jwt', clientId: 'app', subject: null })
  expect(claimsOf(token)).toMatchObject({ sub: 'app', client_id: 'app' })
})

test('an unknown client is registered on the way', async () => {
  await hydra.mint.accessToken({ clientId: 'new' })
  expect(hydra.inspect.clients().map((client) => client['client_id'])).toContain('new')
})

describe('bad tokens', () => {
  const codes: [Defect, string][] = [
    ['expired', 'ERR_JWT_EXPIRED'],
    ['not_yet_valid', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['wrong_issuer', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['wrong_audience', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['wrong_key', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['unknown_kid', 'ERR_JWKS_NO_MATCHING_KEY'],
    ['crit', 'ERR_JOSE_NOT_SUPPORTED'],
  ]
  test.each(codes)('%s fails in jose with %s, and in introspection', async (defect, code) => {
    const audience = 'https://api.example'
    const token = await hydra.mint.accessToken({ format: 'jwt', audience, defect })
    await expect(verify(token, { audience })).rejects.toMatchObject({ code })
    expect(await introspect(hydra, token)).toEqual({ active: false })
  })

  test('alg_none has no signature, hmac_with_public_key one made from what everybody knows', async () => {
    const none = await hydra.mint.accessToken({ format: 'jwt', defect: 'alg_none' })
    expect(none.endsWith('.')).toBe(true)
    const hmac = await hydra.mint.idToken({ defect: 'hmac_with_public_key' })
    expect(JSON.parse(Buffer.from(hmac.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ alg: 'HS256' })
    for (const token of [none, hmac]) await expect(verify(token)).rejects.toThrow()
  })

  test('claims can be replaced and left out', async () => {
    const token = await hydra.mint.accessToken({
      format: 'jwt',
      claims: { sub: 'other', client_id: 5 },
      without: ['exp', 'scp'],
    })
    expect(claimsOf(token)).toMatchObject({ sub: 'other', client_id: 5 })
    for (const name of ['exp', 'scp']) expect(claimsOf(token)).not.toHaveProperty(name)
    expect((await introspect(hydra, token))['active']).toBe(true)
  })

  test('expired ones can be opaque, other defects can not', async () => {
    expect(await introspect(hydra, await hydra.mint.accessToken({ format: 'opaque', defect: 'expired' }))).toEqual({
      active: false,
    })
    expect(
      (await refresh(hydra, await hydra.mint.refreshToken({ clientId: 'app', defect: 'expired' }))).body['error'],
    ).toBe('invalid_grant')
    await expect(hydra.mint.accessToken({ format: 'opaque', defect: 'wrong_key' })).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
    })
    await expect(hydra.mint.refreshToken({ claims: { sub: 'x' } })).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  })

  test.each([
    ['accessToken', { defect: 'wrong_isuer' }],
    ['idToken', { defect: 'none' }],
    ['refreshToken', { format: 'jwt' }],
    ['logoutToken', { nonce: 'x' }],
    ['accessToken', { subjcet: 'alice' }],
  ] as const)('a typo is refused: %s(%j)', async (method, options) => {
    const mint = hydra.mint[method] as (given: unknown) => Promise<string>
    await expect(mint(options)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  })

  test('a short life ends', async () => {
    const token = await hydra.mint.accessToken({ format: 'opaque', expiresInSeconds: 10 })
    hydra.clock.advance('11s')
    expect(await introspect(hydra, token)).toEqual({ active: false })
  })
})
