/** Old answers of introspection: when they may still be used, and when never. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { ResourceServer } from '../src/index.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const token = 'ory_at_DBQyxzcD.boKnnolK'
const asked = (): number => world.hydra.asked.filter((what) => what !== 'jwks').length

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** From now on the stub answers with a page of a proxy: an outage that nobody repeats a question for. */
function breakHydra(): void {
  world.hydra.intercept = (_request, response) => {
    response.end('<html>bad gateway</html>')
    return true
  }
}

function serverWith(cache: object, options: object = {}): ResourceServer {
  return world.server({ cache: { maxAgeSeconds: 10, ...cache }, ...options })
}

describe('staleWhileRevalidateSeconds', () => {
  test('an old answer is used, and renewed in the background', async () => {
    const server = serverWith({ staleWhileRevalidateSeconds: 20 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.set(token, world.answer({ sub: 'renewed' }))
    world.now += 29
    expect(await server.authenticate(bearer(token))).toMatchObject({ subject: 'alice' })
    expect(world.verified.at(-1)?.source).toBe('cache')
    await until(() => asked() === 2)
    let subject: string | undefined
    for (let turn = 0; turn < 10_000 && subject !== 'renewed'; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      subject = (await server.authenticate(bearer(token))).subject
    }
    expect(subject).toBe('renewed')
    expect(asked()).toBe(2)
  })

  test('many requests with an old answer cause one question', async () => {
    const server = serverWith({ staleWhileRevalidateSeconds: 20 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.now += 11
    await Promise.all(Array.from({ length: 100 }, () => server.authenticate(bearer(token))))
    await until(() => asked() >= 2)
    expect(asked()).toBe(2)
  })

  test('a token that was revoked is refused once that is known, or after the stated time', async () => {
    const server = serverWith({ staleWhileRevalidateSeconds: 20 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now += 30
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
  })

  test('off by default', async () => {
    const server = serverWith({})
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now += 10
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
  })

  test('never past exp, and never for a route that demands a fresh answer', async () => {
    const server = serverWith({ staleWhileRevalidateSeconds: 300 }, { clockToleranceSeconds: 0 })
    world.hydra.tokens.set(token, world.answer({ exp: world.now + 30 }))
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now += 11
    expect(await reasonOf(server.authenticate(bearer(token), { freshWithinSeconds: 10 }))).toBe('inactive')
    world.hydra.tokens.set('b.c', world.answer({ exp: world.now + 30 }))
    await server.authenticate(bearer('b.c'))
    world.now += 30
    expect(await reasonOf(server.authenticate(bearer('b.c')))).toBe('expired')
  })

  test('a failure in the background harms nobody', async () => {
    const server = serverWith({ staleWhileRevalidateSeconds: 20 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    breakHydra()
    world.now += 11
    await server.authenticate(bearer(token))
    await until(() => asked() === 2)
    await server.authenticate(bearer(token))
  })

  test('it holds for the introspection of JWTs as well', async () => {
    const server = serverWith({ staleWhileRevalidateSeconds: 20 }, { jwtCheck: 'introspection' })
    const jwt = await world.jwt()
    world.hydra.tokens.set(jwt, world.answer())
    await server.authenticate(bearer(jwt))
    world.hydra.tokens.delete(jwt)
    world.now += 29
    expect(await reasonOf(server.authenticate(bearer(jwt)))).toBe('accepted')
    world.now += 1
    expect(await reasonOf(server.authenticate(bearer(jwt)))).toBe('inactive')
  })
})

describe('staleIfErrorSeconds', () => {
  const unavailable = expect.objectContaining({ code: 'ERR_VERIFICATION_UNAVAILABLE' })

  test('an old answer is used while Hydra cannot answer, up to the stated time', async () => {
    const server = serverWith({ staleIfErrorSeconds: 100 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    breakHydra()
    world.now += 109
    await server.authenticate(bearer(token))
    expect(world.verified.at(-1)?.source).toBe('cache')
    world.now += 1
    await expect(server.authenticate(bearer(token))).rejects.toEqual(unavailable)
  })

  test('while Hydra answers, it is asked', async () => {
    const server = serverWith({ staleIfErrorSeconds: 100 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now += 11
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
  })

  test('never past exp', async () => {
    const server = serverWith({ staleIfErrorSeconds: 3600 }, { clockToleranceSeconds: 0 })
    world.hydra.tokens.set(token, world.answer({ exp: world.now + 60 }))
    await server.authenticate(bearer(token))
    breakHydra()
    world.now += 59
    await server.authenticate(bearer(token))
    world.now += 1
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('expired')
  })

  test.each([0, 5])('never for a token that is known to be revoked (negative answers kept for %d s)', async (age) => {
    const server = serverWith({ staleIfErrorSeconds: 3600, negativeMaxAgeSeconds: age })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    world.hydra.tokens.delete(token)
    world.now += 11
    expect(await reasonOf(server.authenticate(bearer(token)))).toBe('inactive')
    breakHydra()
    world.now += 6
    await expect(server.authenticate(bearer(token))).rejects.toEqual(unavailable)
  })

  test('never for a route that demands a fresh answer', async () => {
    const server = serverWith({ staleIfErrorSeconds: 3600 })
    world.hydra.tokens.set(token, world.answer())
    await server.authenticate(bearer(token))
    breakHydra()
    await expect(server.authenticate(bearer(token), { freshWithinSeconds: 0 })).rejects.toEqual(unavailable)
  })

  test('off by default, and nothing to fall back on for a token never seen', async () => {
    world.hydra.tokens.set(token, world.answer())
    const [without, withIt] = [serverWith({}), serverWith({ staleIfErrorSeconds: 100 })]
    await without.authenticate(bearer(token))
    breakHydra()
    world.now += 11
    await expect(without.authenticate(bearer(token))).rejects.toEqual(unavailable)
    await expect(withIt.authenticate(bearer(token))).rejects.toEqual(unavailable)
  })
})

test('an answer to an earlier question does not bring a revoked token back, kept or not', async () => {
  const server = serverWith({ staleIfErrorSeconds: 100, negativeMaxAgeSeconds: 0 })
  world.hydra.tokens.set(token, world.answer())
  const held: (() => void)[] = []
  world.hydra.intercept = (_request, response) => {
    const body = JSON.stringify(world.hydra.tokens.get(token) ?? { active: false })
    held.push(() => response.setHeader('content-type', 'application/json').end(body))
    return true
  }
  const early = server.authenticate(bearer(token))
  await until(() => held.length === 1)
  world.now += 1
  world.hydra.tokens.delete(token)
  const late = reasonOf(server.authenticate(bearer(token), { freshWithinSeconds: 0 }))
  await until(() => held.length === 2)
  held[1]!()
  expect(await late).toBe('inactive')
  held[0]!()
  await early
  breakHydra()
  expect(await reasonOf(server.authenticate(bearer(token)))).toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
})

describe('cache.maxBytes', () => {
  const ext = { note: 'x'.repeat(2000) }

  test('large answers push the oldest out', async () => {
    const server = serverWith({ maxBytes: 6000 })
    for (const name of ['a.a', 'b.b', 'c.c']) {
      world.hydra.tokens.set(name, world.answer({ ext }))
      await server.authenticate(bearer(name))
    }
    await server.authenticate(bearer('c.c'))
    expect(asked()).toBe(3)
    await server.authenticate(bearer('a.a'))
    expect(asked()).toBe(4)
  })

  test('an answer that is larger than all of it is used, not kept', async () => {
    const server = serverWith({ maxBytes: 1000 })
    world.hydra.tokens.set(token, world.answer({ ext }))
    await server.authenticate(bearer(token))
    await server.authenticate(bearer(token))
    expect(asked()).toBe(2)
  })

  test('verified JWTs count, too', async () => {
    const server = serverWith({ maxBytes: 6000 })
    const tokens = await Promise.all(['a', 'b', 'c'].map((jti) => world.jwt({ jti, ext })))
    for (const jwt of tokens) await server.authenticate(bearer(jwt))
    await server.authenticate(bearer(tokens[2]!))
    await server.authenticate(bearer(tokens[0]!))
    expect(world.verified.slice(-2).map(({ source }) => source)).toEqual(['cache', 'keys'])
  })
})
