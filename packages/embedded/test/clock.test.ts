import { expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { signIn } from '@hydra-kit/embedded/testing'
import { createClock } from '../src/clock.ts'
import { appClient, introspect, refresh } from './user-agent.ts'

test('advance takes milliseconds and durations, reset undoes them', () => {
  const clock = createClock(() => 1000)
  clock.advance(500)
  clock.advance('1m')
  expect(clock.now()).toBe(61_500)
  clock.reset()
  expect(clock.now()).toBe(1000)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '-1s', 'soon'])('advance refuses %s', (by) => {
  expect(() => createClock().advance(by)).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS' }))
})

test('every lifetime follows the clock', async () => {
  await using hydra = await startHydra({ clients: [appClient], ttl: { accessToken: '1h', refreshToken: '2h' } })
  const tokens = await signIn(hydra, { clientId: 'app', clientSecret: 'app-secret', subject: 'alice' })
  const jwt = await hydra.mint.accessToken({ format: 'jwt' })
  hydra.clock.advance('59m')
  expect((await introspect(hydra, tokens.accessToken))['active']).toBe(true)
  hydra.clock.advance('2m')
  expect((await introspect(hydra, tokens.accessToken))['active']).toBe(false)
  expect((await introspect(hydra, jwt))['active']).toBe(false)
  expect((await introspect(hydra, tokens.refreshToken))['active']).toBe(true)
  hydra.clock.advance('1h')
  expect((await introspect(hydra, tokens.refreshToken))['active']).toBe(false)
  expect((await refresh(hydra, tokens.refreshToken)).body['error']).toBe('invalid_grant')
})

test("a clock of one's own is the base", async () => {
  let now = Date.parse('2030-01-01T00:00:00Z')
  await using hydra = await startHydra({ now: () => now })
  expect(hydra.now()).toBe(now)
  now += 1000
  hydra.clock.advance('1s')
  expect(hydra.now()).toBe(Date.parse('2030-01-01T00:00:02Z'))
})
