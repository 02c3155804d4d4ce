/** Pauses between tries. */
import { expect, test } from '@jest/globals'
import { isPassingStatus, parseRetryAfter, pauseMs } from '../src/retry.ts'

test('pauses double up to two seconds, each between half and all of it', () => {
  for (const [tries, full] of [
    [1, 100],
    [2, 200],
    [3, 400],
    [4, 800],
    [5, 1_600],
    [6, 2_000],
    [20, 2_000],
  ] as const) {
    const pauses = Array.from({ length: 200 }, () => pauseMs(tries, undefined))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(full / 2)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(full)
    expect(new Set(pauses).size).toBeGreaterThan(100)
  }
})

test('never shorter than Retry-After asks', () => {
  expect(pauseMs(1, 7_000)).toBe(7_000)
  expect(pauseMs(6, 500)).toBeGreaterThanOrEqual(1_000)
})

test.each([
  ['7', 7_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
  ['Thu, 01 Jan 1970 00:00:05 GMT', 0],
  ['soon', undefined],
  ['-1', expect.anything()],
  ['99999999999', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s (RFC 9110 section 10.2.3)', (value, expected) => {
  const parsed = parseRetryAfter(value, () => 10_000)
  if (value === '-1') expect(parsed ?? 0).toBeGreaterThanOrEqual(0)
  else expect(parsed).toEqual(expected)
})

test.each([
  [200, false],
  [400, false],
  [401, false],
  [404, false],
  [408, false],
  [409, false],
  [410, false],
  [429, true],
  [500, true],
  [501, false],
  [502, true],
  [503, true],
  [504, true],
])('a status that may pass: %d is %s', (status, passing) => {
  expect(isPassingStatus(status)).toBe(passing)
})
