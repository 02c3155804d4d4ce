/** Key sets and trusted issuers. */
import { describe, expect, test } from '@jest/globals'
import type { DroppedField, JsonWebKey, TrustIssuerRequest } from '@hydra-kit/client'
import { useOneServer } from './support/one-server.ts'
import { json, refuse } from './support/stub-server.ts'

const server = useOneServer()
const key = { kid: 'k1', kty: 'RSA' }

describe('keys', () => {
  test('a generated key: `sig` and a name of the server unless said', async () => {
    server.answer(201, { keys: [key] })
    await server.client().keySets.create('s', { alg: 'RS256' })
    expect(server.lastJson()).toEqual({ alg: 'RS256', use: 'sig', kid: '' })
    await server.client().keySets.create('s', { alg: 'RS256', use: 'enc', kid: 'k' })
    expect(server.lastJson()).toEqual({ alg: 'RS256', use: 'enc', kid: 'k' })
    await expect(server.client().keySets.create('s', { algorithm: 'x' } as never)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
    })
    await expect(server.client().keySets.set('s', [] as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    expect(server.seen).toHaveLength(2)
  })

  test('1.x: a kid without prefix finds the private half', async () => {
    server.handle(({ url }, response) =>
      url.endsWith('/private%3Ak1')
        ? json(response, 200, { keys: [{ ...key, kid: 'private:k1' }] })
        : refuse(response, 404, 'x'),
    )
    expect(await server.client('1.11').keySets.getKey('s', 'k1')).toEqual({ ...key, kid: 'private:k1' })
    expect(server.requests()).toEqual(['GET /keys/s/k1', 'GET /keys/s/private%3Ak1'])
    await expect(server.client('1.11').keySets.getKey('s', 'public:k1')).rejects.toMatchObject({ status: 404 })
    await expect(server.client('26.2').keySets.getKey('s', 'k1')).rejects.toMatchObject({ status: 404 })
    expect(server.requests().slice(2)).toEqual(['GET /keys/s/public%3Ak1', 'GET /admin/keys/s/k1'])
  })

  test('1.x: a kid without prefix deletes both halves', async () => {
    server.handle((_request, response) => void response.writeHead(204).end())
    await server.client('1.11').keySets.deleteKey('s', 'k1')
    expect(server.requests()).toEqual([
      'DELETE /keys/s/k1',
      'DELETE /keys/s/private%3Ak1',
      'DELETE /keys/s/public%3Ak1',
    ])
    server.seen.length = 0
    await server.client('1.11').keySets.deleteKey('s', 'private:k1')
    await server.client('26.2').keySets.deleteKey('s', 'k1')
    expect(server.requests()).toEqual(['DELETE /keys/s/private%3Ak1', 'DELETE /admin/keys/s/k1'])
  })

  test('setKey: the server goes by the kid of the body, so both must agree', async () => {
    server.answer(200, key)
    await server.client().keySets.setKey('s', 'k1', { kty: 'RSA' })
    expect(server.lastJson()).toEqual(key)
    await expect(server.client().keySets.setKey('s', 'k2', key)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    expect(server.seen).toHaveLength(1)
  })

  test('an emptied set is answered with null', async () => {
    server.answer(200, { keys: null })
    expect(await server.client().keySets.set('s', { keys: [] })).toEqual({ keys: [] })
  })
})

describe('trusted issuers', () => {
  const jwk: JsonWebKey = { kid: 'k1', kty: 'RSA', n: 'n', e: 'AQAB' }
  const trust: TrustIssuerRequest = { issuer: 'https://i', subject: 'bob', jwk, expires_at: '2030-01-01T00:00:00Z' }
  test.each([
    ['without an issuer', { ...trust, issuer: '' }],
    ['named like a set of Hydra', { ...trust, issuer: 'hydra.jwt.access-token' }],
    ['named like another set of Hydra', { ...trust, issuer: 'hydra.openid.id-token' }],
    ['without a key', { ...trust, jwk: undefined }],
    ['with a key without a name', { ...trust, jwk: { kty: 'RSA' } }],
    ['with a private key', { ...trust, jwk: { ...jwk, d: 'secret-7' } }],
    ['with a symmetric key', { ...trust, jwk: { kid: 'k', kty: 'oct', k: 'secret-7' } }],
  ])('%s: refused', async (_title, request) => {
    const call = server.client().trustedIssuers.create(request as TrustIssuerRequest)
    await expect(call).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      message: expect.not.stringContaining('secret-7'),
    })
    expect(server.seen).toEqual([])
  })

  test('allow_any_subject before 1.11.8 (from source, not run) is left out and reported', async () => {
    const dropped: DroppedField[] = []
    server.answer(201, { id: 'i', scope: null })
    const { subject: _none, ...anybody } = { ...trust, allow_any_subject: true }
    const hydra = server.client('1.11.7', { onDroppedField: (one) => dropped.push(one) })
    expect(await hydra.trustedIssuers.create(anybody)).toEqual({ id: 'i', scope: [] })
    expect(dropped).toMatchObject([{ field: 'allow_any_subject', since: '1.11.8' }])
    await server.client('1.11.8').trustedIssuers.create(anybody)
    expect(server.lastJson()).toMatchObject({ allow_any_subject: true })
  })
})
