/** How many questions Hydra is asked at once, and what happens while it cannot answer. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const asked = (): number => world.hydra.asked.length
let count = 0
/** A token that was never seen before. */
const unseen = (): { method: string; url: string; headers: Record<string, string> } => bearer(`unseen.${count++}`)

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** A 200 with a page of a proxy: an outage that the transport does not repeat the question for. */
function breakHydra(): void {
  world.hydra.intercept = (_request, response) => {
    response.end('<html>bad gateway</html>')
    return true
  }
}

function answerWith(status: number, headers: Record<string, string> = {}): void {
  world.hydra.intercept = (_request, response) => {
    response.writeHead(status, headers).end('{"error":"x"}')
    return true
  }
}

/** Answers nothing until it is told to. */
function holdAnswers(): { readonly release: () => void } {
  const held: (() => void)[] = []
  world.hydra.intercept = (_request, response) => {
    held.push(() => response.setHeader('content-type', 'application/json').end('{"active":false}'))
    return true
  }
  return { release: () => held.splice(0).forEach((answer) => answer()) }
}

describe('concurrency', () => {
  test('so many at once, so many wait, the rest is refused at once', async () => {
    const server = world.server({ introspectionMaxConcurrent: 2, introspectionMaxQueued: 1 })
    const { release } = holdAnswers()
    const first = [reasonOf(server.authenticate(unseen())), reasonOf(server.authenticate(unseen()))]
    await until(() => asked() === 2)
    const third = reasonOf(server.authenticate(unseen()))
    await expect(server.authenticate(unseen())).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: 'Introspection is not asked: too many questions are waiting.',
      retryAfterSeconds: 1,
    })
    expect(asked()).toBe(2)
    release()
    expect(await Promise.all(first)).toEqual(['inactive', 'inactive'])
    await until(() => asked() === 3)
    release()
    expect(await third).toBe('inactive')
  })

  test('64 at once and 256 waiting by default', async () => {
    const server = world.server()
    const { release } = holdAnswers()
    const many = Array.from({ length: 400 }, () => reasonOf(server.authenticate(unseen())))
    await until(() => asked() === 64)
    const refused = await Promise.all(many.slice(64 + 256))
    expect(refused).toHaveLength(80)
    for (const error of refused) expect(error).toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
    expect(asked()).toBe(64)
    release()
    world.hydra.intercept = undefined
    expect(new Set(await Promise.all(many.slice(0, 64 + 256)))).toEqual(new Set(['inactive']))
    expect(asked()).toBe(64 + 256)
  })

  test('equal tokens take one place', async () => {
    const server = world.server({ introspectionMaxConcurrent: 1, introspectionMaxQueued: 0 })
    const facts = unseen()
    const { release } = holdAnswers()
    const many = Array.from({ length: 10 }, () => reasonOf(server.authenticate(facts)))
    await until(() => asked() === 1)
    release()
    expect(new Set(await Promise.all(many))).toEqual(new Set(['inactive']))
  })

  test('the time limit covers the waiting', async () => {
    // The first question never ends, so without a limit the second one would wait for ever.
    const client = {
      oidc: { jwks: async () => ({ keys: [] }) },
      tokens: { introspect: () => new Promise(() => {}) },
    }
    const options = { introspectionUrl: undefined, client, introspectionMaxConcurrent: 1, introspectionTimeoutMs: 20 }
    const server = world.server(options)
    void server.authenticate(unseen()).catch(() => {})
    await expect(server.authenticate(unseen())).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: 'Introspection had no turn within 20 ms.',
    })
  })
})

describe('breaker', () => {
  test('after 5 failures in a row nothing is asked for 2 s, then one question at a time', async () => {
    const server = world.server()
    breakHydra()
    for (let round = 0; round < 5; round++) await reasonOf(server.authenticate(unseen()))
    expect(asked()).toBe(5)
    await expect(server.authenticate(unseen())).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: 'Introspection is not asked: it failed again and again.',
      retryAfterSeconds: 2,
    })
    world.now += 1.5
    await expect(server.authenticate(unseen())).rejects.toMatchObject({ retryAfterSeconds: 1 })
    expect(asked()).toBe(5)
    world.now += 0.5
    await Promise.all(Array.from({ length: 10 }, () => reasonOf(server.authenticate(unseen()))))
    expect(asked()).toBe(6)
    // That one failed, too: closed doors for another 2 s.
    await reasonOf(server.authenticate(unseen()))
    expect(asked()).toBe(6)
    world.now += 2
    world.hydra.intercept = undefined
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
    expect(asked()).toBe(8)
  })

  test('a success in between starts the count again', async () => {
    const server = world.server({ breaker: { openAfterFailures: 2, retryAfterSeconds: 60 } })
    for (let round = 0; round < 3; round++) {
      breakHydra()
      await reasonOf(server.authenticate(unseen()))
      world.hydra.intercept = undefined
      expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
    }
  })

  test.each([400, 401, 403, 404, 413])('%d may be about one token and does not count', async (status) => {
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    answerWith(status)
    await expect(server.authenticate(unseen())).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
    world.hydra.intercept = undefined
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })

  test.each([429, 500, 503])('%d counts', async (status) => {
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    answerWith(status)
    await reasonOf(server.authenticate(unseen()))
    const before = asked()
    await reasonOf(server.authenticate(unseen()))
    expect(asked()).toBe(before)
  })

  test('remembered tokens and JWTs need no answer', async () => {
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    world.hydra.tokens.set('good.token', world.answer())
    await server.authenticate(bearer('good.token'))
    breakHydra()
    await reasonOf(server.authenticate(unseen()))
    world.hydra.intercept = undefined
    await server.authenticate(bearer('good.token'))
    await server.authenticate(bearer(await world.jwt()))
  })

  test('a question that lost its turn does not close it', async () => {
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    breakHydra()
    await reasonOf(server.authenticate(unseen()))
    world.now += 2
    // The first reading starts the time limit; at the next it is over, as when the process was busy with other things.
    const start = performance.now()
    const clock = jest
      .spyOn(performance, 'now')
      .mockReturnValueOnce(start)
      .mockReturnValueOnce(start + 60_000)
    await expect(server.authenticate(unseen())).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      message: 'Introspection had no turn within 30000 ms.',
    })
    clock.mockRestore()
    expect(asked()).toBe(1)
    expect(server.stats().issuers[0]!.introspection.breaker).toBe('open')
  })

  test('questions that lost their turn do not count as failures', async () => {
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    const start = performance.now()
    const clock = jest
      .spyOn(performance, 'now')
      .mockReturnValueOnce(start)
      .mockReturnValueOnce(start + 60_000)
    await reasonOf(server.authenticate(unseen()))
    clock.mockRestore()
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })

  test('a question that lost its turn behind the one that tries again does not open it', async () => {
    const answers: ((value: unknown) => void)[] = []
    let introspect = (): Promise<unknown> => Promise.reject(new Error('down'))
    const client = { oidc: { jwks: async () => ({ keys: [] }) }, tokens: { introspect: () => introspect() } }
    const options = {
      introspectionUrl: undefined,
      client,
      introspectionTimeoutMs: 20,
      breaker: { openAfterFailures: 1 },
    }
    const server = world.server(options)
    await reasonOf(server.authenticate(unseen()))
    world.now += 2
    introspect = () => new Promise((resolve) => answers.push(resolve))
    const trying = reasonOf(server.authenticate(unseen()))
    await expect(server.authenticate(unseen())).rejects.toMatchObject({
      message: 'Introspection had no turn within 20 ms.',
    })
    answers[0]!({ active: false })
    expect(await trying).toBe('inactive')
    await new Promise((resolve) => setImmediate(resolve))
    introspect = async () => ({ active: false })
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })

  test('a clock that is set back does not keep it open', async () => {
    const server = world.server({ breaker: { openAfterFailures: 1 } })
    breakHydra()
    await reasonOf(server.authenticate(unseen()))
    world.hydra.intercept = undefined
    world.now -= 1000
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })
})

describe('Retry-After', () => {
  test.each([429, 503])('of a %d is obeyed and passed on', async (status) => {
    const server = world.server()
    answerWith(status, { 'retry-after': '30' })
    await expect(server.authenticate(unseen())).rejects.toMatchObject({ retryAfterSeconds: 30 })
    const before = asked()
    world.hydra.intercept = undefined
    world.now += 20
    await expect(server.authenticate(unseen())).rejects.toMatchObject({
      code: 'ERR_VERIFICATION_UNAVAILABLE',
      retryAfterSeconds: 10,
    })
    expect(asked()).toBe(before)
    world.now += 10
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })

  test('of another status stops nobody', async () => {
    const server = world.server()
    answerWith(404, { 'retry-after': '30' })
    await reasonOf(server.authenticate(unseen()))
    world.hydra.intercept = undefined
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })

  test('at most a minute is believed', async () => {
    const server = world.server()
    answerWith(429, { 'retry-after': '86400' })
    await expect(server.authenticate(unseen())).rejects.toMatchObject({ retryAfterSeconds: 86_400 })
    world.hydra.intercept = undefined
    world.now += 60
    expect(await reasonOf(server.authenticate(unseen()))).toBe('inactive')
  })
})
