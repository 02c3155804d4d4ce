import { afterEach, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { start as startLoginConsent } from '../../../examples/login-consent-express/src/start.ts'
import { start as startSinglePage } from '../../../examples/login-single-page/src/start.ts'
import { start as startOwnSession } from '../../../examples/login-with-own-session/src/start.ts'
import { start as startNest } from '../../../examples/nestjs-login-consent/src/start.ts'
import { totpOf } from '../../../examples/login-with-second-factor/src/second-factor.ts'
import { start as startSecondFactor } from '../../../examples/login-with-second-factor/src/start.ts'
import { findings } from '../support/accessibility.ts'
import { complaintsOf, describeInChromium } from '../support/chromium.ts'

interface Started {
  readonly signInUrl: string
  stop(): Promise<void>
}

let running: Started | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

const heading = (page: Page, name: string): Promise<void> => page.getByRole('heading', { name }).waitFor()
async function signIn(page: Page, password = 'wonderland'): Promise<void> {
  await page.getByLabel('E-mail').fill('alice@example.com')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
async function allow(page: Page): Promise<string> {
  await heading(page, 'Allow access?')
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(/\/callback/)
  return page.locator('body').innerText()
}
const signedIn = 'Signed in: the client has a code.'

describeInChromium('the examples in a browser', (open) => {
  const begin = async (started: Started): Promise<[Page, string[]]> => {
    running = started
    const page = await (await open()).newPage()
    const complaints = complaintsOf(page)
    await page.goto(started.signInUrl)
    return [page, complaints]
  }

  test('login-consent-express', async () => {
    const [page, complaints] = await begin(await startLoginConsent({ port: 0 }))
    await signIn(page, 'looking-glass')
    await page.getByRole('alert').waitFor()
    await signIn(page)
    expect(await allow(page)).toBe(signedIn)
    expect(complaints).toEqual([])
  })

  test('nestjs-login-consent', async () => {
    const [page, complaints] = await begin(await startNest({ port: 0 }))
    await page.getByLabel('E-mail').fill('alice')
    await page.getByLabel('Password').fill('wonderland')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').filter({ hasText: 'Please enter an e-mail address.' }).waitFor()
    expect(await findings(page)).toEqual([])
    await signIn(page)
    expect(await allow(page)).toBe(signedIn)
    expect(complaints).toEqual([])
  })

  test('login-with-second-factor', async () => {
    const totpSecret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    const [page, complaints] = await begin(await startSecondFactor({ port: 0, totpSecret }))
    await signIn(page)
    await heading(page, 'One more step')
    expect(await findings(page)).toEqual([])
    await page.getByLabel('Code').fill('000000')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Code').fill(totpOf(totpSecret).generate())
    await page.getByRole('button', { name: 'Continue' }).click()
    expect(await allow(page)).toBe(signedIn)
    expect(complaints).toEqual([])
  })

  test('login-with-own-session', async () => {
    const [page, complaints] = await begin(await startOwnSession({ port: 0 }))
    await heading(page, 'Sign in to Example Mail')
    expect(await findings(page)).toEqual([])
    await signIn(page)
    expect(await allow(page)).toBe(signedIn)
    await page.goto(running?.signInUrl ?? '')
    expect(await allow(page)).toBe(signedIn)
    expect(complaints).toEqual([])
  })

  test('login-single-page', async () => {
    const [page, complaints] = await begin(await startSinglePage({ port: 0 }))
    await heading(page, 'Sign in')
    expect(await findings(page)).toEqual([])
    await signIn(page, 'wrong')
    await page.getByRole('alert').filter({ hasText: 'Wrong e-mail or password.' }).waitFor()
    await signIn(page)
    await heading(page, 'Allow access?')
    expect(await findings(page)).toEqual([])
    await page.getByLabel('Change your notes').uncheck()
    expect(await allow(page)).toBe(signedIn)
    expect(complaints).toEqual([])
  })
})
