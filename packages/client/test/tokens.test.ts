/** Tokens: forms as they are sent, and answers levelled out. */
import { describe, expect, test } from '@jest/globals'
import type { ExchangeRequest, IntrospectRequest } from '@hydra-kit/client'
import { useOneServer } from './support/one-server.ts'

const server = useOneServer()

describe('introspection', () => {
  test.each([
    ['inactive says nothing else', { active: false, ext: { x: 1 } }, { active: false }],
    [
      'since 1.9',
      { active: true, token_use: 'access_token', token_type: 'Bearer', ext: { t: 7 }, aud: ['a'] },
      { active: true, token_use: 'access_token', token_type: 'Bearer', ext: { t: 7 }, aud: ['a'] },
    ],
    [
      'up to 1.8 the kind stands in token_type, and empty members are left out (from source, not run)',
      { active: true, token_type: 'refresh_token' },
      { active: true, token_use: 'refresh_token', token_type: 'Bearer', aud: [], ext: {} },
    ],
    [
      'null lists and maps',
      { active: true, token_use: 'access_token', aud: null, ext: null },
      { active: true, token_use: 'access_token', aud: [], ext: {} },
    ],
    [
      'a refresh token that never expires is reported with exp = iat',
      { active: true, token_use: 'refresh_token', exp: 1000, iat: 1000 },
      { active: true, token_use: 'refresh_token', iat: 1000, aud: [], ext: {} },
    ],
    [
      'an access token with exp = iat keeps it',
      { active: true, token_use: 'access_token', exp: 1000, iat: 1000 },
      { active: true, token_use: 'access_token', exp: 1000, iat: 1000, aud: [], ext: {} },
    ],
  ])('%s', async (_title, answer, expected) => {
    server.answer(200, answer)
    expect(await server.client().tokens.introspect({ token: 't' })).toEqual(expected)
  })

  test('the form', async () => {
    server.answer(200, { active: false })
    await server.client().tokens.introspect({ token: 't&x=1', scope: ['a', 'b'], tokenTypeHint: 'access_token' })
    expect(server.lastForm()).toEqual({ token: 't&x=1', scope: 'a b', token_type_hint: 'access_token' })
  })

  test.each([{}, { token: '' }, { token: 7 }, { token: 't', scopes: ['admin'] }])(
    'a typo must not widen the question: %j',
    async (request) => {
      const call = server.client().tokens.introspect(request as IntrospectRequest)
      await expect(call).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
      expect(server.seen).toEqual([])
    },
  )
})

describe("a client's credentials (RFC 6749 section 2.3)", () => {
  const form = async (credentials: object): Promise<[Record<string, string>, string | undefined]> => {
    server.handle((_request, response) => void response.end())
    await server.client().tokens.revoke({ token: 't', ...credentials })
    return [server.lastForm(), server.seen.at(-1)?.headers.authorization]
  }

  test('basic, both parts form-encoded first', async () => {
    const encoded = `Basic ${btoa('my+client%3A1:s%2Bcret+%C3%A4')}`
    expect(await form({ clientId: 'my client:1', clientSecret: 's+cret ä' })).toEqual([{ token: 't' }, encoded])
  })

  test('in the form', async () => {
    expect(await form({ clientId: 'c1', clientSecret: 's', authMethod: 'client_secret_post' })).toEqual([
      { token: 't', client_id: 'c1', client_secret: 's' },
      undefined,
    ])
  })

  test('a public client', async () => {
    expect(await form({ clientId: 'c1' })).toEqual([{ token: 't', client_id: 'c1' }, undefined])
  })

  test('a signed assertion (RFC 7523 section 2.2)', async () => {
    expect(await form({ clientId: 'c1', clientAssertion: 'a.b.c' })).toEqual([
      {
        token: 't',
        client_id: 'c1',
        client_assertion: 'a.b.c',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      },
      undefined,
    ])
  })

  test.each([
    { clientSecret: 's' },
    { clientId: 'c', clientSecret: 's', clientAssertion: 'a' },
    { clientId: 'c', clientSecret: 's', authMethod: 'private_key_jwt' },
    { clientId: 'c', secret: 's' },
  ])('is refused: %j', async (credentials) => {
    const call = server.client().tokens.revoke({ token: 't', ...credentials } as never)
    await expect(call).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    expect(server.seen).toEqual([])
  })
})

describe('exchange', () => {
  const client = { clientId: 'c1', clientSecret: 's' }
  const rows: [ExchangeRequest, Record<string, string>][] = [
    [
      { grantType: 'authorization_code', code: 'x', redirectUri: 'https://cb', codeVerifier: 'v', ...client },
      { grant_type: 'authorization_code', code: 'x', redirect_uri: 'https://cb', code_verifier: 'v' },
    ],
    [
      { grantType: 'refresh_token', refreshToken: 'r', ...client },
      { grant_type: 'refresh_token', refresh_token: 'r' },
    ],
    [
      { grantType: 'client_credentials', scope: ['a', 'b'], audience: 'https://api', ...client },
      { grant_type: 'client_credentials', scope: 'a b', audience: 'https://api' },
    ],
    [
      { grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c', scope: 'a', ...client },
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c', scope: 'a' },
    ],
    [
      { grantType: 'urn:ietf:params:oauth:grant-type:device_code', deviceCode: 'd', ...client },
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: 'd' },
    ],
  ]
  test.each(rows)('%j', async (request, form) => {
    server.answer(200, { access_token: 't', token_type: 'bearer' })
    await server.client().tokens.exchange(request)
    expect(server.requests()).toEqual(['POST /oauth2/token'])
    expect(server.lastForm()).toEqual(form)
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${btoa('c1:s')}`)
  })

  test.each([
    undefined,
    {},
    { grantType: 'password', ...client },
    { grantType: 'authorization_code', ...client },
    { grantType: 'authorization_code', code: 'x', code_verifier: 'v', ...client },
    { grantType: 'refresh_token', refreshToken: '', ...client },
    { grantType: 'refresh_token', refreshToken: 'r', scope: 'a', ...client },
    { grantType: 'client_credentials', scopes: ['a'], ...client },
  ])('is refused: %j', async (request) => {
    const call = server.client().tokens.exchange(request as ExchangeRequest)
    await expect(call).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    expect(server.seen).toEqual([])
  })

  test.each([
    ['1.10', 'urn:ietf:params:oauth:grant-type:jwt-bearer', '1.11.0'],
    ['2.3', 'urn:ietf:params:oauth:grant-type:device_code', '25.4.0'],
  ])('Hydra %s has no %s', async (version, grantType, since) => {
    const request = { grantType, ...client, ...(since === '1.11.0' ? { assertion: 'a' } : { deviceCode: 'd' }) }
    await expect(server.client(version).tokens.exchange(request as ExchangeRequest)).rejects.toMatchObject({
      code: 'ERR_HYDRA_UNSUPPORTED',
      argument: grantType,
      since,
    })
    expect(server.seen).toEqual([])
  })

  test('a pending device is an error with its code', async () => {
    server.answer(400, { error: 'authorization_pending', error_description: 'not yet' })
    await expect(server.client().tokens.exchange(rows[4]![0])).rejects.toMatchObject({
      code: 'ERR_HYDRA_HTTP',
      status: 400,
      error: 'authorization_pending',
    })
  })
})

test('flushInactive', async () => {
  server.handle((_request, response) => void response.writeHead(204).end())
  const { tokens } = server.client('1.11')
  await tokens.flushInactive()
  expect(server.lastJson()).toEqual({})
  await tokens.flushInactive({ notAfter: new Date('2026-01-02T03:04:05Z') })
  expect(server.lastJson()).toEqual({ notAfter: '2026-01-02T03:04:05.000Z' })
  await expect(tokens.flushInactive({ notAfter: new Date('x') })).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  await expect(tokens.flushInactive({ before: new Date() } as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
})
