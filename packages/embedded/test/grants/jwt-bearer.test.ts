import { type KeyObject, createSecretKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { SignJWT } from 'jose'
import { type JsonAnswer, admin, appClient, claimsOf, form, introspect } from '../user-agent.ts'

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const client = { ...appClient, grant_types: [grantType] }
const hydra = useHydra({ clients: [client, { ...appClient, client_id: 'no-grant' }] })

const issuers = '/trust/grants/jwt-bearer/issuers'
const issuer = 'https://idp.example'
const subject = 'service@example'
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherPair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function jwkOf(key: KeyObject, kid = 'k1'): Record<string, unknown> {
  return { ...key.export({ format: 'jwk' }), kid, use: 'sig' }
}

/** Trusts; `undefined` leaves a member out. */
async function trust(body: Record<string, unknown> = {}): Promise<JsonAnswer> {
  return admin(hydra, 'POST', issuers, {
    issuer,
    subject,
    scope: ['photos.*'],
    jwk: jwkOf(pair.publicKey),
    expires_at: new Date(hydra.now() + 86_400_000).toISOString(),
    ...body,
  })
}

interface AssertionInput {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
  readonly key?: KeyObject
}

function sign({ claims = {}, header = {}, key = pair.privateKey }: AssertionInput = {}): Promise<string> {
  const now = Math.floor(hydra.now() / 1000)
  const all = {
    iss: issuer,
    sub: subject,
    aud: `${hydra.publicUrl}/oauth2/token`,
    iat: now,
    exp: now + 60,
    jti: randomUUID(),
    ...claims,
  }
  return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key)
}

async function trade(input: AssertionInput | string = {}, fields: Record<string, string> = {}): Promise<JsonAnswer> {
  return form(hydra, '/oauth2/token', {
    grant_type: grantType,
    client_id: 'app',
    client_secret: 'app-secret',
    assertion: typeof input === 'string' ? input : await sign(input),
    ...fields,
  })
}

describe('a good assertion', () => {
  test('gives an access token for its subject, with the audience that it lists and the one asked for', async () => {
    await trust()
    const aud = [`${hydra.publicUrl}/oauth2/token`, 'https://anything.example']
    const { status, body } = await trade(
      { claims: { aud } },
      { scope: 'photos.read', audience: 'https://api.example https://unregistered.example' },
    )
    expect(status).toBe(200)
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
    expect(await introspect(hydra, body['access_token'])).toMatchObject({
      active: true,
      sub: subject,
      client_id: 'app',
      scope: 'photos.read',
      aud: [...aud, 'https://api.example'],
    })
  })

  test('without a scope the token has none; its lifetime is the client’s own', async () => {
    await trust()
    await admin(hydra, 'PUT', '/clients/app/lifespans', { jwt_bearer_grant_access_token_lifespan: '90s' })
    const { body } = await trade()
    expect(body['scope']).toBe('')
    expect([89, 90]).toContain(body['expires_in'])
  })

  test('may leave out the kid while the trust has not expired', async () => {
    await trust()
    expect((await trade({ header: { kid: undefined } })).status).toBe(200)
    hydra.clock.advance('25h')
    expect((await trade({ header: { kid: undefined } })).body['error']).toBe('invalid_grant')
    expect((await trade()).status).toBe(200)
  })

  test.each(['RS256', 'PS384', 'ES384', 'EdDSA', 'HS256'])('may be signed by %s', async (alg) => {
    const secret = createSecretKey(Buffer.from('a-shared-secret-of-32-characters'))
    const keys =
      alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : alg === 'ES384'
          ? generateKeyPairSync('ec', { namedCurve: 'P-384' })
          : alg === 'HS256'
            ? { publicKey: secret, privateKey: secret }
            : generateKeyPairSync('rsa', { modulusLength: 2048 })
    await trust({ jwk: { ...jwkOf(keys.publicKey), alg } })
    expect((await trade({ header: { alg }, key: keys.privateKey })).status).toBe(200)
  })

  test('may be a JWT access token, if the client is set to them', async () => {
    await trust()
    await admin(hydra, 'PATCH', '/clients/app', [{ op: 'replace', path: '/access_token_strategy', value: 'jwt' }])
    const { body } = await trade()
    expect(claimsOf(body['access_token'])).toMatchObject({ sub: subject, client_id: 'app', scp: [] })
  })
})

describe('refused', () => {
  const now = (): number => Math.floor(hydra.now() / 1000)

  test.each<[string, () => AssertionInput]>([
    ['another issuer', () => ({ claims: { iss: 'https://unknown.example' } })],
    ['another subject', () => ({ claims: { sub: 'root' } })],
    ['no iss', () => ({ claims: { iss: undefined } })],
    ['no sub', () => ({ claims: { sub: undefined } })],
    ['another kid', () => ({ header: { kid: 'k2' } })],
    ['another key under that kid', () => ({ key: otherPair.privateKey })],
    ['another key and no kid', () => ({ key: otherPair.privateKey, header: { kid: undefined } })],
    ['no aud', () => ({ claims: { aud: undefined } })],
    ['the issuer as aud', () => ({ claims: { aud: hydra.publicUrl } })],
    ['no exp', () => ({ claims: { exp: undefined } })],
    ['an exp that is over', () => ({ claims: { exp: now() - 1 } })],
    ['an exp that is a string', () => ({ claims: { exp: '9999999999' } })],
    ['an exp too far away', () => ({ claims: { exp: now() + 31 * 86_400 } })],
    ['an nbf ahead', () => ({ claims: { nbf: now() + 30 } })],
    ['no iat', () => ({ claims: { iat: undefined } })],
    ['no jti', () => ({ claims: { jti: undefined } })],
  ])('%s', async (_name, input) => {
    await trust()
    expect((await trade(input())).body['error']).toBe('invalid_grant')
    expect((await trade()).status).toBe(200)
  })

  test.each([
    ['no assertion', '', 'invalid_request'],
    ['garbage', 'garbage', 'invalid_grant'],
    ['alg none', `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.e30.`, 'invalid_grant'],
  ])('%s', async (_name, assertion, error) => {
    expect((await trade(assertion)).body['error']).toBe(error)
  })

  test('an assertion that was used before, until it would have expired anyway', async () => {
    await trust()
    const assertion = await sign()
    expect((await trade(assertion)).status).toBe(200)
    expect((await trade(assertion)).body['error']).toBe('jti_known')
    const jti = randomUUID()
    expect((await trade({ claims: { jti } })).status).toBe(200)
    hydra.clock.advance('2m')
    expect((await trade({ claims: { jti } })).status).toBe(200)
  })

  test('a scope outside the trust; that does not use the assertion up', async () => {
    await trust()
    const assertion = await sign()
    expect((await trade(assertion, { scope: 'admin' })).body['error']).toBe('invalid_scope')
    expect((await trade(assertion, { scope: 'photos.read' })).status).toBe(200)
  })

  test('a client without the grant, and none at all', async () => {
    await trust()
    expect((await trade({}, { client_id: 'no-grant' })).body['error']).toBe('unauthorized_client')
    expect((await trade({}, { client_id: '', client_secret: '' })).body['error']).toBe('invalid_request')
  })

  test('a private key that was registered by mistake verifies nothing', async () => {
    await trust({ jwk: jwkOf(pair.privateKey) })
    expect((await trade()).body['error']).toBe('invalid_grant')
  })
})

test('an issuer may be trusted with any subject, but not another issuer’s name', async () => {
  await trust({ subject: undefined, allow_any_subject: true })
  await trust({ issuer: 'https://second.example', jwk: jwkOf(otherPair.publicKey, 'k1') })
  expect((await trade({ claims: { sub: 'whoever' } })).status).toBe(200)
  expect((await trade({ claims: { iss: 'https://second.example' } })).body['error']).toBe('invalid_grant')
})

test('the options relax what an assertion must have', async () => {
  await using own = await startHydra({
    clients: [client],
    jwtBearer: { jtiOptional: true, iatOptional: true, maxTtl: '1m' },
  })
  await admin(own, 'POST', issuers, {
    issuer,
    subject,
    jwk: jwkOf(pair.publicKey),
    expires_at: '2100-01-01T00:00:00Z',
  })
  const tradeAt = async (claims: Record<string, unknown>): Promise<number> => {
    const assertion = await sign({ claims: { aud: `${own.publicUrl}/oauth2/token`, jti: undefined, ...claims } })
    const fields = { grant_type: grantType, client_id: 'app', client_secret: 'app-secret', assertion }
    return (await form(own, '/oauth2/token', fields)).status
  }
  expect(await tradeAt({ iat: undefined, exp: Math.floor(own.now() / 1000) + 50 })).toBe(200)
  expect(await tradeAt({ exp: Math.floor(own.now() / 1000) + 90 })).toBe(400)
})
