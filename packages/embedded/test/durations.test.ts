import { expect, test } from '@jest/globals'
import { formatDuration, parseDuration } from '../src/durations.ts'

test.each([
  ['1h30m', 5_400_000, '1h30m0s'],
  ['90s', 90_000, '1m30s'],
  ['1.5h', 5_400_000, '1h30m0s'],
  ['-1h', -3_600_000, '-1h0m0s'],
  ['+2m', 120_000, '2m0s'],
  ['100ms', 100, '100ms'],
  ['1h2m3s4ms', 3_723_004, '1h2m3.004s'],
  ['5us', 0.005, '5µs'],
  ['7ns', 0.000007, '7ns'],
  ['.5s', 500, '500ms'],
  ['0', 0, '0s'],
])('%s is %d ms, printed %s', (text, ms, printed) => {
  expect(parseDuration(text)).toBe(ms)
  expect(formatDuration(ms)).toBe(printed)
})

test.each(['', '5', '1d', 'h', '1h 2m', 'x', '1,5h', '--1h'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})
