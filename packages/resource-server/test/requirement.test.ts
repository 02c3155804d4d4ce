import { describe, expect, test } from '@jest/globals'
import { fakeResourceServer, signedInAs } from '../src/testing.ts'
import type { Requirement, VerifiedToken } from '../src/index.ts'

const server = fakeResourceServer({ tokens: {} })
const verdict = (token: VerifiedToken, requirement: Requirement): unknown => {
  try {
    server.authorize(token, requirement)
    return 'allowed'
  } catch (error) {
    const { status, reason, requiredScopes, code } = error as Record<string, unknown>
    return code === 'ERR_BEARER_TOKEN'
      ? { status, reason, ...(requiredScopes !== undefined && { requiredScopes }) }
      : code
  }
}
const scoped = (...scopes: string[]): VerifiedToken => signedInAs({ scopes })
const lacks = (...requiredScopes: string[]): unknown => ({ status: 403, reason: 'insufficient_scope', requiredScopes })

describe('scopes', () => {
  test.each([
    [['a', 'b'], { all: ['a'] }, 'allowed'],
    [['a', 'b'], { all: ['a', 'b'] }, 'allowed'],
    [['a'], { all: ['a', 'b'] }, lacks('a', 'b')],
    [[], { all: ['a'] }, lacks('a')],
    [['b'], { any: ['a', 'b'] }, 'allowed'],
    [['c'], { any: ['a', 'b'] }, lacks('a')],
    [['a', 'c'], { all: ['a'], any: ['b', 'c'] }, 'allowed'],
    [['c'], { all: ['a'], any: ['b', 'c'] }, lacks('a', 'b')],
    [['a'], { all: ['a'], any: ['b'] }, lacks('a', 'b')],
    [['photos.*'], { all: ['photos.read'] }, 'allowed'],
    [['photos.read'], { all: ['photos.*'] }, lacks('photos.*')],
  ] as [string[], Requirement, unknown][])('granted %j, needed %j', (granted, requirement, expected) => {
    expect(verdict(scoped(...granted), requirement)).toEqual(expected)
  })

  test('the strategy of the token decides', () => {
    const exact = signedInAs({ scopes: ['photos.*'], scopeStrategy: 'exact' })
    expect(verdict(exact, { all: ['photos.read'] })).toEqual(lacks('photos.read'))
    const hierarchical = signedInAs({ scopes: ['photos'], scopeStrategy: 'hierarchical' })
    expect(verdict(hierarchical, { all: ['photos.read'] })).toBe('allowed')
  })
})

describe('claims', () => {
  const mismatch = { status: 403, reason: 'claim_mismatch' }
  const token = signedInAs({
    subject: 'alice',
    clientId: 'photo-app',
    extra: JSON.parse(
      '{"tenant":7,"roles":["a","b"],"vip":true,"none":null,"sub":"mallory","__proto__":{"x":1}}',
    ) as Record<string, unknown>,
  })

  test.each([
    [{ tenant: 7 }, 'allowed'],
    [{ tenant: '7' }, mismatch],
    [{ tenant: [6, 7] }, 'allowed'],
    [{ tenant: [6, 8] }, mismatch],
    [{ roles: 'b' }, 'allowed'],
    [{ roles: 'c' }, mismatch],
    [{ roles: ['c', 'b'] }, 'allowed'],
    [{ vip: true }, 'allowed'],
    [{ vip: false }, mismatch],
    [{ none: null }, 'allowed'],
    [{ absent: null }, mismatch],
    [{ tenant: 7, vip: false }, mismatch],
    [{ tenant: (value: unknown) => value === 7 }, 'allowed'],
    [{ tenant: () => false }, mismatch],
    [{ tenant: () => 'yes' }, mismatch],
    [{ absent: (value: unknown) => value !== undefined }, mismatch],
    [{ sub: 'alice' }, 'allowed'],
    [{ sub: 'mallory' }, mismatch],
    [{ client_id: 'photo-app' }, 'allowed'],
    [{ constructor: (value: unknown) => value !== undefined }, mismatch],
    [{ toString: (value: unknown) => value !== undefined }, mismatch],
    [{ x: 1 }, mismatch],
  ])('%p', (claims, expected) => {
    expect(verdict(token, { claims } as Requirement)).toEqual(expected)
  })
})

describe('a requirement that demands nothing is a mistake', () => {
  test.each([
    [{}],
    [{ all: [] }],
    [{ any: [] }],
    [{ claims: {} }],
    [{ all: undefined }],
    [{ all: ['a'], any: undefined }],
    [{ all: ['a'], claims: undefined }],
    [{ any: ['a'], all: undefined }],
    [{ all: ['a'], any: [] }],
    [{ all: [''] }],
    [{ all: ['a b'] }],
    [{ all: ['a"'] }],
    [{ all: 'a' }],
    [{ scopes: ['a'] }],
    [{ all: ['a'], al: ['b'] }],
  ])('%j', (requirement) => {
    expect(verdict(scoped('a'), requirement as Requirement)).toBe('ERR_OPTIONS')
  })

  test('so is hasScope() without scopes', () => {
    expect(() => (scoped('a').hasScope as () => boolean)()).toThrow(/needs at least one scope/)
  })
})
