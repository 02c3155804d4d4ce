import { expect, test } from '@jest/globals'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin } from '../user-agent.ts'

const hydra = useHydra()
const ec = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'one',
  use: 'sig',
  alg: 'ES256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}
const kids = ({ body }: Awaited<ReturnType<typeof admin>>): unknown =>
  (body['keys'] as { kid?: string }[]).map((key) => key.kid)

test('keys are made, listed newest first with their private part, and deleted', async () => {
  const made = await admin(hydra, 'POST', '/keys/mine', { alg: 'ES256', kid: 'a' })
  expect([made.status, made.body]).toEqual([
    201,
    { keys: [expect.objectContaining({ kid: 'a', alg: 'ES256', use: 'sig', d: expect.any(String) })] },
  ])
  expect((await admin(hydra, 'POST', '/keys/mine', { alg: 'EdDSA', kid: 'a' })).status).toBe(409)
  await admin(hydra, 'POST', '/keys/mine', { alg: 'EdDSA', kid: 'b', use: 'enc' })
  expect(kids(await admin(hydra, 'GET', '/keys/mine'))).toEqual(['b', 'a'])
  expect(kids(await admin(hydra, 'GET', '/keys/mine/a'))).toEqual(['a'])
  expect((await admin(hydra, 'DELETE', '/keys/mine/a')).status).toBe(204)
  expect((await admin(hydra, 'GET', '/keys/mine/a')).body['error']).toBe('Unable to locate the resource')
  expect((await admin(hydra, 'DELETE', '/keys/mine')).status).toBe(204)
  expect((await admin(hydra, 'GET', '/keys/mine')).body['error']).toBe('Not Found')
})

test.each(['HS256', 'ES256K', 'none', '', 'rs256', 'constructor'])('no key is made for "%s"', async (alg) => {
  const { status, body } = await admin(hydra, 'POST', '/keys/mine', { alg })
  expect([status, body['error']]).toEqual([400, 'Bad Request'])
})

test('a set is replaced as a whole, the last key listed counts as the newest', async () => {
  const put = await admin(hydra, 'PUT', '/keys/mine', { keys: [ec, { ...ec, kid: 'two', unknown: 1 }] })
  expect(put.body['keys']).toEqual([ec, { ...ec, kid: 'two' }])
  expect(kids(await admin(hydra, 'GET', '/keys/mine'))).toEqual(['two', 'one'])
  expect((await admin(hydra, 'PUT', '/keys/mine', { keys: [ec, ec] })).status).toBe(409)
  expect((await admin(hydra, 'PUT', '/keys/mine', {})).body).toEqual({ keys: null })
  expect((await admin(hydra, 'GET', '/keys/mine')).status).toBe(404)
})

test('a key is put under the id in its body, not in the path', async () => {
  expect((await admin(hydra, 'PUT', '/keys/mine/path', ec)).body).toEqual(ec)
  expect(kids(await admin(hydra, 'GET', '/keys/mine'))).toEqual(['one'])
})

test.each([
  { kty: 'foo' },
  { kty: 'RSA', n: 'AQAB' },
  { kty: 'oct' },
  { ...ec, x: 'AAAA' },
  { ...ec, crv: 'P-999' },
  [],
])('a key that is none is refused: %j', async (key) => {
  expect((await admin(hydra, 'PUT', '/keys/mine/k', key)).status).toBe(400)
})

test('the public keys are those of both signing sets, without private parts', async () => {
  const read = async (): Promise<Response> => fetch(`${hydra.publicUrl}/.well-known/jwks.json`)
  const { keys } = (await (await read()).json()) as { keys: Record<string, unknown>[] }
  expect(keys).toHaveLength(2)
  for (const key of keys) expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  // A symmetric key has no public half: the real server's answer breaks, too.
  await admin(hydra, 'PUT', '/keys/hydra.jwt.access-token/o', { kty: 'oct', k: 'AAAA', kid: 'o' })
  expect((await read()).status).toBe(500)
})

test('a signing set that was emptied gets a new key', async () => {
  await admin(hydra, 'DELETE', '/keys/hydra.openid.id-token')
  const tokens = await Promise.all([hydra.mint.idToken(), hydra.mint.idToken()])
  const headers = tokens.map((token) => token.split('.')[0])
  expect(headers[0]).toBe(headers[1])
})
