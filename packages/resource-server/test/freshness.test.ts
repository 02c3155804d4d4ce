import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
let jwt: string
beforeEach(async () => {
  world = await startWorld()
  jwt = await world.jwt()
  world.hydra.tokens.set(jwt, world.answer())
})
afterEach(() => world.close())

const introspections = (): number => world.hydra.asked.filter((what) => what !== 'jwks').length

describe('jwtCheck', () => {
  test("'keys' never asks: a revoked JWT lives until it expires", async () => {
    const server = world.server()
    world.hydra.tokens.delete(jwt)
    expect(await server.authenticate(bearer(jwt))).toMatchObject({ verifiedBy: 'keys' })
    expect(introspections()).toBe(0)
  })

  test("'introspection' asks as often as for opaque tokens", async () => {
    const server = world.server({ jwtCheck: 'introspection' })
    expect(await server.authenticate(bearer(jwt))).toMatchObject({ verifiedBy: 'both', format: 'jwt' })
    world.hydra.tokens.delete(jwt)
    world.now += 9
    expect(await reasonOf(server.authenticate(bearer(jwt)))).toBe('accepted')
    world.now += 1
    expect(await reasonOf(server.authenticate(bearer(jwt)))).toBe('inactive')
    expect(introspections()).toBe(2)
  })

  test('recheckSeconds asks that often', async () => {
    const server = world.server({ jwtCheck: { recheckSeconds: 120 } })
    await server.authenticate(bearer(jwt))
    world.hydra.tokens.delete(jwt)
    world.now += 119
    expect(await reasonOf(server.authenticate(bearer(jwt)))).toBe('accepted')
    world.now += 1
    expect(await reasonOf(server.authenticate(bearer(jwt)))).toBe('inactive')
  })

  test('Hydra is never asked about a JWT that its keys refuse', async () => {
    const server = world.server({ jwtCheck: 'introspection' })
    const forged = `${jwt.slice(0, -4)}AAAA`
    world.hydra.tokens.set(forged, world.answer())
    expect(await reasonOf(server.authenticate(bearer(forged)))).toBe('bad_signature')
    expect(introspections()).toBe(0)
  })

  test.each([
    [{ token_use: 'refresh_token' }, 'refresh_token'],
    [{ aud: [] }, 'audience_missing'],
    [{ exp: 1 }, 'expired'],
    [{ iss: 'https://evil.example' }, 'wrong_issuer'],
  ])('what introspection says is judged, too: %j', async (changes, expected) => {
    world.hydra.tokens.set(jwt, world.answer(changes))
    expect(await reasonOf(world.server({ jwtCheck: 'introspection' }).authenticate(bearer(jwt)))).toBe(expected)
  })

  test('no answer is an outage, although the keys accept', async () => {
    world.hydra.intercept = (request, response) => {
      if (request.method === 'GET') return false
      response.writeHead(404).end()
      return true
    }
    await expect(world.server({ jwtCheck: 'introspection' }).authenticate(bearer(jwt))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
    })
  })
})

describe('a route that wants a fresh proof', () => {
  test('asks Hydra about a JWT', async () => {
    const server = world.server()
    await server.authenticate(bearer(jwt))
    expect(await server.authenticate(bearer(jwt), { freshWithinSeconds: 0 })).toMatchObject({ verifiedBy: 'both' })
    world.hydra.tokens.delete(jwt)
    expect(await reasonOf(server.authenticate(bearer(jwt), { freshWithinSeconds: 0 }))).toBe('inactive')
    // Other routes go on by the keys, as configured.
    expect(await server.authenticate(bearer(jwt))).toMatchObject({ verifiedBy: 'keys' })
  })

  test('cannot be laxer than jwtCheck', async () => {
    const server = world.server({ jwtCheck: { recheckSeconds: 60 } })
    await server.authenticate(bearer(jwt))
    world.now += 60
    await server.authenticate(bearer(jwt), { freshWithinSeconds: 1000 })
    expect(introspections()).toBe(2)
  })

  test('without introspection a JWT must have been issued within that time', async () => {
    const server = world.server({ introspectionUrl: undefined, accept: ['jwt'] })
    const at = async (age: number): Promise<unknown> =>
      reasonOf(server.authenticate(bearer(await world.jwt({ iat: world.now - age })), { freshWithinSeconds: 60 }))
    expect(await at(0)).toBe('accepted')
    expect(await at(65)).toBe('accepted')
    expect(await at(66)).toBe('stale')
    const undated = await world.jwt({ iat: undefined })
    expect(await reasonOf(server.authenticate(bearer(undated), { freshWithinSeconds: 60 }))).toBe('stale')
  })
})

describe('rules are looked through', () => {
  test.each([
    [{ audiance: 'x' }, 'audiance'],
    [{ audience: [] }, 'audience'],
    [{ audience: '' }, 'audience'],
    [{ audience: [7] }, 'audience'],
    [{ audience: undefined }, 'audience'],
    [{ freshWithinSeconds: undefined }, 'freshWithinSeconds'],
    [{ freshWithinSeconds: -1 }, 'freshWithinSeconds'],
    [{ freshWithinSeconds: Number.NaN }, 'freshWithinSeconds'],
    [{ freshWithinSeconds: '5' }, 'freshWithinSeconds'],
  ])('%j', async (rule, option) => {
    await expect(world.server().authenticate(bearer(jwt), rule as object)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      option,
    })
  })
})
