import { describe, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { useHydra } from '@hydra-kit/embedded/testing'
import { admin, appClient, claimsOf, introspect, redeem, refresh, userAgent } from '../user-agent.ts'

const hydra = useHydra({ clients: [appClient, { ...appClient, client_id: 'other' }] })

async function tokens(consent: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  return (await redeem(hydra, await userAgent(hydra).signIn({}, { consent }))).body
}

test('a refresh rotates: what was issued before stops working', async () => {
  const first = await tokens()
  const { body } = await refresh(hydra, first['refresh_token'])
  expect(await introspect(hydra, first['access_token'])).toEqual({ active: false })
  expect(await introspect(hydra, first['refresh_token'])).toEqual({ active: false })
  expect((await introspect(hydra, body['access_token']))['active']).toBe(true)
  expect((await introspect(hydra, body['refresh_token']))['token_use']).toBe('refresh_token')
})

test('using an old refresh token revokes the whole grant', async () => {
  const first = await tokens()
  const { body } = await refresh(hydra, first['refresh_token'])
  expect((await refresh(hydra, first['refresh_token'])).body['error']).toBe('invalid_grant')
  expect(await introspect(hydra, body['access_token'])).toEqual({ active: false })
  expect((await refresh(hydra, body['refresh_token'])).body['error']).toBe('invalid_grant')
})

test('another client can not use it, and does no harm', async () => {
  const first = await tokens()
  expect((await refresh(hydra, first['refresh_token'], { client_id: 'other' })).body['error']).toBe('invalid_grant')
  expect((await refresh(hydra, first['refresh_token'])).status).toBe(200)
})

test('a new ID token belongs to the same sign-in', async () => {
  const first = await tokens()
  hydra.clock.advance('5m')
  const { body } = await refresh(hydra, first['refresh_token'])
  const [before, after] = [claimsOf(first['id_token']), claimsOf(body['id_token'])]
  for (const name of ['sub', 'sid', 'nonce', 'auth_time', 'rat']) expect(after[name]).toBe(before[name])
  for (const name of ['jti', 'iat', 'exp', 'at_hash']) expect(after[name]).not.toBe(before[name])
})

test('the scope parameter neither narrows nor widens', async () => {
  const first = await tokens()
  const { body } = await refresh(hydra, first['refresh_token'], { scope: 'photos.read' })
  expect(body['scope']).toBe('openid offline')
})

test('what was granted is judged again by what the client may have now; a refusal spends nothing', async () => {
  const first = await tokens({ grant_access_token_audience: ['https://api.example'] })
  const patch = (path: string, value: unknown): Promise<unknown> =>
    admin(hydra, 'PATCH', '/clients/app', [{ op: 'replace', path, value }])
  await patch('/scope', 'openid')
  expect((await refresh(hydra, first['refresh_token'])).body['error']).toBe('invalid_scope')
  await patch('/scope', 'openid offline')
  await patch('/audience', [])
  expect((await refresh(hydra, first['refresh_token'])).body['error']).toBe('invalid_request')
  await patch('/audience', ['https://api.example'])
  expect((await refresh(hydra, first['refresh_token'])).status).toBe(200)
})

test('of parallel refreshes with one token, one wins, and its tokens do not outlive it', async () => {
  const first = await tokens()
  const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(hydra, first['refresh_token'])))
  const winners = answers.filter(({ status }) => status === 200)
  expect(winners).toHaveLength(1)
  expect(await introspect(hydra, winners[0]?.body['access_token'])).toEqual({ active: false })
})

describe('with a grace period', () => {
  test('a rotated token works on for a while, as often as allowed', async () => {
    await using graceful = await startHydra({
      clients: [appClient],
      refreshTokenRotation: { gracePeriod: '10s', graceReuseCount: 2 },
    })
    const first = (await redeem(graceful, await userAgent(graceful).signIn())).body
    const one = await refresh(graceful, first['refresh_token'])
    const two = await refresh(graceful, first['refresh_token'])
    expect([one.status, two.status]).toEqual([200, 200])
    expect((await introspect(graceful, one.body['access_token']))['active']).toBe(true)
    expect((await refresh(graceful, first['refresh_token'])).body['error']).toBe('invalid_grant')
    expect(await introspect(graceful, two.body['access_token'])).toEqual({ active: false })
  })

  test('and no longer', async () => {
    await using graceful = await startHydra({ clients: [appClient], refreshTokenRotation: { gracePeriod: '10s' } })
    const first = (await redeem(graceful, await userAgent(graceful).signIn())).body
    await refresh(graceful, first['refresh_token'])
    graceful.clock.advance('11s')
    expect((await refresh(graceful, first['refresh_token'])).body['error']).toBe('invalid_grant')
  })
})

test('endless refresh tokens say that they end when they began', async () => {
  await using endless = await startHydra({ clients: [appClient], ttl: { refreshToken: '-1' } })
  const first = (await redeem(endless, await userAgent(endless).signIn())).body
  endless.clock.advance('100000h')
  const seen = await introspect(endless, first['refresh_token'])
  expect(seen['active']).toBe(true)
  expect(seen['exp']).toBe(seen['iat'])
})
