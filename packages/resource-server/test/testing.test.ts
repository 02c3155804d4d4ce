import { expect, test } from '@jest/globals'
import { isBearerTokenError } from '../src/index.ts'
import { fakeResourceServer, signedInAs } from '../src/testing.ts'

const facts = (token: string): { method: string; url: string; headers: Record<string, string> } => ({
  method: 'GET',
  url: '/',
  headers: { authorization: `Bearer ${token}` },
})

test('a fake resource server knows its tokens by heart', async () => {
  const events: unknown[] = []
  const server = fakeResourceServer({
    tokens: {
      alice: signedInAs({ subject: 'alice', scopes: ['photos.read'] }),
      old: 'expired',
      down: 'unavailable',
    },
    realm: 'test',
    onVerified: ({ clientId }) => events.push(clientId),
    onRefused: ({ reason }) => events.push(reason),
  })
  const alice = await server.authenticate(facts('alice'))
  expect(alice).toMatchObject({ subject: 'alice', clientId: 'test-client', extra: {}, claims: { sub: 'alice' } })
  server.authorize(alice, { all: ['photos.read'] })
  expect(() => server.authorize(alice, { all: ['photos.write'] })).toThrow('lacks a scope')
  await expect(server.authenticate(facts('old'))).rejects.toMatchObject({ reason: 'expired', status: 401 })
  await expect(server.authenticate(facts('toString'))).rejects.toMatchObject({ reason: 'inactive' })
  await expect(server.authenticate(facts('down'))).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  await expect(server.verify('alice')).resolves.toBe(alice)
  const missing: unknown = await server
    .authenticate({ method: 'GET', url: '/', headers: {} })
    .catch((error: unknown) => error)
  expect(isBearerTokenError(missing)).toBe(true)
  expect(server.toHttpError(missing)?.headers['www-authenticate']).toBe('Bearer realm="test"')
  expect(events).toEqual(['test-client', 'insufficient_scope', 'expired', 'inactive', 'test-client', 'missing'])
})

test('a made-up token looks like a real one', () => {
  const token = signedInAs({
    subject: 'alice',
    format: 'jwt',
    scopes: ['photos.*'],
    extra: { tenant: 7 },
    audience: ['a'],
  })
  expect(token).toMatchObject({ isClientCredentials: false, verifiedBy: 'keys', audience: ['a'], extra: { tenant: 7 } })
  expect(token.hasScope('photos.read')).toBe(true)
  expect(token.expiresAt!.getTime()).toBeGreaterThan(Date.now())
  expect(Object.isFrozen(token.scopes)).toBe(true)
  expect(signedInAs().isClientCredentials).toBe(true)
})
