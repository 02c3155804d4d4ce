import { browser, type Browser, type BrowserResponse } from '@hydra-kit/embedded/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { start, type Started } from '../src/start.ts'

let example: Started
beforeAll(async () => {
  example = await start({ port: 0 })
})
afterAll(() => example.stop())

const signIn = (user: Browser, page: BrowserResponse): Promise<BrowserResponse> =>
  user.open(page.url, {
    headers: { origin: example.url, accept: 'text/html' },
    form: { email: 'alice@example.com', password: 'wonderland' },
    follow: true,
  })

test('the app’s page, once; then the session answers', async () => {
  const user = browser()
  const page = await user.open(example.signInUrl, { follow: true })
  expect(page.body).toContain('Sign in to Example Mail')
  expect((await signIn(user, page)).body).toContain('Allow access?')
  const again = await user.open(example.signInUrl, { follow: true })
  expect(again.body).toContain('Alice Liddell')
})

test('a session from before Hydra asked counts; prompt=login and max_age want a new proof', async () => {
  const user = browser()
  await signIn(user, await user.open(`${example.url}/account/login`))
  expect((await user.open(example.signInUrl, { follow: true })).body).toContain('Allow access?')
  const fresh = await user.open(`${example.signInUrl}&prompt=login`, { follow: true })
  expect(fresh.body).toContain('Sign in to Example Mail')
  expect((await signIn(user, fresh)).body).toContain('Allow access?')
})

test('a form of another site signs nobody in', async () => {
  const user = browser()
  const page = await user.open(`${example.url}/account/login`)
  const got = await user.open(page.url, {
    headers: { origin: 'https://evil.example' },
    form: { email: 'alice@example.com', password: 'wonderland' },
  })
  expect(got.status).toBe(403)
  expect(user.cookieNames(example.url)).not.toContain('session')
})
