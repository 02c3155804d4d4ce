import { authorizationValues, headersOf } from '@hydra-kit/resource-server'
import { expect, test } from '@jest/globals'

const request = (...rawHeaders: string[]): { headers: Record<string, string>; rawHeaders: string[] } => {
  const first: Record<string, string> = {}
  for (let index = 0; index < rawHeaders.length; index += 2)
    first[String(rawHeaders[index]).toLowerCase()] ??= String(rawHeaders[index + 1])
  return { headers: first, rawHeaders }
}

test('one Authorization field: the fields as Node has them', () => {
  const one = request('Host', 'a', 'AUTHORIZATION', 'Bearer x')
  expect(headersOf(one)).toBe(one.headers)
  expect(authorizationValues(one)).toEqual(['Bearer x'])
})

test('several Authorization fields, in any letter case: all of them, which is two tokens', () => {
  const two = request('authorization', 'Bearer x', 'X-Other', 'authorization', 'Authorization', 'Basic y')
  expect(headersOf(two)).toEqual({ authorization: ['Bearer x', 'Basic y'], 'x-other': 'authorization' })
  expect(authorizationValues(two)).toEqual(['Bearer x', 'Basic y'])
})

test('a value that reads like the name is no field', () => {
  const none = request('X-Other', 'authorization')
  expect(headersOf(none)).toBe(none.headers)
  expect(authorizationValues(none)).toEqual([])
})
