import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

describe('a JWT access token', () => {
  test('is accepted by the keys alone', async () => {
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
  test('x', async () => {
    world.hydra.tokens.set('ory_at_a.b', world.answer())
    const s = world.server()
    await s.authenticate(bearer('ory_at_a.b'))
    await s.authenticate(bearer('a.b'))
    expect(await reasonOf(s.authenticate(bearer('c.d')))).toBe('inactive')
    expect(world.verified).toEqual([])
  })
})
