/** Reading and comparing release numbers. */
import { expect, test } from '@jest/globals'
import { isAtLeast, parseServerVersion, serverLines } from '../../src/server-versions/release.ts'

test.each([
  ['v1.11.10', '1.11', '1.11.10'],
  ['1.11.10', '1.11', '1.11.10'],
  ['1.4', '1.4', '1.4.10'],
  ['1.10', '1.10', '1.10.7'],
  ['v1.9.0-alpha.3', '1.9', '1.9.0'],
  ['v2.0.3', '2.0', '2.0.3'],
  ['v2.3.0-oss', '2.3', '2.3.0'],
  ['25.4', '25.4', '25.4.0'],
  ['v26.2.0+oss', '26.2', '26.2.0'],
  // Not known here: treated as the nearest older line.
  ['v1.12.0', '1.11', '1.12.0'],
  ['v25.9.1', '25.4', '25.9.1'],
  ['v27.1.0', '26.2', '27.1.0'],
  ['30.0', '26.2', '30.0.0'],
])('%s is of line %s, release %s', (text, line, release) => {
  expect(parseServerVersion(text, 'version')).toEqual({ line, release, source: 'version' })
})

test.each(['master', '', 'v', '26', 'v26.2.0.1', 'dev-build', '1.11.10\n'])('%j is no release', (text) => {
  expect(parseServerVersion(text, 'version')).toBeUndefined()
})

test.each(['v1.3.2', '1.0.0', 'v0.11.14'])('%s is too old', (text) => {
  expect(() => parseServerVersion(text, 'version')).toThrow(
    `Hydra ${text} is older than 1.4, the oldest server that this package can talk to`,
  )
})

test('numbers are compared as numbers', () => {
  expect([
    isAtLeast('1.10.2', '1.9'),
    isAtLeast('1.9.2', '1.10'),
    isAtLeast('1.10.2', '1.10.2'),
    isAtLeast('1.10.1', '1.10.2'),
    isAtLeast('2.0', '1.11.10'),
    isAtLeast('25.4.0', '2.3.0'),
  ]).toEqual([true, false, true, false, true, true])
})

test('all lines are known, oldest first', () => {
  expect(serverLines).toEqual([
    '1.4',
    '1.5',
    '1.6',
    '1.7',
    '1.8',
    '1.9',
    '1.10',
    '1.11',
    '2.0',
    '2.1',
    '2.2',
    '2.3',
    '25.4',
    '26.2',
  ])
})
