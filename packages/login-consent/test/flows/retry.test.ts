import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { login } from '../../src/index.ts'
import { alice, startWorld, visitor, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.hydra.reset())
afterAll(() => world.stop())

test.each([
  ['at a field of the page', 'email', /id="email-error">Not this one\.</],
  ['about the form as a whole', undefined, /role="alert"><p>Not this one\.</],
  ['at a field that the page does not have', 'tenant', /role="alert"><p>Not this one\.</],
])('a retry is seen once: %s', async (_name, field, expected) => {
  world.configure({ authenticate: () => login.retry('Not this one.', { field }) })
  const user = visitor()
  const got = await user.submit(await world.begin(user), alice)
  expect(got.status).toBe(422)
  expect(got.body).toMatch(expected)
  expect(got.body.split('Not this one.')).toHaveLength(2)
})
