import { createHmac, createPublicKey } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair } from 'jose'
import { sign, signingKey } from './support/hydra-stub.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const verdict = async (token: string, options?: object): Promise<unknown> =>
  reasonOf(world.server(options).authenticate(bearer(token)))

test('a good JWT is accepted by the keys alone', async () => {
  const token = await world.server().authenticate(bearer(await world.jwt()))
  expect(token).toMatchObject({
    subject: 'alice',
    clientId: 'photo-app',
    isClientCredentials: false,
    scopes: ['openid', 'photos.read'],
    audience: ['https://api.example'],
    issuer: world.hydra.url,
    format: 'jwt',
    verifiedBy: 'keys',
    extra: { tenant: 't1' },
    issuedAt: new Date(world.now * 1000),
    expiresAt: new Date((world.now + 3600) * 1000),
  })
  expect(world.hydra.asked).toEqual(['jwks'])
})

test.each(['PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  '%s is accepted, as Hydra 26.2 can sign with it',
  async (alg) => {
    const key = await signingKey('other', alg)
    world.hydra.keys.push(key.jwk)
    expect(await verdict(await sign(key, world.claims()))).toBe('accepted')
  },
)

test('a key without alg is accepted, as version 1 servers list EC keys', async () => {
  const key = await signingKey('other', 'ES256')
  const { alg: _alg, ...jwk } = key.jwk
  world.hydra.keys.push(jwk)
  expect(await verdict(await sign(key, world.claims()))).toBe('accepted')
})

test('one signature check serves equal tokens that arrive at once, and later ones', async () => {
  const server = world.server()
  const facts = bearer(await world.jwt())
  await Promise.all(Array.from({ length: 20 }, () => server.authenticate(facts)))
  await server.authenticate(facts)
  expect(world.hydra.asked).toEqual(['jwks'])
  expect(world.verified.at(-1)?.source).toBe('cache')
})

describe('signatures (RFC 8725 section 3.1 and 3.2)', () => {
  test.each(['none', 'nOnE', 'None', ''])('alg %j is refused', async (alg) => {
    const unsigned = `${segment({ alg, kid: 'first-key', typ: 'JWT' })}.${segment(world.claims())}.`
    // A token that ends in a dot is a JWS with an empty signature.
    expect(await verdict(unsigned)).toBe('bad_algorithm')
    expect(world.hydra.asked).toEqual([])
  })

  test.each(['HS256', 'HS384', 'HS512'])('%s with the public key as secret is refused', async (alg) => {
    const pem = createPublicKey({ key: world.key.jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    for (const secret of [pem, pem.toString().trim(), JSON.stringify(world.key.jwk), '']) {
      const input = `${segment({ alg, kid: 'first-key', typ: 'JWT' })}.${segment(world.claims())}`
      const mac = createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')
      expect(await verdict(`${input}.${mac}`)).toBe('bad_algorithm')
    }
  })

  test('a shared secret in the key set is no key, even if HS256 could be switched on', async () => {
    world.hydra.keys.push({
      kty: 'oct',
      kid: 'secret',
      k: Buffer.from('secret'.repeat(8)).toString('base64url'),
      alg: 'HS256',
    })
    const input = `${segment({ alg: 'HS256', kid: 'secret' })}.${segment(world.claims())}`
    const mac = createHmac('sha256', 'secret'.repeat(8)).update(input).digest('base64url')
    expect(await verdict(`${input}.${mac}`)).toBe('bad_algorithm')
    expect(() => world.server({ algorithms: ['HS256'] })).toThrow(/algorithms\[0\] must be one of RS256/)
  })

  test('the list of algorithms can be narrowed', async () => {
    expect(await verdict(await world.jwt(), { algorithms: ['ES256'] })).toBe('bad_algorithm')
  })

  test('a key that is listed for another algorithm does not verify', async () => {
    const token = await sign(world.key, world.claims())
    world.hydra.keys = [{ ...world.key.jwk, alg: 'PS256' }]
    expect(await verdict(token)).toBe('unknown_key')
  })

  test('a key that is listed for encryption does not verify', async () => {
    world.hydra.keys = [{ ...world.key.jwk, use: 'enc' }]
    expect(await verdict(await world.jwt())).toBe('unknown_key')
  })

  test('another key under the same name does not verify', async () => {
    const forger = await signingKey('first-key')
    expect(await verdict(await sign(forger, world.claims()))).toBe('bad_signature')
  })

  test('changed claims do not verify', async () => {
    const [head, , signature] = (await world.jwt()).split('.')
    expect(await verdict(`${head}.${segment(world.claims({ sub: 'mallory' }))}.${signature}`)).toBe('bad_signature')
  })

  test('an empty signature does not verify', async () => {
    const [head, payload] = (await world.jwt()).split('.')
    expect(await verdict(`${head}.${payload}.`)).toBe('bad_signature')
  })

  test.each([
    ['an unknown name', 'other'],
    ['no name', undefined],
    ['a name that is no string', 7],
  ])('a token with %s for its key is refused', async (_name, kid) => {
    const token = await sign(world.key, world.claims(), { kid: undefined })
    const [, payload, signature] = token.split('.')
    const head = segment({ alg: 'RS256', kid, typ: 'JWT' })
    expect(await verdict(`${head}.${payload}.${signature}`)).toBe('unknown_key')
  })

  test('a key without a name in the set is no key', async () => {
    const { kid: _kid, ...jwk } = world.key.jwk
    world.hydra.keys = [jwk]
    expect(await verdict(await world.jwt())).toBe('unknown_key')
    expect(await verdict(await world.jwt({}, { kid: undefined }))).toBe('unknown_key')
    const server = world.server()
    expect(await server.hydrate()).toMatchObject([{ keys: { keys: [] } }])
    expect(server.stats().issuers[0]!.keys.kids).toEqual([])
  })

  test('a private key in the set is no key', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const leaked = { kid: 'leaked', alg: 'RS256', privateKey, jwk: await exportJWK(publicKey) }
    world.hydra.keys.push({ ...(await exportJWK(privateKey)), kid: 'leaked', alg: 'RS256', use: 'sig' })
    expect(await verdict(await sign(leaked, world.claims()))).toBe('unknown_key')
  })

  test('several keys under one name are each tried, as version 1 servers may list them', async () => {
    const second = await signingKey('first-key')
    world.hydra.keys.push(second.jwk)
    const server = world.server()
    expect(await reasonOf(server.authenticate(bearer(await sign(second, world.claims()))))).toBe('accepted')
    expect(await reasonOf(server.authenticate(bearer(await world.jwt())))).toBe('accepted')
    const forger = await signingKey('first-key')
    expect(await reasonOf(server.authenticate(bearer(await sign(forger, world.claims()))))).toBe('bad_signature')
  })

  test('a key that nobody can use hides no other of its name', async () => {
    const short = { ...world.key.jwk, n: Buffer.alloc(128, 0xab).toString('base64url') }
    world.hydra.keys = [short, world.key.jwk]
    expect(await verdict(await world.jwt())).toBe('accepted')
    world.hydra.keys = [short, short]
    expect(await verdict(await world.jwt())).toBe('unknown_key')
  })

  test('a token makes no more than four signature checks, however many keys share its name', async () => {
    const fifth = await signingKey('first-key')
    const others = await Promise.all(Array.from({ length: 4 }, () => signingKey('first-key')))
    world.hydra.keys = [...others.map((key) => key.jwk), fifth.jwk]
    expect(await verdict(await sign(fifth, world.claims()))).toBe('bad_signature')
  })

  test.each([
    ['unknown', { crit: ['exp'], exp: 1 }],
    ['empty', { crit: [] }],
    ['b64 (RFC 7797)', { crit: ['b64'], b64: true }],
    ['b64 alone', { b64: false }],
  ])('a critical extension is refused: %s (RFC 7515 section 4.1.11)', async (_name, header) => {
    const [, payload] = (await world.jwt()).split('.')
    const token = `${segment({ alg: 'RS256', kid: 'first-key', typ: 'JWT', ...header })}.${payload}.AAAA`
    expect(await verdict(token)).toBe('bad_algorithm')
  })
})

test.each([
  ['an RSA modulus of 1024 bits', { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xab).toString('base64url') }],
  ['no RSA modulus', { kty: 'RSA', e: 'AQAB' }],
  ['an empty RSA modulus', { kty: 'RSA', e: 'AQAB', n: '' }],
  [
    'uses of a private key',
    { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(256, 0xab).toString('base64url'), key_ops: ['verify', 'sign'] },
  ],
  ['an RSA exponent of 1', { kty: 'RSA', e: 'AQ', n: Buffer.alloc(256, 0xab).toString('base64url') }],
  ['an EC point off its curve', { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(42) + 'A' }],
  ['an Ed25519 key of the wrong length', { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }],
])('a published key with %s is no key, and hurts no other', async (_name, material) => {
  const alg = { RSA: 'RS256', EC: 'ES256', OKP: 'EdDSA' }[material.kty]!
  world.hydra.keys.push({ ...material, kid: 'broken', alg, use: 'sig' } as never)
  const token = `${segment({ alg, kid: 'broken', typ: 'JWT' })}.${segment(world.claims())}.${'A'.repeat(342)}`
  const server = world.server()
  expect(await reasonOf(server.authenticate(bearer(token)))).toBe('unknown_key')
  expect(await reasonOf(server.authenticate(bearer(await world.jwt())))).toBe('accepted')
})

describe('keys come from the configured issuer and from nowhere else', () => {
  test('jwk, jku, x5u and x5c in the header are ignored', async () => {
    const forger = await signingKey('first-key')
    const { jwk } = forger
    const bait = `${world.hydra.url}/forged.json`
    for (const header of [{ jwk }, { jku: bait }, { x5u: bait }, { x5c: ['AAAA'] }]) {
      expect(await verdict(await sign(forger, world.claims(), header))).toBe('bad_signature')
    }
    expect(new Set(world.hydra.asked)).toEqual(new Set(['jwks']))
  })

  test.each([
    ['another', 'https://evil.example'],
    ['a longer one', 'suffix'],
    ['a host that starts the same', 'host'],
    ['upper case', 'upper'],
    ['two slashes', 'slashes'],
    ['an empty one', ''],
  ])('iss is %s: refused without any call', async (_name, kind) => {
    const { url } = world.hydra
    const made: Record<string, string> = {
      suffix: `${url}/tenant`,
      host: url.replace('127.0.0.1', '127.0.0.1.evil.example'),
      upper: url.toUpperCase(),
      slashes: `${url}//`,
    }
    expect(await verdict(await world.jwt({ iss: made[kind] ?? kind }))).toBe('wrong_issuer')
    expect(world.hydra.asked).toEqual([])
  })

  test.each([[undefined], [7], [null], [['x']]])('iss %j: refused without any call', async (iss) => {
    expect(await verdict(await world.jwt({ iss }))).toBe('not_access_token')
    expect(world.hydra.asked).toEqual([])
  })

  test('one slash at the end of iss, as version 1 servers write it, makes no difference', async () => {
    expect(await verdict(await world.jwt({ iss: `${world.hydra.url}/` }))).toBe('accepted')
    expect(await verdict(await world.jwt(), { issuer: `${world.hydra.url}/` })).toBe('accepted')
  })
})

describe('times (RFC 7519 section 4.1)', () => {
  const at = async (changes: Record<string, unknown>): Promise<unknown> => verdict(await world.jwt(changes))

  test('exp is judged with the tolerance', async () => {
    expect(await at({ exp: world.now - 4 })).toBe('accepted')
    expect(await at({ exp: world.now - 5 })).toBe('expired')
    expect(await verdict(await world.jwt({ exp: world.now - 30 }), { clockToleranceSeconds: 60 })).toBe('accepted')
    expect(await verdict(await world.jwt({ exp: world.now }), { clockToleranceSeconds: 0 })).toBe('expired')
  })

  test('nbf is judged with the tolerance', async () => {
    expect(await at({ nbf: world.now + 5 })).toBe('accepted')
    expect(await at({ nbf: world.now + 6 })).toBe('not_yet_valid')
    expect(await at({ nbf: undefined })).toBe('accepted')
  })

  test.each([
    [undefined, 'not_access_token'],
    [null, 'not_access_token'],
    ['1795496286', 'not_access_token'],
    [1e300, 'not_access_token'],
    [0, 'expired'],
    [-1, 'expired'],
  ])('exp %j: %s', async (exp, expected) => {
    expect(await at({ exp })).toBe(expected)
  })

  test('expiry is judged again when the token is remembered', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt({ exp: world.now + 60 }))
    await server.authenticate(facts)
    world.now += 65
    expect(await reasonOf(server.authenticate(facts))).toBe('expired')
  })
})

describe('audience (RFC 7519 section 4.1.3)', () => {
  test.each([
    [['https://api.example'], 'accepted'],
    ['https://api.example', 'accepted'],
    [['https://other.example', 'https://api.example'], 'accepted'],
    [['https://other.example'], 'wrong_audience'],
    [['https://api.example/'], 'wrong_audience'],
    [['https://api.example/v1'], 'wrong_audience'],
    [['https://api'], 'wrong_audience'],
    [[''], 'wrong_audience'],
    [[], 'audience_missing'],
    [undefined, 'audience_missing'],
    [[7], 'not_access_token'],
    [{ 0: 'https://api.example', length: 1 }, 'not_access_token'],
  ])('aud %j: %s', async (aud, expected) => {
    expect(await verdict(await world.jwt({ aud }))).toBe(expected)
  })

  test('only null turns it off', async () => {
    expect(await verdict(await world.jwt({ aud: [] }), { audience: null })).toBe('accepted')
  })

  test('a route can ask for another one, also for a remembered token', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt({ aud: ['https://api.example', 'https://admin.example'] }))
    expect(await reasonOf(server.authenticate(facts))).toBe('accepted')
    expect(await reasonOf(server.authenticate(facts, { audience: 'https://admin.example' }))).toBe('accepted')
    expect(await reasonOf(server.authenticate(facts, { audience: ['https://more.example'] }))).toBe('wrong_audience')
  })
})

describe('what is no JWT', () => {
  test.each([
    ['a.b.c', 'three parts of nothing'],
    [`${segment({ typ: 'JWT' })}.${segment({})}.AAAA`, 'no alg'],
    [`${segment(['RS256'])}.${segment({})}.AAAA`, 'a header that is a list'],
    [`${segment({ alg: 'RS256' })}.${segment({})}.A+A=`, 'not base64url'],
  ])('%s goes to introspection: %s', async (token) => {
    world.hydra.tokens.set(token, world.answer())
    expect(await verdict(token)).toBe('accepted')
    expect(world.hydra.asked).toEqual([token])
  })

  test.each(['text', '[1]', 'null', ''])('a signed payload %j is refused', async (payload) => {
    expect(await verdict(await sign(world.key, payload))).toBe('not_access_token')
  })
})

test('formats can be switched off; then nothing is asked', async () => {
  expect(await verdict(await world.jwt(), { accept: ['opaque'] })).toBe('not_access_token')
  expect(await verdict('a.b', { accept: ['jwt'] })).toBe('not_access_token')
  expect(world.hydra.asked).toEqual([])
})
