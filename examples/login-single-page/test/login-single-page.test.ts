import { browser, type Browser } from '@hydra-kit/embedded/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { start, type Started } from '../src/start.ts'

let example: Started
beforeAll(async () => {
  example = await start({ port: 0 })
})
afterAll(() => example.stop())

/** What the front end's script does. */
async function ask(user: Browser, page: URL): Promise<{ page: string; model: unknown; formToken: string }> {
  const url = new URL(page.pathname.replace(/^\/app/, '') + page.search, page)
  return JSON.parse((await user.open(url, { headers: { accept: 'application/json' } })).body) as never
}

test('Hydra leads to the front end, and the provider tells it what to show', async () => {
  const user = browser()
  const page = await user.open(example.signInUrl, { follow: true })
  expect(page.url.pathname).toBe('/app/login')
  expect(page.body).toContain('front-end.js')
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(await ask(user, page.url)).toMatchObject({ page: 'login', model: { client: { name: 'Example Notes' } } })
})
