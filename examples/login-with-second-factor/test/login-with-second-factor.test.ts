import { browser, type Browser, type BrowserResponse } from '@hydra-kit/embedded/testing'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { totpOf } from '../src/second-factor.ts'
import { start, type Started } from '../src/start.ts'

const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
let example: Started
beforeAll(async () => {
  example = await start({ port: 0, totpSecret })
})
afterAll(() => example.stop())

async function password(user: Browser): Promise<BrowserResponse> {
  const page = await user.open(example.signInUrl, { follow: true })
  const token = /name="form_token" value="([^"]*)"/.exec(page.body)?.[1] ?? ''
  const form = { form_token: token, email: 'alice@example.com', password: 'wonderland' }
  return user.open(page.url, { form, follow: true })
}
const enter = (user: Browser, page: BrowserResponse, code: string): Promise<BrowserResponse> =>
  user.open(page.url, { form: { code }, follow: true })

test('the password alone is not enough; a code is, once; another browser has no part in it', async () => {
  const user = browser()
  const page = await password(user)
  expect(page.body).toContain('One more step')
  expect((await enter(user, page, '000000')).status).toBe(422)
  expect((await enter(browser(), page, totpOf(totpSecret).generate())).status).toBe(403)
  const code = totpOf(totpSecret).generate()
  expect((await enter(user, page, code)).body).toContain('Allow access?')
  expect((await user.open(page.url)).status).toBe(410)
  const other = browser()
  expect((await enter(other, await password(other), code)).status).toBe(422)
})

test('five codes are enough', async () => {
  const user = browser()
  const page = await password(user)
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await enter(user, page, '111111')).status)
  expect(statuses.at(-1)).toBe(429)
})
