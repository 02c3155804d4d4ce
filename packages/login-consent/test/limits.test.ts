import { describe, expect, test } from '@jest/globals'
import { createMemoryFlowStore, createMemoryLimiter, type Attempt } from '../src/index.ts'

describe('the default limiter', () => {
  let time = 0
  const now = (): number => time
  const attempt = (more: Partial<Attempt> = {}): Attempt => ({
    kind: 'login',
    phase: 'try',
    account: 'alice',
    ip: '192.0.2.1',
    browser: 'b',
    ...more,
  })

  test('counts an account from one address', async () => {
    const limit = createMemoryLimiter({ perAccountAndIp: 2, now })
    expect([await limit(attempt()), await limit(attempt())]).toEqual([undefined, undefined])
    expect(await limit(attempt())).toEqual({ retryAfterSeconds: 900 })
    expect(await limit(attempt({ ip: '192.0.2.2' }))).toBeUndefined()
    expect(await limit(attempt({ account: 'bob' }))).toBeUndefined()
  })

  test('counts an account from everywhere, and an address for all accounts', async () => {
    const byAccount = createMemoryLimiter({ perAccount: 2, now })
    for (const ip of ['a', 'b']) await byAccount(attempt({ ip }))
    expect(await byAccount(attempt({ ip: 'c' }))).toBeDefined()
    const byIp = createMemoryLimiter({ perIp: 2, now })
    for (const account of ['a', 'b']) await byIp(attempt({ account }))
    expect(await byIp(attempt({ account: 'c' }))).toBeDefined()
  })

  test('an IPv6 address counts as its /64 network, however it is written; a mapped IPv4 address as itself', async () => {
    for (const kind of ['login', 'device'] as const) {
      const limit = createMemoryLimiter({ perIp: 4, devicePerIp: 4, now })
      const from = (ip: string): ReturnType<typeof limit> => limit(attempt({ kind, ip, account: ip }))
      const same = ['2001:db8:0:1::1', '2001:0DB8::1:2:3:4:5', '2001:db8::1:ffff:0:0:1', '2001:db8::1:0:0:192.0.2.1']
      for (const ip of same) expect(await from(ip)).toBeUndefined()
      expect(await from('2001:db8:0:1:a:b:c:d')).toBeDefined()
      for (const other of ['2001:db8:0:2::1', '2001:db8::1', '::1', 'fe80::1%eth0']) {
        expect(await from(other)).toBeUndefined()
      }
      for (const ip of ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:192.0.2.7', '192.0.2.7']) await from(ip)
      expect(await from('::ffff:192.0.2.7')).toBeDefined()
      expect(await from('::ffff:192.0.2.8')).toBeUndefined()
    }
  })

  test('a form that names nobody is counted by address alone: nobody is locked out by strangers', async () => {
    const limit = createMemoryLimiter({ perAccount: 1, perAccountAndIp: 2, now })
    for (const ip of ['a', 'b', 'c']) expect(await limit(attempt({ ip, account: '' }))).toBeUndefined()
    expect(await limit(attempt({ ip: 'a', account: '' }))).toBeUndefined()
    expect(await limit(attempt({ ip: 'a', account: '' }))).toBeDefined()
    for (const browser of ['x', 'y', 'z']) {
      expect(await limit(attempt({ ip: undefined, account: '', browser }))).toBeUndefined()
    }
  })

  test('forgives the slips of who got it right in the end', async () => {
    const limit = createMemoryLimiter({ perAccountAndIp: 2, now })
    await limit(attempt())
    await limit(attempt())
    await limit(attempt({ phase: 'succeeded' }))
    expect([await limit(attempt()), await limit(attempt())]).toEqual([undefined, undefined])
  })

  test('gives back the try that succeeded: many people behind one address may sign in', async () => {
    const limit = createMemoryLimiter({ perIp: 2, now })
    for (let i = 0; i < 10; i++) {
      expect(await limit(attempt({ account: `user${i}` }))).toBeUndefined()
      await limit(attempt({ account: `user${i}`, phase: 'succeeded' }))
    }
  })

  test('and no more than that: an account, or a device, of his own buys a guesser nothing', async () => {
    const limit = createMemoryLimiter({ perIp: 2, devicePerIp: 2, now })
    const device = { kind: 'device', account: undefined } as const
    for (const own of [{ account: 'mallory' }, device]) {
      const guess = own === device ? device : { account: 'alice' }
      for (let i = 0; i < 2; i++) {
        expect(await limit(attempt(guess))).toBeUndefined()
        if (i === 1) break
        await limit(attempt(own))
        await limit(attempt({ ...own, phase: 'succeeded' }))
      }
      expect(await limit(attempt(guess))).toBeDefined()
    }
  })

  test('device codes: by address, else by browser', async () => {
    const limit = createMemoryLimiter({ devicePerIp: 1, now })
    const device = { kind: 'device', account: undefined } as const
    await limit(attempt(device))
    expect(await limit(attempt({ ...device, browser: 'other' }))).toBeDefined()
    const byBrowser = createMemoryLimiter({ devicePerIp: 1, now })
    await byBrowser(attempt({ ...device, ip: undefined }))
    expect(await byBrowser(attempt({ ...device, ip: undefined }))).toBeDefined()
    expect(await byBrowser(attempt({ ...device, ip: undefined, browser: 'other' }))).toBeUndefined()
  })

  test('sign-ups: by address, else by browser; those that succeed count', async () => {
    const limit = createMemoryLimiter({ signUpPerIp: 2, perIp: 1, now })
    const signUp = (account: string, more: Partial<Attempt> = {}): Attempt =>
      attempt({ kind: 'signUp', account, ...more })
    for (const account of ['a', 'b']) {
      expect(await limit(signUp(account))).toBeUndefined()
      await limit(signUp(account, { phase: 'succeeded' }))
    }
    expect(await limit(signUp('c', { browser: 'other' }))).toBeDefined()
    expect(await limit(signUp('c', { ip: '198.51.100.9' }))).toBeUndefined()
    // Guessing is counted apart from them.
    expect(await limit(attempt())).toBeUndefined()
    const byBrowser = createMemoryLimiter({ signUpPerIp: 1, now })
    await byBrowser(signUp('a', { ip: undefined }))
    expect(await byBrowser(signUp('b', { ip: undefined }))).toBeDefined()
    expect(await byBrowser(signUp('b', { ip: undefined, browser: 'other' }))).toBeUndefined()
  })

  test.each([
    [{ perAcount: 5 }, 'perAcount'],
    [{ perIp: 0 }, 'perIp'],
    [{ windowSeconds: '900' }, 'windowSeconds'],
    [{ maxEntries: Number.POSITIVE_INFINITY }, 'maxEntries'],
  ])('options are looked through: %j', (options, option) => {
    expect(() => createMemoryLimiter(options as object)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option }),
    )
  })

  test('a window ends', async () => {
    const limit = createMemoryLimiter({ perAccountAndIp: 1, windowSeconds: 60, now })
    await limit(attempt())
    time += 59_000
    expect(await limit(attempt())).toEqual({ retryAfterSeconds: 1 })
    time += 1000
    expect(await limit(attempt())).toBeUndefined()
  })

  test('is bounded', async () => {
    const limit = createMemoryLimiter({ perAccountAndIp: 1, maxEntries: 10, now })
    await limit(attempt())
    for (let i = 0; i < 20; i++) await limit(attempt({ account: `a${i}`, ip: `i${i}` }))
    expect(await limit(attempt())).toBeUndefined()
  })
})

describe('the default flow store', () => {
  test('forgets after the time, and the oldest when it is full', async () => {
    let time = 0
    const store = createMemoryFlowStore({ maxEntries: 2, now: () => time })
    await store.set('a', '1', 10)
    await store.set('b', '2', 20)
    expect(await store.get('a')).toBe('1')
    time = 11_000
    expect(await store.get('a')).toBeUndefined()
    await store.set('c', '3', 20)
    await store.set('d', '4', 20)
    expect([await store.get('b'), await store.get('c'), await store.get('d')]).toEqual([undefined, '3', '4'])
    await store.delete('d')
    expect(await store.get('d')).toBeUndefined()
  })

  test('whoever fills it pushes out flows of his own', async () => {
    const store = createMemoryFlowStore({ maxEntries: 5 })
    await store.set('first', 'v', 60, 'honest')
    for (let i = 0; i < 50; i++) await store.set(`flood ${i}`, 'v', 60, 'flood')
    await store.set('second', 'v', 60, 'neighbour')
    const kept = ['first', 'second', 'flood 45', 'flood 46', 'flood 47', 'flood 48', 'flood 49']
    expect(kept.filter((key) => store.get(key) !== undefined)).toEqual([
      'first',
      'second',
      'flood 47',
      'flood 48',
      'flood 49',
    ])
    // Shares that were given back do not count.
    for (const key of ['flood 47', 'flood 48', 'flood 49', 'flood 49']) await store.delete(key)
    for (let i = 0; i < 4; i++) await store.set(`honest ${i}`, 'v', 60, 'honest')
    expect([await store.get('second'), await store.get('first')]).toEqual(['v', undefined])
  })

  test('options are looked through', () => {
    expect(() => createMemoryFlowStore({ maxEntry: 5 } as object)).toThrow(/maxEntry: is not an option/)
    expect(() => createMemoryFlowStore({ maxEntries: 0 })).toThrow(/maxEntries: must be a whole number/)
  })
})
