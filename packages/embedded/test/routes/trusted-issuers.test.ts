import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { type JsonAnswer, admin } from '../user-agent.ts'

const hydra = useHydra()
const issuers = '/trust/grants/jwt-bearer/issuers'
const publicJwk = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid: 'k1',
  use: 'sig',
}

function trust(body: Record<string, unknown> = {}): Promise<JsonAnswer> {
  return admin(hydra, 'POST', issuers, {
    issuer: 'https://idp.example',
    subject: 'svc',
    scope: ['a', 'b'],
    jwk: publicJwk,
    expires_at: '2100-01-01T00:00:00.4+02:00',
    ...body,
  })
}

test('creates, shows, lists and deletes', async () => {
  const { status, headers, body } = await trust()
  expect(status).toBe(201)
  expect(headers.get('location')).toBe(`/trust/grants/jwt-bearer/issuers/${String(body['id'])}`)
  expect(body).toEqual({
    id: expect.any(String) as unknown,
    issuer: 'https://idp.example',
    subject: 'svc',
    allow_any_subject: false,
    scope: ['a', 'b'],
    public_key: { set: 'https://idp.example', kid: 'k1' },
    created_at: expect.any(String) as unknown,
    expires_at: '2099-12-31T22:00:00Z',
  })
  const one = `${issuers}/${String(body['id'])}`
  expect((await admin(hydra, 'GET', one)).body).toEqual(body)
  expect((await admin(hydra, 'GET', `${issuers}/${String(body['id']).replaceAll('-', '').toUpperCase()}`)).status).toBe(
    200,
  )
  expect((await admin(hydra, 'GET', issuers)).body).toEqual([body])
  expect((await admin(hydra, 'GET', `${issuers}?issuer=https://idp.example`)).body).toEqual([body])
  expect((await admin(hydra, 'GET', `${issuers}?issuer=nobody`)).body).toEqual([])
  expect((await admin(hydra, 'DELETE', one)).status).toBe(204)
  expect((await admin(hydra, 'DELETE', one)).status).toBe(404)
  expect((await admin(hydra, 'GET', one)).status).toBe(404)
})

test('a missing scope is null in the answer and a list later', async () => {
  const { body } = await trust({ scope: undefined })
  expect(body['scope']).toBeNull()
  expect((await admin(hydra, 'GET', `${issuers}/${String(body['id'])}`)).body['scope']).toEqual([])
})

describe('refused with 400', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no issuer', { issuer: undefined }, 'missing_required_parameter'],
    ['no subject', { subject: undefined }, 'missing_required_parameter'],
    ['a subject and any subject', { allow_any_subject: true }, 'missing_required_parameter'],
    ['no expires_at', { expires_at: undefined }, 'missing_required_parameter'],
    ['no key', { jwk: undefined }, 'missing_required_parameter'],
    ['a key without kid', { jwk: { ...publicJwk, kid: undefined } }, 'missing_required_parameter'],
    ['a key that is none', { jwk: { kid: 'k1' } }, 'error'],
    ['a null key', { jwk: null }, 'error'],
    ['a point beside its curve', { jwk: { ...publicJwk, x: publicJwk.y, y: publicJwk.x } }, 'error'],
    ['bytes that are no base64url', { jwk: { kid: 'k1', kty: 'RSA', n: '!!', e: 'AQAB' } }, 'error'],
    ['a scope that is a string', { scope: 'a b' }, 'error'],
    ['a day that does not exist', { expires_at: '2030-02-30T00:00:00Z' }, 'error'],
    ['a time that is none', { expires_at: 'tomorrow' }, 'error'],
  ])('%s', async (_name, body, error) => {
    const answer = await trust(body)
    expect([answer.status, answer.body['error']]).toEqual([400, error])
  })

  test('ids that are no UUIDs, and paging that is no number', async () => {
    for (const query of ['/nope', '?page_size=x']) {
      expect((await admin(hydra, 'GET', `${issuers}${query}`)).status).toBe(400)
    }
    expect((await admin(hydra, 'DELETE', `${issuers}/nope`)).status).toBe(400)
  })
})

test('the same issuer, subject and kid again is a conflict, whatever else differs', async () => {
  await trust()
  expect((await trust({ scope: ['c'] })).status).toBe(409)
  expect((await trust({ subject: 'other' })).status).toBe(201)
  expect((await trust({ jwk: { ...publicJwk, kid: 'k2' } })).status).toBe(201)
})

test('the key goes into the set of the issuer; one that is there already is kept', async () => {
  const second = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
  await trust()
  await trust({ subject: 'other', jwk: { ...second, kid: 'k1' } })
  const { body } = await admin(hydra, 'GET', `/keys/${encodeURIComponent('https://idp.example')}`)
  expect(body['keys']).toEqual([expect.objectContaining({ kid: 'k1', x: publicJwk.x })])
})

describe('a trust ends with its key', () => {
  const set = `/keys/${encodeURIComponent('https://idp.example')}`
  test.each<[string, () => Promise<unknown>]>([
    [
      'with another trust of that key',
      async () => admin(hydra, 'DELETE', `${issuers}/${String((await trust({ subject: 'x' })).body['id'])}`),
    ],
    ['with the key', () => admin(hydra, 'DELETE', `${set}/k1`)],
    ['with the set', () => admin(hydra, 'DELETE', set)],
    ['when the key is written again', () => admin(hydra, 'PUT', `${set}/k1`, publicJwk)],
  ])('%s', async (_name, end) => {
    const { body } = await trust()
    await end()
    expect((await admin(hydra, 'GET', `${issuers}/${String(body['id'])}`)).status).toBe(404)
  })
})
