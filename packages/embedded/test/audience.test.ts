import { expect, test } from '@jest/globals'
import { audienceCovered, requestedAudiences } from '../src/audience.ts'

test.each([
  ['https://api.example/v1', 'https://api.example/v1', true],
  ['https://api.example/v1', 'https://api.example/v1/', true],
  ['https://api.example/v1/', 'https://api.example/v1', true],
  ['https://api.example/v1', 'https://api.example/v1/x', true],
  ['https://api.example', 'https://api.example/x', true],
  ['https://api.example/v1', 'https://api.example/v1?q=1', true],
  ['https://api.example/v1', 'https://api.example/v10', false],
  ['https://api.example/v1', 'https://api.example/v', false],
  ['https://api.example/v1', 'http://api.example/v1', false],
  ['https://api.example/v1', 'https://api.example:8443/v1', false],
  ['my-api', 'my-api', true],
  ['my-api', 'my-api/x', true],
  ['my-api', 'my-apis', false],
  ['urn:a:b', 'urn:c:d', true],
])('%s covers %s: %s', (registered, requested, covered) => {
  expect(audienceCovered([registered], requested)).toBe(covered)
})

test('one value is split at spaces, repeated ones are taken as they are', () => {
  expect(requestedAudiences(['a  b'])).toEqual(['a', 'b'])
  expect(requestedAudiences(['a b', 'c', ''])).toEqual(['a b', 'c'])
  expect(requestedAudiences([])).toEqual([])
})
