/** The cache holds answers, never verdicts: what is remembered must not change any decision. */
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { authenticateAtOnce, createResourceServer, isPending } from '../src/index.ts'
import type { ResourceServer, Rule, VerifiedToken } from '../src/index.ts'
import { bearer, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const names = ['a', 'b', 'c']
const list = fc.subarray(names)
const time = fc.constantFrom(-100, -5, -4, 0, 5, 6, 100)
/** What Hydra says about a token, in either format. */
const answers = fc.record({
  aud: list,
  scopes: list,
  exp: time,
  nbf: time,
  kind: fc.constantFrom({}, { cnf: {} }, { at_hash: 'x' }, { events: {} }, { token_use: 'refresh_token' }),
  iss: fc.boolean(),
  active: fc.boolean(),
})
/** What a route asks, twice: the first request fills the cache, the second is judged from it. */
const policies = fc.record({
  audience: fc.option(fc.subarray(names, { minLength: 1 }), { nil: undefined }),
  scope: fc.constantFrom(...names),
})
type Policy = { audience?: string[] | undefined; scope: string }

type Ask = (server: ResourceServer, token: string, rule: Rule) => VerifiedToken | Promise<VerifiedToken>

const byPromise: Ask = (server, token, rule) => server.authenticate(bearer(token), rule)

/** What an adapter does. Whatever is accepted from memory must be there at once, or this tests nothing. */
const atOnce: Ask = (server, token, rule) => {
  const outcome = authenticateAtOnce(server, bearer(token), rule)
  if (!isPending(outcome)) return outcome
  return outcome.then(() => Promise.reject(new Error('accepted, but not at once')))
}

async function verdict(ask: Ask, server: ResourceServer, token: string, policy: Policy): Promise<string> {
  const rule: Rule = policy.audience === undefined ? {} : { audience: policy.audience }
  try {
    const verified = await ask(server, token, rule)
    server.authorize(verified, { all: [policy.scope] })
    return 'accepted'
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error)
  }
}

test.each(['jwt', 'opaque'] as const)('%s: warm verdict = cold verdict, for all pairs of policies', async (format) => {
  const cache = { maxEntries: 4, negativeMaxEntries: 4 }
  const client = {
    oidc: { jwks: async () => ({ keys: world.hydra.keys }) },
    tokens: { introspect: async ({ token }: { token: string }) => world.hydra.tokens.get(token) },
  }
  const fresh = (): ResourceServer =>
    createResourceServer({ issuer: world.hydra.url, audience: 'a', client, cache, now: () => world.now * 1000 })
  let count = 0
  await fc.assert(
    fc.asyncProperty(answers, policies, policies, async (answer, first, second) => {
      const claims = {
        aud: answer.aud,
        exp: world.now + answer.exp,
        nbf: world.now + answer.nbf,
        jti: String(count++),
        ...answer.kind,
        ...(answer.iss ? {} : { iss: 'https://evil.example' }),
      }
      const token = format === 'jwt' ? await world.jwt({ ...claims, scp: answer.scopes }) : `opaque.${count}`
      const scope = answer.scopes.length === 0 ? undefined : answer.scopes.join(' ')
      world.hydra.tokens.set(token, answer.active ? world.answer({ ...claims, scope }) : { active: false })
      const warm = fresh()
      await verdict(byPromise, warm, token, first)
      const cold = await verdict(byPromise, fresh(), token, second)
      expect(await verdict(byPromise, warm, token, second)).toBe(cold)
      expect(await verdict(atOnce, warm, token, second)).toBe(cold)
    }),
    { numRuns: 200 },
  )
})
