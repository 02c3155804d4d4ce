import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sign, signingKey } from './support/hydra-stub.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const fetches = (): number => world.hydra.asked.filter((what) => what === 'jwks').length

/** Answers every request with this status. */
function fail(status: number, headers: Record<string, string> = {}): void {
  world.hydra.intercept = (_request, response) => {
    response.writeHead(status, headers).end('<h1>down</h1>')
    return true
  }
}

/** Waits for work that was started in the background to reach the stub. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

test('the set is fetched once for many tokens at once, and kept', async () => {
  const server = world.server()
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => world.jwt({ jti: String(index) })))
  await Promise.all(tokens.map((token) => server.authenticate(bearer(token))))
  world.now += 479
  await server.authenticate(bearer(await world.jwt()))
  expect(fetches()).toBe(1)
})

test('from 80 % of its age on, the set is renewed in the background', async () => {
  const server = world.server()
  await server.authenticate(bearer(await world.jwt()))
  world.now += 481
  await server.authenticate(bearer(await world.jwt({ jti: 'b' })))
  await until(() => fetches() === 2)
})

test('a clock that is set back makes no set younger', async () => {
  const server = world.server({ clockToleranceSeconds: 300 })
  const facts = bearer(await world.jwt({ nbf: undefined }))
  await server.authenticate(facts)
  world.hydra.keys = []
  world.now -= 601
  expect(await reasonOf(server.authenticate(facts))).toBe('unknown_key')
})

test('a set that is too old is fetched before a token is judged, remembered or not', async () => {
  const server = world.server()
  const facts = bearer(await world.jwt())
  await server.authenticate(facts)
  world.hydra.keys = []
  world.now += 601
  expect(await reasonOf(server.authenticate(facts))).toBe('unknown_key')
})

describe('unknown names of keys', () => {
  test('a rotated key is found by one more fetch', async () => {
    const server = world.server()
    await server.authenticate(bearer(await world.jwt()))
    const second = await signingKey('second-key')
    world.hydra.keys.unshift(second.jwk)
    await server.authenticate(bearer(await sign(second, world.claims())))
    await server.authenticate(bearer(await world.jwt()))
    expect(fetches()).toBe(2)
  })

  test('10 000 invented names cause two fetches, and good tokens are unharmed', async () => {
    const server = world.server()
    const good = bearer(await world.jwt())
    await server.authenticate(good)
    const [, payload, signature] = good.headers['authorization']!.slice(7).split('.')
    const forged = Array.from({ length: 10_000 }, (_, index) => {
      const head = Buffer.from(JSON.stringify({ alg: 'RS256', kid: `kid-${index}` })).toString('base64url')
      return bearer(`${head}.${payload}.${signature}`)
    })
    // In portions, so that a busy machine gets to reading the answer within the time limit of its question.
    while (forged.length > 0) {
      const portion = forged.splice(0, 500)
      const reasons = await Promise.all(portion.map((facts) => reasonOf(server.authenticate(facts))))
      expect(new Set(reasons)).toEqual(new Set(['unknown_key']))
    }
    await server.authenticate(good)
    expect(world.verified.at(-1)?.source).toBe('cache')
    expect(fetches()).toBe(2)
  })

  test('after the cooldown of 30 s another fetch is allowed', async () => {
    const server = world.server()
    const stranger = await signingKey('stranger')
    const facts = bearer(await sign(stranger, world.claims()))
    expect(await reasonOf(server.authenticate(facts))).toBe('unknown_key')
    expect(fetches()).toBe(2)
    world.now += 29
    expect(await reasonOf(server.authenticate(facts))).toBe('unknown_key')
    expect(fetches()).toBe(2)
    world.hydra.keys.push(stranger.jwk)
    world.now += 1
    expect(await reasonOf(server.authenticate(facts))).toBe('accepted')
    expect(fetches()).toBe(3)
  })

  test('while Hydra is down nobody knows whether the key is new: 503, within the cooldown too', async () => {
    const server = world.server()
    await server.authenticate(bearer(await world.jwt()))
    fail(503)
    const facts = bearer(await sign(await signingKey('second-key'), world.claims()))
    for (let round = 0; round < 2; round++) {
      await expect(server.authenticate(facts)).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
    }
  })
})

describe('one name for different keys, as on version 1 servers', () => {
  test('a bad signature causes one more fetch, and the new key verifies', async () => {
    const server = world.server()
    await server.authenticate(bearer(await world.jwt()))
    const successor = await signingKey('first-key')
    world.hydra.keys = [successor.jwk]
    await server.authenticate(bearer(await sign(successor, world.claims())))
    expect(fetches()).toBe(2)
  })

  test('200 bad signatures cause one more fetch', async () => {
    const server = world.server()
    const [head, payload] = (await world.jwt()).split('.')
    const forged = Array.from({ length: 200 }, (_, index) => {
      const signature = Buffer.alloc(256, index + 1).toString('base64url')
      return bearer(`${head}.${payload}.${signature}`)
    })
    const reasons = await Promise.all(forged.map((facts) => reasonOf(server.authenticate(facts))))
    expect(new Set(reasons)).toEqual(new Set(['bad_signature']))
    expect(fetches()).toBe(2)
  })

  test('a remembered token falls when its name gets another key', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt())
    await server.authenticate(facts)
    const successor = await signingKey('first-key')
    world.hydra.keys = [successor.jwk]
    await server.authenticate(bearer(await sign(successor, world.claims())))
    expect(await reasonOf(server.authenticate(facts))).toBe('bad_signature')
  })
})

test('a remembered token falls when its key leaves the set, and stays when another comes', async () => {
  const server = world.server()
  const second = await signingKey('second-key')
  const facts = bearer(await world.jwt())
  await server.authenticate(facts)
  world.hydra.keys = [second.jwk, world.key.jwk]
  await server.authenticate(bearer(await sign(second, world.claims())))
  await server.authenticate(facts)
  expect(world.verified.at(-1)?.source).toBe('cache')
  world.hydra.keys = [second.jwk]
  world.now += 601
  await server.authenticate(bearer(await sign(second, world.claims({ jti: 'b' }))))
  expect(await reasonOf(server.authenticate(facts))).toBe('unknown_key')
})

describe('outages', () => {
  test('no keys yet: 503, never 401', async () => {
    fail(502)
    const error: unknown = await world
      .server()
      .authenticate(bearer(await world.jwt()))
      .catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: "The issuer's key set is not available.",
      cause: { code: 'ERR_HYDRA_HTTP' },
    })
  })

  test('after a failure the next try waits, longer each time, and succeeds', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt())
    const attempt = async (): Promise<number> => {
      const before = fetches()
      await reasonOf(server.authenticate(facts))
      return fetches() - before
    }
    // Several requests of one try are the transport's own repetitions.
    fail(404)
    expect(await attempt()).toBeGreaterThan(0)
    expect(await attempt()).toBe(0)
    world.now += 0.5
    expect(await attempt()).toBeGreaterThan(0)
    world.now += 0.5
    expect(await attempt()).toBe(0)
    world.now += 0.5
    world.hydra.intercept = undefined
    await server.authenticate(facts)
  })

  test.each([429, 503])('Retry-After of a %d is obeyed and passed on, a minute at most', async (status) => {
    const server = world.server()
    const facts = bearer(await world.jwt())
    const answerWith = (seconds: number): void => {
      world.hydra.intercept = (_request, response) => {
        response.writeHead(status, { 'retry-after': String(seconds) }).end('{}')
        return true
      }
    }
    answerWith(30)
    await expect(server.authenticate(facts)).rejects.toMatchObject({ retryAfterSeconds: 30 })
    const before = fetches()
    world.now += 29
    await expect(server.authenticate(facts)).rejects.toMatchObject({ retryAfterSeconds: 30 })
    expect(fetches()).toBe(before)
    world.now += 1
    answerWith(86_400)
    await reasonOf(server.authenticate(facts))
    world.hydra.intercept = undefined
    world.now += 60
    await server.authenticate(facts)
  })

  test('Retry-After is obeyed for unknown names of keys too', async () => {
    const server = world.server()
    await server.authenticate(bearer(await world.jwt()))
    const successor = await signingKey('second-key')
    const facts = bearer(await sign(successor, world.claims()))
    fail(429, { 'retry-after': '50' })
    await expect(server.authenticate(facts)).rejects.toMatchObject({ retryAfterSeconds: 50 })
    world.hydra.intercept = undefined
    world.hydra.keys.push(successor.jwk)
    const before = fetches()
    // Longer than the cooldown, shorter than the pause.
    world.now += 49
    await expect(server.authenticate(facts)).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
    expect(fetches()).toBe(before)
    world.now += 1
    await server.authenticate(facts)
    expect(fetches()).toBe(before + 1)
  })

  test('keys that were good stay good for an hour, not longer', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt({ exp: world.now + 100_000 }))
    await server.authenticate(facts)
    fail(404)
    world.now += 600 + 3599
    await server.authenticate(facts)
    world.now += 6
    await expect(server.authenticate(facts)).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  })

  test('with keys at hand, no request waits for a fetch that failed before', async () => {
    const server = world.server()
    const facts = bearer(await world.jwt({ exp: world.now + 100_000 }))
    await server.authenticate(facts)
    fail(404)
    world.now += 600
    await server.authenticate(facts)
    // From now on the stub never answers: a request that waited would not end before its time limit.
    world.hydra.intercept = () => true
    world.now += 600
    const before = fetches()
    await server.authenticate(facts)
    expect(world.verified.at(-1)?.source).toBe('cache')
    await until(() => fetches() > before)
  })

  test.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['no keys', '{}'],
    ['keys of the wrong type', '{"keys":{}}'],
  ])('%s is an outage', async (_name, body) => {
    world.hydra.intercept = (_request, response) => {
      response.setHeader('content-type', 'application/json').end(body)
      return true
    }
    await expect(world.server().authenticate(bearer(await world.jwt()))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
    })
  })

  test('a set larger than 512 KiB is an outage', async () => {
    world.hydra.keys.push({ kty: 'RSA', kid: 'large', n: 'A'.repeat(600_000), e: 'AQAB' })
    await expect(world.server().authenticate(bearer(await world.jwt()))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
    })
  })

  test('a redirect is not followed', async () => {
    world.hydra.intercept = (_request, response) => {
      response.writeHead(302, { location: `${world.hydra.url}/elsewhere` }).end()
      return true
    }
    await expect(world.server().authenticate(bearer(await world.jwt()))).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
    })
    expect(world.hydra.asked).toEqual(['jwks'])
  })

  test('members that are no usable keys do not spoil the others (RFC 7517 section 5)', async () => {
    world.hydra.keys.unshift({ kty: 'RSA', kid: 'broken' }, { kid: 'nothing' } as never)
    world.hydra.keys.unshift(null as never, 7 as never, [] as never, 'key' as never)
    await world.server().authenticate(bearer(await world.jwt()))
  })
})
