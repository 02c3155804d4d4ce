import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { shareRepeatedValues } from '../src/shared-values.ts'

const claims = fc.dictionary(
  fc.constantFrom('iss', 'client_id', 'aud', 'scp', 'sub', '__proto__'),
  fc.oneof(fc.string(), fc.constantFrom('a', '["a"]', 'a b'), fc.array(fc.constantFrom('a', 'b', 'a b', '"'))),
)

test('changes no value', () => {
  fc.assert(
    fc.property(claims, (given) => {
      const before = structuredClone(given)
      shareRepeatedValues(given)
      expect(given).toEqual(before)
    }),
  )
})

test('equal lists become one frozen list, and a string is never taken for one', () => {
  const [first, second] = [{ aud: ['a'] }, { aud: ['a'], iss: '["a"]' }] as Record<string, unknown>[]
  shareRepeatedValues(first!)
  shareRepeatedValues(second!)
  expect(second!['aud']).toBe(first!['aud'])
  expect(Object.isFrozen(second!['aud'])).toBe(true)
  expect(second!['iss']).toBe('["a"]')
})

test('values without number are not kept for good', () => {
  const first: Record<string, unknown> = { aud: ['first'] }
  shareRepeatedValues(first)
  for (let index = 0; index < 2000; index++) shareRepeatedValues({ aud: [`audience ${index}`] })
  const again: Record<string, unknown> = { aud: ['first'] }
  shareRepeatedValues(again)
  expect(again['aud']).not.toBe(first['aud'])
})
