import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const token = 'ory_at_DBQyxzcD.boKnnolK'
const asked = (): number => world.hydra.asked.length

/** Holds every answer back until it is let go. */
function holdAnswers(): () => void {
  const held: (() => void)[] = []
  world.hydra.intercept = (request, response) => {
    const body = JSON.stringify(world.hydra.tokens.get(world.hydra.asked.at(-1)!) ?? { active: false })
    held.push(() => response.setHeader('content-type', 'application/json').end(body))
    void request
    return true
  }
  return () => held.splice(0).forEach((answer) => answer())
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('a good opaque token gives the same shape as a JWT', async () => {
  world.hydra.tokens.set(token, world.answer())
  const verified = await world.server().authenticate(bearer(token))
  expect(verified).toMatchObject({
    subject: 'alice',
    clientId: 'photo-app',
    isClientCredentials: false,
    scopes: ['openid', 'photos.read'],
    audience: ['https://api.example'],
    issuer: world.hydra.url,
    format: 'opaque',
    verifiedBy: 'introspection',
    extra: { tenant: 't1' },
    issuedAt: new Date(world.now * 1000),
    expiresAt: new Date((world.now + 3600) * 1000),
  })
  const jwt = await world.server().authenticate(bearer(await world.jwt()))
  expect(Object.keys(verified)).toEqual(Object.keys(jwt))
})

describe('answers are kept for a stated time', () => {
  test('10 s by default, counted from the question', async () => {
    const server = world.server()
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now += 9
    await server.authenticate(bearer(token))
    expect(asked()).toBe(1)
    world.now += 1
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
    expect(asked()).toBe(2)
  })

  test('never past exp, whatever the age allows', async () => {
    const server = world.server({ cache: { maxAgeSeconds: 3600 }, clockToleranceSeconds: 0 })
    world.hydra.tokens.set(token, world.answer({ exp: world.now + 30 }))
    await server.authenticate(bearer(token))
    world.now += 29
    await server.authenticate(bearer(token))
    world.now += 1
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('expired')
    expect(asked()).toBe(1)
  })

  test('0 switches it off', async () => {
    const server = world.server({ cache: { maxAgeSeconds: 0, negativeMaxAgeSeconds: 0 } })
    world.hydra.tokens.set(token, world.answer())
    for (let round = 0; round < 2; round++) {
      await server.authenticate(bearer(token))
      expect(await reasonOf(server.authenticate(bearer('x.y')))).toBe('inactive')
    }
    expect(asked()).toBe(4)
  })

  test('a clock that is set back makes no answer younger', async () => {
    const server = world.server({ clockToleranceSeconds: 300 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now -= 11
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
  })

  test('inactive answers for 5 s', async () => {
    const server = world.server()
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
    world.hydra.tokens.set(token, world.answer())
    world.now += 4
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
    expect(asked()).toBe(1)
    world.now += 1
    await server.authenticate(bearer(token))
    expect(asked()).toBe(2)
  })

  test('policy is judged again on what is remembered (CVE-2021-32701)', async () => {
    const server = world.server()
    world.hydra.tokens.set(token, world.answer())
    const verified = await server.authenticate(bearer(token))
    expect(await reasonOf(server.authenticate(bearer(token), { audience: 'https://other.example' }))).toBe(
      'wrong_audience',
    )
    expect(() => server.authorize(verified, { all: ['photos.write'] })).toThrow('lacks a scope')
    expect(asked()).toBe(1)
  })

  test('a route can ask for a fresh answer', async () => {
    const server = world.server({ cache: { maxAgeSeconds: 60 } })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    await server.authenticate(bearer(token), { freshWithinSeconds: 0 })
    expect(asked()).toBe(2)
    world.now += 5
    await server.authenticate(bearer(token), { freshWithinSeconds: 6 })
    expect(asked()).toBe(2)
    await server.authenticate(bearer(token), { freshWithinSeconds: 5 })
    expect(asked()).toBe(3)
    // A route cannot make answers last longer than the server allows.
    world.now += 60
    await server.authenticate(bearer(token), { freshWithinSeconds: 1000 })
    expect(asked()).toBe(4)
  })
})

describe('one question for many', () => {
  test('1 000 equal tokens at once', async () => {
    const server = world.server()
    world.hydra.tokens.set(token, world.answer())
    await Promise.all(Array.from({ length: 1000 }, () => server.authenticate(bearer(token))))
    expect(asked()).toBe(1)
  })

  test('both spellings of a token are one', async () => {
    const server = world.server()
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    await server.authenticate(bearer(token.slice('ory_at_'.length)))
    expect(world.hydra.asked).toEqual([token])
    expect(await reasonOf(server.authenticate(bearer(`ory_at_${token}`)))).toBe('inactive')
    // A JWT with the prefix in front is another token.
    const jwt = await world.jwt()
    await server.authenticate(bearer(jwt))
    expect(await reasonOf(server.authenticate(bearer(`ory_at_${jwt}`)))).toBe('inactive')
    await server.authenticate(bearer(jwt))
  })

  test('a question that is too old for a route is not joined, and the later answer is kept', async () => {
    const server = world.server({ cache: { maxAgeSeconds: 60 } })
    world.hydra.tokens.set(token, world.answer())
    const release = holdAnswers()
    const first = server.authenticate(bearer(token))
    await until(() => asked() === 1)
    world.now += 2
    world.hydra.tokens.set(token, { active: false })
    const second = reasonOf(server.authenticate(bearer(token), { freshWithinSeconds: 1 }))
    await until(() => asked() === 2)
    release()
    await first
    expect(await second).toBe('inactive')
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
    expect(asked()).toBe(2)
  })

  test('a failure is not remembered', async () => {
    const server = world.server()
    world.hydra.tokens.set(token, world.answer())
    world.hydra.intercept = (_request, response) => {
      response.writeHead(404).end()
      return true
    }
    const attempts = await Promise.allSettled([server.authenticate(bearer(token)), server.authenticate(bearer(token))])
    expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    world.hydra.intercept = undefined
    await server.authenticate(bearer(token))
  })
})

test('a flood of invented tokens cannot push out good answers, and is bounded itself', async () => {
  const server = world.server({ cache: { maxEntries: 2, negativeMaxEntries: 2 } })
  world.hydra.tokens.set('good.a', world.answer()).set('good.b', world.answer())
  await server.authenticate(bearer('good.a'))
  await server.authenticate(bearer('good.b'))
  for (let index = 0; index < 50; index++) await reasonOf(server.authenticate(bearer(`invented.${index}`)))
  const before = asked()
  await server.authenticate(bearer('good.a'))
  await server.authenticate(bearer('good.b'))
  expect(asked()).toBe(before)
  await reasonOf(server.authenticate(bearer('invented.0')))
  expect(asked()).toBe(before + 1)
})

describe('an outage is 503, never 401', () => {
  test.each([
    [500, {}, 2],
    [502, {}, 2],
    [503, { 'retry-after': '17' }, 17],
    [429, { 'retry-after': '30' }, 30],
    [401, {}, 2],
    [403, {}, 2],
    [404, {}, 2],
  ])('status %d', async (status, headers, retryAfterSeconds) => {
    world.hydra.intercept = (_request, response) => {
      response.writeHead(status, headers).end('{"error":"x"}')
      return true
    }
    // Shorter than the pauses that Hydra asks for here: nobody waits for those.
    const server = world.server({ introspectionTimeoutMs: 10_000 })
    await expect(server.authenticate(bearer(token))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: 'Introspection is not available.',
      retryAfterSeconds,
    })
  })

  test.each([
    ['no JSON', 'active'],
    ['a list', '[]'],
    ['no active', '{}'],
    ['active of the wrong type', '{"active":"true"}'],
    ['a scope that is no text', '{"active":true,"token_use":"access_token","client_id":"c","scope":["a"]}'],
    ['a scope with two spaces', '{"active":true,"token_use":"access_token","client_id":"c","scope":"a  b"}'],
    ['exp as text', '{"active":true,"token_use":"access_token","client_id":"c","exp":"1795496286"}'],
    ['aud with a number', '{"active":true,"token_use":"access_token","client_id":"c","aud":[7]}'],
    ['a sub that is no text', '{"active":true,"token_use":"access_token","client_id":"c","sub":7}'],
    ['a client_id that is no text', '{"active":true,"token_use":"access_token","client_id":["c"]}'],
    ['an iss that is no text', '{"active":true,"token_use":"access_token","client_id":"c","iss":{}}'],
  ])('%s', async (_name, body) => {
    world.hydra.intercept = (_request, response) => {
      response.setHeader('content-type', 'application/json').end(body)
      return true
    }
    await expect(world.server({ audience: null }).authenticate(bearer(token))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
    })
  })

  test('a connection that is reset', async () => {
    world.hydra.intercept = (request) => {
      request.socket.destroy()
      return true
    }
    await expect(world.server().authenticate(bearer(token))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      cause: { code: 'ERR_HYDRA_UNREACHABLE' },
    })
  })

  test('no answer within the limit', async () => {
    world.hydra.intercept = () => true
    await expect(world.server({ introspectionTimeoutMs: 50 }).authenticate(bearer(token))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      cause: { code: 'ERR_HYDRA_TIMEOUT' },
    })
  })

  test('a token that was seen just before is still served', async () => {
    const server = world.server()
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.intercept = (request) => {
      request.socket.destroy()
      return true
    }
    world.now += 9
    await server.authenticate(bearer(token))
    world.now += 1
    await expect(server.authenticate(bearer(token))).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  })
})

test('credentials and headers go along', async () => {
  const seen: unknown[] = []
  world.hydra.intercept = (request) => {
    seen.push(request.headers['authorization'], request.headers['x-forwarded-proto'], request.url)
    return false
  }
  const headers = { 'x-forwarded-proto': 'https' }
  await reasonOf(world.server({ introspectionAuth: { bearer: 'proxy-secret' }, headers }).authenticate(bearer(token)))
  expect(seen).toEqual(['Bearer proxy-secret', 'https', '/admin/oauth2/introspect'])
})

test('adminUrl works as well, with the path of the stated version', async () => {
  const seen: unknown[] = []
  world.hydra.intercept = (request) => {
    seen.push(request.url)
    return false
  }
  for (const serverVersion of ['1.11', '26.2']) {
    const options = { introspectionUrl: undefined, adminUrl: world.hydra.url, serverVersion }
    expect(await reasonOf(world.server(options).authenticate(bearer(token)))).toBe('inactive')
  }
  expect(seen).toEqual(['/oauth2/introspect', '/admin/oauth2/introspect'])
})
