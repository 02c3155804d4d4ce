import { expect, test } from '@jest/globals'
import { murmur3 } from '../src/murmur3.ts'

test.each([
  ['', 0],
  ['a', 1_009_084_850],
  ['hello', 613_153_351],
  ['hello, world', 345_750_399],
  ['19 Jan 2038 at 3:14:07 AM', 0xe31e8a70],
  ['The quick brown fox jumps over the lazy dog', 776_992_547],
])('%j', (text, hash) => {
  expect(murmur3(text)).toBe(hash)
})
