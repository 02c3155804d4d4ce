/** Start, health and what a resource server tells about itself. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { protectedResourceMetadataUrl } from '../src/index.ts'
import { fakeResourceServer } from '../src/testing.ts'
import { signingKey } from './support/hydra-stub.ts'
import { audience, bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const fetches = (): number => world.hydra.asked.filter((what) => what === 'jwks').length

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

function breakHydra(): void {
  world.hydra.intercept = (_request, response) => {
    response.end('<html>bad gateway</html>')
    return true
  }
}

describe('hydrate() and savedKeys', () => {
  test('hydrate() fetches before the first token, and gives what can be saved', async () => {
    const server = world.server()
    const saved = await server.hydrate()
    expect(saved).toEqual([{ issuer: world.hydra.url, keys: { keys: [world.key.jwk] } }])
    await server.authenticate(bearer(await world.jwt()))
    expect(fetches()).toBe(1)
  })

  test('hydrate() rejects while Hydra cannot answer', async () => {
    breakHydra()
    await expect(world.server().hydrate()).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  })

  test('hydrate() asks no issuer that JWTs are not accepted from', async () => {
    expect(await world.server({ accept: ['opaque'] }).hydrate()).toEqual([])
    expect(fetches()).toBe(0)
  })

  test('saved keys verify at once while Hydra is down, for an hour', async () => {
    const [saved] = await world.server().hydrate()
    breakHydra()
    const server = world.server({ savedKeys: JSON.parse(JSON.stringify(saved!.keys)) as object })
    const facts = bearer(await world.jwt({ exp: world.now + 100_000 }))
    await server.authenticate(facts)
    world.now += 3600
    await server.authenticate(facts)
    world.now += 200
    await expect(server.authenticate(facts)).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  })

  test('the first token renews saved keys in the background, and a key that is gone counts no longer', async () => {
    const old = await signingKey('first-key')
    const server = world.server({ savedKeys: { keys: [world.key.jwk] } })
    world.hydra.keys = [old.jwk]
    const facts = bearer(await world.jwt())
    await server.authenticate(facts)
    await until(() => fetches() === 1)
    let reason: unknown = 'accepted'
    for (let turn = 0; turn < 10_000 && reason === 'accepted'; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      reason = await reasonOf(server.authenticate(facts))
    }
    expect(reason).toBe('bad_signature')
  })

  test('a shared secret among saved keys is no key', async () => {
    const server = world.server({ savedKeys: { keys: [{ kty: 'oct', kid: 'secret', k: 'AAAA' }] } })
    expect(server.stats().issuers[0]!.keys.kids).toEqual([])
  })

  test.each([[[]], [{}], [{ keys: 'x' }], [{ keys: [7] }]])('savedKeys %j: refused', (savedKeys) => {
    expect(() => world.server({ savedKeys })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option: 'savedKeys' }),
    )
  })
})

describe('requireAtJwt', () => {
  test.each([
    ['at+jwt', 'accepted'],
    ['application/at+JWT', 'accepted'],
    ['JWT', 'not_access_token'],
    [undefined, 'not_access_token'],
  ])('typ %j: %s', async (typ, expected) => {
    const facts = bearer(await world.jwt({}, { typ }))
    expect(await reasonOf(world.server({ requireAtJwt: true }).authenticate(facts))).toBe(expected)
    expect(await reasonOf(world.server().authenticate(facts))).toBe('accepted')
  })
})

describe('ready()', () => {
  test('fetches keys if there are none', async () => {
    expect(await world.server().ready()).toEqual({ ready: true, problems: [] })
    expect(fetches()).toBe(1)
  })

  test('says what is missing, and does not reject', async () => {
    breakHydra()
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    await reasonOf(server.authenticate(bearer('a.b')))
    expect(await server.ready()).toEqual({
      ready: false,
      problems: [`${world.hydra.url}: no keys`, `${world.hydra.url}: introspection fails`],
    })
  })

  test('a server without JWTs needs no keys', async () => {
    breakHydra()
    expect(await world.server({ accept: ['opaque'] }).ready()).toEqual({ ready: true, problems: [] })
  })
})

test('stats() has numbers and names of keys, nothing of a token', async () => {
  const server = world.server()
  world.hydra.tokens.set('a.b', world.answer())
  await server.authenticate(bearer('a.b'))
  await reasonOf(server.authenticate(bearer('c.d')))
  await server.authenticate(bearer(await world.jwt()))
  world.now += 3
  const stats = server.stats()
  expect(stats).toEqual({
    issuers: [
      {
        issuer: world.hydra.url,
        keys: { kids: ['first-key'], ageSeconds: 3 },
        verifiedJwts: { entries: 1, bytes: expect.any(Number) },
        introspection: {
          breaker: 'closed',
          inFlight: 0,
          queued: 0,
          activeEntries: 1,
          activeBytes: expect.any(Number),
          inactiveEntries: 1,
        },
      },
    ],
  })
  expect(JSON.stringify(stats)).not.toMatch(/alice|photo-app|a\.b|c\.d/)
})

test('close() may be called again', async () => {
  const server = world.server()
  await server.authenticate(bearer(await world.jwt()))
  await server.close()
  await server.close()
})

test('stats() shows an open breaker and one that tries again', async () => {
  const server = world.server({ breaker: { openAfterFailures: 1 } })
  const breaker = (): string => server.stats().issuers[0]!.introspection.breaker
  breakHydra()
  await reasonOf(server.authenticate(bearer('a.b')))
  expect(breaker()).toBe('open')
  world.now += 2
  world.hydra.intercept = () => true
  const before = world.hydra.asked.length
  void server.authenticate(bearer('c.d')).catch(() => {})
  await until(() => world.hydra.asked.length > before)
  expect(breaker()).toBe('half_open')
  expect(server.stats().issuers[0]!.introspection.inFlight).toBe(1)
})

describe('protected resource metadata (RFC 9728)', () => {
  test('resource, issuer and the places of tokens', () => {
    const server = world.server({ tokenFrom: ['header', 'form', { cookie: 'token' }] })
    const resource = {
      resource: audience,
      scopes: ['photos.read'],
      name: 'Photos',
      documentation: 'https://docs.example',
    }
    expect(server.protectedResourceMetadata(resource)).toEqual({
      status: 200,
      headers: { 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*' },
      body: {
        resource: audience,
        authorization_servers: [world.hydra.url],
        bearer_methods_supported: ['header', 'body'],
        scopes_supported: ['photos.read'],
        resource_name: 'Photos',
        resource_documentation: 'https://docs.example',
      },
    })
    const least = fakeResourceServer({ tokens: {} }).protectedResourceMetadata({ resource: audience })
    expect(Object.keys(least.body)).toEqual(['resource', 'authorization_servers', 'bearer_methods_supported'])
  })

  test.each([
    [{ resource: 'photos' }, 'resource'],
    [{ resource: 'https://api.example#x' }, 'resource'],
    [{ resource: 'urn:photos' }, 'resource'],
    [{ resource: audience, scopes: ['a b'] }, 'scopes'],
    [{ resource: audience, scope: ['a'] }, 'scope'],
  ])('%j: refused', (resource, option) => {
    expect(() => world.server().protectedResourceMetadata(resource)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option }),
    )
  })

  test.each([
    ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/v1/mcp', 'https://api.example/.well-known/oauth-protected-resource/v1/mcp'],
    ['https://api.example:8443/a?b=c', 'https://api.example:8443/.well-known/oauth-protected-resource/a?b=c'],
  ])('%s: %s', (resource, url) => {
    expect(protectedResourceMetadataUrl(resource)).toBe(url)
  })
})

test('a JWT that names no key causes no fetch', async () => {
  expect(await reasonOf(world.server().authenticate(bearer(await world.jwt({}, { kid: undefined }))))).toBe(
    'unknown_key',
  )
  expect(fetches()).toBe(0)
})
