/** Verification without a promise. That its verdicts are those of `authenticate` is held by warm-equals-cold.test.ts. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { authenticateAtOnce, isPending } from '../src/index.ts'
import type { RequestFacts } from '../src/index.ts'
import { bearer, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

async function tokenOf(format: 'jwt' | 'opaque'): Promise<string> {
  if (format === 'jwt') return world.jwt()
  world.hydra.tokens.set('opaque-token', world.answer())
  return 'opaque-token'
}

test.each(['jwt', 'opaque'] as const)(
  '%s: a promise the first time, the same token at once from then on',
  async (format) => {
    const server = world.server()
    const facts = bearer(await tokenOf(format))
    const first = authenticateAtOnce(server, facts)
    expect(isPending(first)).toBe(true)
    const token = await first
    expect(authenticateAtOnce(server, facts)).toBe(token)
    expect(await server.authenticate(facts)).toBe(token)
    expect(world.verified.map(({ source }) => source)).toEqual([
      format === 'jwt' ? 'keys' : 'introspection',
      'cache',
      'cache',
    ])
  },
)

test('many at once share one question', async () => {
  const server = world.server()
  const facts = bearer(await tokenOf('opaque'))
  await Promise.all(Array.from({ length: 10 }, async () => authenticateAtOnce(server, facts)))
  expect(world.hydra.asked).toEqual(['opaque-token'])
})

test.each<[string, RequestFacts, string]>([
  ['no token', { method: 'GET', url: '/', headers: {} }, 'missing'],
  ['two tokens', { method: 'GET', url: '/', headers: { authorization: ['Bearer a', 'Bearer b'] } }, 'two_tokens'],
])('throws at once what needs no question: %s', (_what, facts, reason) => {
  const server = world.server()
  expect(() => authenticateAtOnce(server, facts)).toThrow(expect.objectContaining({ reason }))
  expect(world.refused).toEqual([expect.objectContaining({ reason })])
})

test('a remembered token is judged again: it throws once it has expired, and is reported once', async () => {
  const server = world.server()
  const facts = bearer(await world.jwt({ exp: world.now + 60 }))
  await authenticateAtOnce(server, facts)
  world.now += 120
  expect(() => authenticateAtOnce(server, facts)).toThrow(expect.objectContaining({ reason: 'expired' }))
  expect(world.refused).toEqual([expect.objectContaining({ reason: 'expired', source: 'cache' })])
})

test('an impossible rule throws, and rejects in authenticate', async () => {
  const server = world.server()
  const rule = { freshWithin: 1 } as object
  expect(() => authenticateAtOnce(server, bearer('x'), rule)).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS' }))
  await expect(server.authenticate(bearer('x'), rule)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
})

type Authenticate = ReturnType<World['server']>['authenticate']

const banned = (): Promise<never> => Promise.reject(new RangeError('banned'))

test.each<[string, (own: Authenticate) => Authenticate]>([
  ['a function', () => banned],
  ['a proxy', (own) => new Proxy(own, { apply: banned })],
  ['a wrapper with all properties of the original', (own) => Object.assign(() => banned(), own)],
  ['an heir of the original', (own) => Object.setPrototypeOf(() => banned(), own) as Authenticate],
])('an authenticate of someone else is not passed by: %s', async (_what, wrap) => {
  const server = world.server()
  const facts = bearer(await tokenOf('opaque'))
  await server.authenticate(facts)
  const stricter = { ...server, authenticate: wrap(Reflect.get(server, 'authenticate')) }
  await expect(authenticateAtOnce(stricter, facts)).rejects.toThrow('banned')
})

test('a copy of a resource server decides at once, like the original', async () => {
  const server = world.server()
  const facts = bearer(await tokenOf('opaque'))
  await server.authenticate(facts)
  expect(isPending(authenticateAtOnce({ ...server }, facts))).toBe(false)
})
