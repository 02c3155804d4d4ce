import { type KeyObject, generateKeyPairSync, randomUUID } from 'node:crypto'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { SignJWT } from 'jose'
import { type JsonAnswer, admin, form } from '../user-agent.ts'

const hydra = useHydra()
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }

let keyServer: Server
let jwksUri = ''

beforeAll(async () => {
  keyServer = createServer((message, response) => {
    if (message.url === '/jwks') response.end(JSON.stringify({ keys: [jwk] }))
    else response.writeHead(500).end()
  })
  await new Promise<void>((resolve) => keyServer.listen(0, '127.0.0.1', resolve))
  jwksUri = `http://127.0.0.1:${(keyServer.address() as AddressInfo).port}`
})

afterAll(() => new Promise((resolve) => keyServer.close(resolve)))

beforeEach(async () => {
  const client = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt' }
  const keys = { jwks: { keys: [jwk] } }
  await admin(hydra, 'POST', '/clients', { ...client, ...keys, client_id: 'inline' })
  await admin(hydra, 'POST', '/clients', {
    ...client,
    ...keys,
    client_id: 'ps',
    token_endpoint_auth_signing_alg: 'PS256',
  })
  await admin(hydra, 'POST', '/clients', { ...client, client_id: 'remote', jwks_uri: `${jwksUri}/jwks` })
  await admin(hydra, 'POST', '/clients', { ...client, client_id: 'gone', jwks_uri: `${jwksUri}/gone` })
  await admin(hydra, 'POST', '/clients', {
    client_id: 'secret',
    client_secret: 'the-secret',
    grant_types: ['client_credentials'],
  })
})

interface AssertionInput {
  readonly id?: string
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
  readonly key?: KeyObject
}

function assertion({
  id = 'inline',
  claims = {},
  header = {},
  key = pair.privateKey,
}: AssertionInput): Promise<string> {
  const now = Math.floor(hydra.now() / 1000)
  const aud = `${hydra.publicUrl}/oauth2/token`
  return new SignJWT({ iss: id, sub: id, aud, iat: now, exp: now + 60, jti: randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header })
    .sign(key)
}

async function authenticate(
  input: AssertionInput | string = {},
  fields: Record<string, string> = {},
): Promise<JsonAnswer> {
  return form(hydra, '/oauth2/token', {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: typeof input === 'string' ? input : await assertion(input),
    ...fields,
  })
}

describe('private_key_jwt', () => {
  test.each<[string, AssertionInput]>([
    ['keys that the client registered', {}],
    ['keys at its jwks_uri', { id: 'remote' }],
    ['the algorithm that it registered', { id: 'ps', header: { alg: 'PS256' } }],
    ['no kid', { header: { kid: undefined } }],
  ])('works with %s', async (_name, input) => {
    expect((await authenticate(input)).status).toBe(200)
  })

  test.each<[string, AssertionInput, number, string]>([
    ['another key', { key: other.privateKey }, 401, 'invalid_client'],
    ['another algorithm than RS256', { header: { alg: 'RS384' } }, 401, 'invalid_client'],
    ['another algorithm than registered', { id: 'ps' }, 401, 'invalid_client'],
    ['an unknown kid', { header: { kid: 'k2' } }, 400, 'invalid_request'],
    ['an unknown client', { id: 'nobody' }, 401, 'invalid_client'],
    ['a client of another method', { id: 'secret' }, 401, 'invalid_client'],
    ['another iss', { claims: { iss: 'x' } }, 401, 'invalid_client'],
    ['no jti', { claims: { jti: undefined } }, 401, 'invalid_client'],
    ['no exp', { claims: { exp: undefined } }, 401, 'invalid_client'],
    ['another aud', { claims: { aud: 'https://other.example' } }, 401, 'invalid_client'],
    ['keys that can not be fetched', { id: 'gone' }, 500, 'server_error'],
  ])('refuses %s', async (_name, input, status, error) => {
    const answer = await authenticate(input)
    expect([answer.status, answer.body['error']]).toEqual([status, error])
  })

  test('takes an assertion once', async () => {
    const used = await assertion({})
    expect((await authenticate(used)).status).toBe(200)
    expect((await authenticate(used)).body['error']).toBe('jti_known')
  })

  test('the assertion must be about the client that is named beside it', async () => {
    expect((await authenticate({}, { client_id: 'remote' })).body['error']).toBe('invalid_client')
  })

  test('needs an assertion, of a type that is known', async () => {
    expect((await authenticate('')).body['error']).toBe('invalid_request')
    expect((await authenticate('garbage')).body['error']).toBe('invalid_client')
    expect((await authenticate({}, { client_assertion_type: 'x' })).body['error']).toBe('invalid_request')
  })
})

describe('secrets', () => {
  const basic = (id: string, secret: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  })
  const grant = { grant_type: 'client_credentials' }

  test('by the registered method only', async () => {
    expect((await form(hydra, '/oauth2/token', grant, basic('secret', 'the-secret'))).status).toBe(200)
    const posted = { ...grant, client_id: 'secret', client_secret: 'the-secret' }
    expect((await form(hydra, '/oauth2/token', posted)).body['error']).toBe('invalid_client')
    expect((await form(hydra, '/oauth2/token', posted, basic('secret', 'the-secret'))).body['error']).toBe(
      'invalid_client',
    )
  })

  test.each([
    ['a wrong secret', basic('secret', 'wrong'), 401, 'invalid_client'],
    ['an empty secret', basic('secret', ''), 401, 'invalid_client'],
    ['an unknown client', basic('nobody', 'x'), 401, 'invalid_client'],
    ['halves that are not form-encoded', basic('secret', '100%'), 400, 'invalid_request'],
    ['nothing', {}, 400, 'invalid_request'],
  ])('%s is refused', async (_name, headers, status, error) => {
    const answer = await form(hydra, '/oauth2/token', grant, headers)
    expect([answer.status, answer.body['error']]).toEqual([status, error])
  })
})
