import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createResourceServer } from '../src/index.ts'
import type { RefusalReason, ResourceServer, SeveralIssuersOptions } from '../src/index.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

let a: World
let b: World
let server: ResourceServer
beforeEach(async () => {
  a = await startWorld()
  b = await startWorld()
  server = several()
})
afterEach(async () => {
  await server.close()
  await a.close()
  await b.close()
})

function several(options: Partial<SeveralIssuersOptions<Readonly<Record<string, unknown>>>> = {}): ResourceServer {
  const now = (): number => a.now * 1000
  const issuer = (name: string, { hydra }: World): SeveralIssuersOptions<unknown>['issuers'][number] => {
    const audience = `https://api.example/${name}`
    return { name, issuer: hydra.url, introspectionUrl: hydra.introspectionUrl, audience }
  }
  return createResourceServer<Readonly<Record<string, unknown>>>({
    now,
    issuers: [issuer('a', a), issuer('b', b)],
    selectIssuer: (facts) => facts.tenant,
    ...options,
  })
}
const from = (tenant: string | undefined, token: string): object => ({
  ...bearer(token),
  ...(tenant !== undefined && { tenant }),
})
const verdict = (tenant: string | undefined, token: string): Promise<unknown> =>
  reasonOf(server.authenticate(from(tenant, token) as never))
const audience = (name: string): { aud: string[] } => ({ aud: [`https://api.example/${name}`] })

describe('JWTs go by iss within the list', () => {
  test('each to its own keys and audience', async () => {
    const [tokenA, tokenB] = [await a.jwt(audience('a')), await b.jwt(audience('b'))]
    for (let round = 0; round < 2; round++) {
      expect(await verdict(undefined, tokenA)).toBe('accepted')
      expect(await verdict('b', tokenB)).toBe('accepted')
    }
    expect(await verdict(undefined, await a.jwt(audience('b')))).toBe('wrong_audience')
    expect(a.hydra.asked).toEqual(['jwks'])
    expect(b.hydra.asked).toEqual(['jwks'])
  })

  test('a JWT of another tenant is refused, first seen or remembered', async () => {
    const token = await a.jwt(audience('a'))
    expect(await verdict('b', token)).toBe('wrong_issuer')
    expect(await verdict('a', token)).toBe('accepted')
    expect(await verdict('b', token)).toBe('wrong_issuer')
    expect(b.hydra.asked).toEqual([])
  })

  test('keys of one issuer do not verify tokens of another', async () => {
    // Both worlds sign with the same key in this test file, so b lists none.
    b.hydra.keys = []
    const token = await a.jwt({ ...audience('b'), iss: b.hydra.url })
    expect(await verdict(undefined, token)).toBe('unknown_key')
  })

  test('an issuer outside of the list is refused without a call', async () => {
    expect(await verdict(undefined, await a.jwt({ iss: 'https://evil.example' }))).toBe('wrong_issuer')
    expect([...a.hydra.asked, ...b.hydra.asked]).toEqual([])
  })
})

describe('opaque tokens are only shown to the selected issuer', () => {
  test('and what it said is not believed for another', async () => {
    a.hydra.tokens.set('x.y', a.answer(audience('a')))
    expect(await verdict('a', 'x.y')).toBe('accepted')
    expect(b.hydra.asked).toEqual([])
    expect(await verdict('b', 'x.y')).toBe('inactive')
    expect(await verdict('a', 'x.y')).toBe('accepted')
    expect(a.hydra.asked).toEqual(['x.y'])
  })

  test.each([[undefined], ['c'], ['constructor'], ['']])('tenant %j: refused, and nobody is asked', async (tenant) => {
    expect(await verdict(tenant, 'x.y')).toBe('wrong_issuer' satisfies RefusalReason)
    expect([...a.hydra.asked, ...b.hydra.asked]).toEqual([])
  })

  test('verify() needs the name', async () => {
    a.hydra.tokens.set('x.y', a.answer(audience('a')))
    await expect(server.verify('x.y')).rejects.toMatchObject({ code: 'ERR_OPTIONS', option: 'rule.issuer' })
    await expect(server.verify('x.y', { issuer: 'a' })).resolves.toMatchObject({ subject: 'alice' })
    await expect(server.verify('x.y', { issuer: 'b' })).rejects.toMatchObject({ reason: 'inactive' })
    await expect(server.verify(await a.jwt(audience('a')))).resolves.toMatchObject({ subject: 'alice' })
  })
})
