import { randomUUID } from 'node:crypto'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type CryptoKey, SignJWT, exportJWK, generateKeyPair } from 'jose'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, form, sent, userAgent } from '../user-agent.ts'

const hydra = useHydra({
  clients: [
    { ...appClient, client_id: 'post' },
    { ...appClient, client_id: 'basic', token_endpoint_auth_method: 'client_secret_basic' },
    {
      ...appClient,
      client_id: 'odd id:+%',
      client_secret: 'se:cr+et %',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    { ...appClient, client_id: 'public', client_secret: '', token_endpoint_auth_method: 'none' },
    { ...appClient, client_id: 'code-only', grant_types: ['authorization_code'] },
  ],
})
const encoded = (id: string, secret: string): Record<string, string> =>
  raw(encodeURIComponent(id), encodeURIComponent(secret))
const raw = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})
const ask = (fields: Record<string, string>, headers: Record<string, string> = {}): ReturnType<typeof form> =>
  form(hydra, '/oauth2/token', { grant_type: 'client_credentials', ...fields }, headers)

describe('a secret', () => {
  test.each([
    ['in the form', { client_id: 'post', client_secret: 'app-secret' }, {}],
    ['by Basic', {}, encoded('basic', 'app-secret')],
    ['by Basic, encoded', {}, encoded('odd id:+%', 'se:cr+et %')],
    ['by Basic, with the id in the form as well', { client_id: 'basic' }, encoded('basic', 'app-secret')],
  ])('is taken %s', async (_description, fields, headers) => {
    expect((await ask(fields, headers)).status).toBe(200)
  })

  test.each([
    ['of an unknown client', { client_id: 'nobody', client_secret: 'x' }, {}, 401, 'invalid_client'],
    ['that is wrong', { client_id: 'post', client_secret: 'wrong' }, {}, 401, 'invalid_client'],
    ['that is missing', { client_id: 'post' }, {}, 401, 'invalid_client'],
    ['in the form of a Basic client', { client_id: 'basic', client_secret: 'app-secret' }, {}, 401, 'invalid_client'],
    ['by Basic of a form client', {}, encoded('post', 'app-secret'), 401, 'invalid_client'],
    [
      'in both places',
      { client_id: 'basic', client_secret: 'app-secret' },
      encoded('basic', 'app-secret'),
      401,
      'invalid_client',
    ],
    ['by Basic, not encoded', {}, raw('odd id:+%', 'se:cr+et %'), 400, 'invalid_request'],
    ['of nobody', {}, {}, 400, 'invalid_request'],
    ['that makes no sense', {}, { authorization: 'Basic !!!' }, 400, 'invalid_request'],
    ['of a public client', { client_id: 'public' }, {}, 400, 'invalid_grant'],
    [
      'of a client without the grant',
      { client_id: 'code-only', client_secret: 'app-secret' },
      {},
      400,
      'unauthorized_client',
    ],
  ])('%s is refused', async (_description, fields, headers, status, error) => {
    const answer = await ask(fields, headers)
    expect([answer.status, answer.body['error']]).toEqual([status, error])
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })
})

test.each(['password', 'made-up', 'client_credentials client_credentials'])(
  'the grant "%s" is an invalid request',
  async (grant_type) => {
    const answer = await ask({ grant_type, client_id: 'post', client_secret: 'app-secret' })
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request'])
  },
)

describe('private_key_jwt', () => {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  let key: CryptoKey
  let otherKey: CryptoKey
  let jwk: Record<string, unknown>
  let keyServer: Server

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    key = pair.privateKey
    otherKey = (await generateKeyPair('ES256')).privateKey
    jwk = { ...(await exportJWK(pair.publicKey)), kid: 'mine', use: 'sig', alg: 'ES256' }
    keyServer = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })))
    await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => keyServer.close(resolve)))
  beforeEach(async () => {
    const keyed = {
      ...appClient,
      client_id: 'keyed',
      client_secret: undefined,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
    }
    await admin(hydra, 'POST', '/clients', { ...keyed, jwks: { keys: [jwk] } })
    const jwks_uri = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}/jwks`
    await admin(hydra, 'POST', '/clients', { ...keyed, client_id: 'remote', jwks_uri })
  })

  async function assertion(
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
    by = key,
  ): Promise<string> {
    const now = Math.floor(hydra.now() / 1000)
    const all = {
      iss: 'keyed',
      sub: 'keyed',
      aud: `${hydra.publicUrl}/oauth2/token`,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      ...claims,
    }
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    return new SignJWT(kept).setProtectedHeader({ alg: 'ES256', kid: 'mine', ...header }).sign(by)
  }
  const askWith = (client_assertion: string, more: Record<string, string> = {}): ReturnType<typeof form> =>
    ask({ client_assertion_type: type, client_assertion, ...more })

  test('is taken once', async () => {
    const once = await assertion()
    expect((await askWith(once)).status).toBe(200)
    expect((await askWith(once)).body['error']).toBe('jti_known')
    hydra.clock.advance('2m')
    // The jti is forgotten with its assertion, which by then is too old.
    expect((await askWith(once)).status).toBe(500)
  })

  test('finds keys at a jwks_uri', async () => {
    expect((await askWith(await assertion({ iss: 'remote', sub: 'remote' }))).status).toBe(200)
  })

  test.each([
    ['another issuer', { iss: 'x' }, {}, 401, 'invalid_client'],
    ['an unknown subject', { sub: 'x' }, {}, 401, 'invalid_client'],
    ['no subject', { sub: undefined }, {}, 401, 'invalid_client'],
    ['no jti', { jti: undefined }, {}, 401, 'invalid_client'],
    ['no end', { exp: undefined }, {}, 401, 'invalid_client'],
    ['the issuer as audience', { aud: 'http://127.0.0.1' }, {}, 401, 'invalid_client'],
    ['an end in the past', { exp: 1 }, {}, 500, 'error'],
    ['an unknown kid', {}, { kid: 'x' }, 400, 'invalid_request'],
  ])('with %s is refused', async (_description, claims, header, status, error) => {
    const answer = await askWith(await assertion(claims, header))
    expect([answer.status, answer.body['error']]).toEqual([status, error])
  })

  test('by another key, for another client, of another kind, or not at all, is refused', async () => {
    const refused = [
      await askWith(await assertion({}, {}, otherKey)),
      await askWith(await assertion(), { client_id: 'post' }),
      await askWith('garbage'),
      await ask({ client_id: 'keyed', client_secret: 'guess' }),
      await ask({ client_id: 'keyed' }),
    ]
    for (const { body } of refused) expect(body['error']).toBe('invalid_client')
    expect((await askWith('')).body['error']).toBe('invalid_request')
    expect((await ask({ client_assertion_type: 'other', client_assertion: 'x' })).body['error']).toBe('invalid_request')
  })

  test('keys also sign request objects', async () => {
    const request = await new SignJWT({ state: 'inside-the-object', scope: 'photos.read' })
      .setProtectedHeader({ alg: 'ES256', kid: 'mine' })
      .sign(key)
    const agent = userAgent(hydra)
    const atLogin = await agent.authorize({ client_id: 'keyed', request, scope: 'openid' })
    const challenge = encodeURIComponent(sent(atLogin, 'login_challenge'))
    const seen = await admin(hydra, 'GET', `/oauth2/auth/requests/login?login_challenge=${challenge}`)
    expect(seen.body['requested_scope']).toEqual(['photos.read', 'openid'])
    const forged = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'mine' }).sign(otherKey)
    expect(sent(await agent.authorize({ client_id: 'keyed', request: forged }), 'error')).toBe('invalid_request_object')
    const unregistered = await agent.authorize({ client_id: 'keyed', request_uri: 'http://127.0.0.1:9/object' })
    expect(sent(unregistered, 'error')).toBe('invalid_request_uri')
  })
})
