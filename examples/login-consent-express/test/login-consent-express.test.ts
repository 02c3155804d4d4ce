import { browser } from '@hydra-kit/embedded/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { start, type Started } from '../src/start.ts'

let example: Started
beforeAll(async () => {
  example = await start({ port: 0 })
})
afterAll(() => example.stop())

const tokenOf = (page: string): string => /name="form_token" value="([^"]*)"/.exec(page)?.[1] ?? ''

test('sign in, allow, and be back at the client', async () => {
  const user = browser()
  const page = await user.open(example.signInUrl, { follow: true })
  const wrong = await user.open(page.url, {
    form: { form_token: tokenOf(page.body), email: 'alice@example.com', password: 'looking-glass' },
  })
  expect(wrong.status).toBe(422)
  const consent = await user.open(page.url, {
    form: { form_token: tokenOf(wrong.body), email: 'Alice@example.com', password: 'wonderland' },
    follow: true,
  })
  expect(consent.body).toContain('Alice Liddell')
  expect(consent.body).toContain('Add photos to your album')
  const end = await user.open(consent.url, {
    form: { form_token: tokenOf(consent.body), scope: 'photos.read', choice: 'allow' },
    follow: true,
  })
  expect(end.body).toBe('Signed in: the client has a code.')
}, 30_000)
