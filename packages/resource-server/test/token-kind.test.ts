import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

/** Claims of an ID token as Hydra writes it, with whatever the consent app added to `session.id_token`. */
const idToken = (added: Record<string, unknown> = {}): Record<string, unknown> => ({
  acr: '0',
  at_hash: 'KUnt-Ne5C0Ea3H850Q6r_g',
  aud: ['https://api.example'],
  auth_time: world.now,
  client_id: undefined,
  ext: undefined,
  nonce: 'nonce-ed728136b78f4c47',
  rat: world.now,
  scp: undefined,
  sid: '999e4fbd-ce69-4272-97da-5676c90cc66e',
  ...added,
})

describe('JWTs', () => {
  const verdict = async (changes: Record<string, unknown>, header?: Record<string, unknown>): Promise<unknown> =>
    reasonOf(world.server().authenticate(bearer(await world.jwt(changes, header))))

  test('an ID token is refused, also one that imitates an access token', async () => {
    expect(await verdict(idToken())).toBe('id_token')
    expect(await verdict(idToken({ client_id: 'photo-app', scp: ['photos.read'], ext: {} }))).toBe('id_token')
  })

  test.each(['at_hash', 'c_hash', 'rat', 'auth_time'])('%s alone marks an ID token', async (mark) => {
    expect(await verdict({ [mark]: null })).toBe('id_token')
  })

  test('a logout token is refused', async () => {
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    expect(await verdict({ events })).toBe('logout_token')
    expect(await verdict({ events, at_hash: 'x', scp: ['photos.read'] })).toBe('logout_token')
  })

  test('a token bound to a key is refused (RFC 7800)', async () => {
    expect(await verdict({ cnf: { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' } })).toBe(
      'unsupported_confirmation',
    )
    expect(await verdict({ cnf: null })).toBe('unsupported_confirmation')
  })

  test.each([[undefined], [''], [7], [null]])('client_id %j: refused', async (client_id) => {
    expect(await verdict({ client_id })).toBe('not_access_token')
  })

  test.each([
    ['JWT', 'accepted'],
    ['jwt', 'accepted'],
    ['at+jwt', 'accepted'],
    ['application/at+jwt', 'accepted'],
    [undefined, 'accepted'],
    ['logout+jwt', 'not_access_token'],
    ['dpop+jwt', 'not_access_token'],
    ['', 'not_access_token'],
  ])('typ %j: %s', async (typ, expected) => {
    expect(await verdict({}, { typ })).toBe(expected)
  })

  test('nonce and sid set by the consent app make no ID token of an access token', async () => {
    expect(await verdict({ nonce: 'n', sid: 's' })).toBe('accepted')
  })

  test('a mark on the prototype of nothing is no mark', async () => {
    const token = await world.jwt({ ext: JSON.parse('{"__proto__":{"at_hash":"x"}}') as object })
    expect(await reasonOf(world.server().authenticate(bearer(token)))).toBe('accepted')
  })

  test('kind is judged again when the token is remembered', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt(idToken({ client_id: 'photo-app' })))
    expect(await reasonOf(server.authenticate(facts))).toBe('id_token')
    expect(await reasonOf(server.authenticate(facts))).toBe('id_token')
    expect(world.refused.map(({ source }) => source)).toEqual(['keys', 'cache'])
  })
})

describe('opaque tokens', () => {
  const verdict = async (changes: Record<string, unknown>): Promise<unknown> => {
    world.hydra.tokens.set('a.b', world.answer(changes))
    return reasonOf(world.server().authenticate(bearer('a.b')))
  }

  test('an access token is accepted', async () => {
    expect(await verdict({})).toBe('accepted')
  })

  test('a refresh token is active, too, and refused', async () => {
    expect(await verdict({ token_use: 'refresh_token' })).toBe('refresh_token')
  })

  test('servers up to 1.8 say the kind in token_type', async () => {
    expect(await verdict({ token_use: undefined, token_type: 'access_token' })).toBe('accepted')
    expect(await verdict({ token_use: undefined, token_type: 'refresh_token' })).toBe('refresh_token')
  })

  test.each([
    [{ token_use: undefined }],
    [{ token_use: undefined, token_type: undefined }],
    [{ token_use: 'id_token' }],
    [{ token_use: ['access_token'] }],
    [{ token_use: '' }],
    [{ client_id: undefined }],
    [{ client_id: '' }],
  ])('%j: refused', async (changes) => {
    expect(await verdict(changes)).toBe('not_access_token')
  })

  test('a token bound to a key is refused', async () => {
    expect(await verdict({ cnf: { 'x5t#S256': 'x' } })).toBe('unsupported_confirmation')
  })

  test('the consent app cannot change the kind through ext', async () => {
    expect(await verdict({ ext: { token_use: 'refresh_token', cnf: {} } })).toBe('accepted')
    expect(await verdict({ token_use: 'refresh_token', ext: { token_use: 'access_token' } })).toBe('refresh_token')
  })

  test.each([
    [{ exp: -5 }, 'expired'],
    [{ exp: -4 }, 'accepted'],
    [{ nbf: 6 }, 'not_yet_valid'],
    [{ nbf: 5 }, 'accepted'],
  ])('times relative to now %j: %s', async (offsets, expected) => {
    const times = Object.entries(offsets).map(([name, offset]) => [name, world.now + Number(offset)])
    expect(await verdict(Object.fromEntries(times) as Record<string, unknown>)).toBe(expected)
  })

  test.each([
    [{ iss: 'https://evil.example' }, 'wrong_issuer'],
    [{ iss: undefined }, 'accepted'],
    [{ aud: [] }, 'audience_missing'],
    [{ aud: undefined }, 'audience_missing'],
    [{ aud: ['https://other.example'] }, 'wrong_audience'],
    [{ exp: 0 }, 'expired'],
    [{ exp: -1 }, 'expired'],
    [{ exp: undefined }, 'accepted'],
    [{ active: false }, 'inactive'],
  ])('%j: %s', async (changes, expected) => {
    expect(await verdict(changes)).toBe(expected)
  })
})
