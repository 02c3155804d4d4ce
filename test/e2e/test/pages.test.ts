/** Every page in light and dark, on a desktop and on 320 pixels: axe finds nothing, nothing is cut off, and a picture is kept. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { findings } from '../support/accessibility.ts'
import { complaintsOf, describeInChromium } from '../support/chromium.ts'
import { startPlace, type Place } from '../support/place.ts'

const folder = join(__dirname, '../screenshots')
let place: Place
beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  place = await startPlace()
})
beforeEach(() => place.reset())
afterAll(() => place.stop())

async function signIn(page: Page, password = 'wonderland'): Promise<void> {
  await page.locator('#email').fill('alice@example.com')
  await page.locator('#password').fill(password)
  await page.locator('button.primary').click()
}
const choose = (page: Page, value: string): Promise<void> => page.locator(`button[value=${value}]`).click()

/** How to get to each page. */
const pages: Record<string, (page: Page) => Promise<unknown>> = {
  login: (page) => page.goto(place.authorizeUrl()),
  async 'login-wrong-password'(page) {
    await page.goto(place.authorizeUrl())
    await signIn(page, 'wrong')
  },
  async 'login-empty'(page) {
    await page.goto(place.authorizeUrl())
    await choose(page, 'sign-in')
  },
  async 'login-everything'(page) {
    place.configure({ signUp: () => undefined as never, forgotPasswordUrl: '/forgot' })
    await page.goto(place.authorizeUrl())
  },
  async 'login-unavailable'(page) {
    await page.goto(place.authorizeUrl())
    await place.hydra.faults.pause('admin')
    await signIn(page)
  },
  'login-german': (page) => page.goto(place.authorizeUrl({ ui_locales: 'de' })),
  async account(page) {
    await page.goto(place.authorizeUrl())
    await page.locator('[name=remember]').check()
    await signIn(page)
    await page.goto(place.authorizeUrl({ prompt: 'select_account' }))
  },
  async consent(page) {
    await page.goto(place.authorizeUrl())
    await signIn(page)
  },
  async 'consent-german'(page) {
    await page.goto(place.authorizeUrl({ ui_locales: 'de' }))
    await signIn(page)
  },
  async 'consent-long-texts'(page) {
    place.configure({
      describeAccount: () => ({
        name: 'Wolfeschlegelsteinhausenbergerdorff',
        detail: `${'long'.repeat(20)}@example.com`,
      }),
      scopes: { 'photos.read': `See ${'every single one of your photos, '.repeat(4)}and more` },
    })
    await page.goto(place.authorizeUrl())
    await signIn(page)
  },
  async 'consent-unavailable'(page) {
    await page.goto(place.authorizeUrl())
    await signIn(page)
    await place.hydra.faults.pause('admin')
    await choose(page, 'allow')
  },
  async logout(page) {
    await page.goto(place.authorizeUrl())
    await page.locator('[name=remember]').check()
    await signIn(page)
    await page.goto(`${place.hydra.publicUrl}/oauth2/sessions/logout`)
  },
  async stayed(page) {
    await page.goto(place.authorizeUrl())
    await page.locator('[name=remember]').check()
    await signIn(page)
    await page.goto(`${place.hydra.publicUrl}/oauth2/sessions/logout`)
    await choose(page, 'no')
  },
  'signed-out': (page) => page.goto(`${place.loginUrl}/signed-out`),
  async device(page) {
    await page.goto((await place.device()).address)
  },
  async 'device-prefilled'(page) {
    await page.goto((await place.device()).completeAddress)
  },
  async 'device-wrong-code'(page) {
    await page.goto((await place.device()).address)
    await page.locator('#user_code').fill('NOTACODE')
    await choose(page, 'continue')
  },
  'device-done': (page) => page.goto(`${place.loginUrl}/device/done`),
  async 'device-denied'(page) {
    await page.goto((await place.device()).completeAddress)
    await choose(page, 'continue')
    await signIn(page)
    await choose(page, 'deny')
  },
  'error-no-challenge': (page) => page.goto(`${place.loginUrl}/login`),
  'error-from-hydra': (page) =>
    page.goto(
      `${place.loginUrl}/error?error=invalid_client&error_description=The+requested+OAuth+2.0+Client+does+not+exist.`,
    ),
  async 'error-expired'(page) {
    await page.goto(place.authorizeUrl())
    place.hydra.clock.advance('31m')
    await signIn(page)
  },
}

const looks: Record<string, BrowserContextOptions> = {
  'desktop-light': { colorScheme: 'light' },
  'desktop-dark': { colorScheme: 'dark' },
  'phone-light': { colorScheme: 'light', viewport: { width: 320, height: 640 } },
  'phone-dark': { colorScheme: 'dark', viewport: { width: 320, height: 640 } },
}

describeInChromium('every page', (open) => {
  test.each(Object.keys(pages).flatMap((name) => Object.keys(looks).map((look) => [name, look])))(
    '%s, %s',
    async (name, look) => {
      const page = await (await open(looks[look])).newPage()
      const complaints = complaintsOf(page)
      await pages[name]?.(page)
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true })
      expect(await findings(page)).toEqual([])
      expect(complaints).toEqual([])
      // Nothing sticks out to the side, and no text is cut in its box.
      const sticksOut = await page.evaluate<string[]>(
        `[...document.querySelectorAll('main, main *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 || (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline' && !element.matches('.away'))).map((element) => element.outerHTML.slice(0, 80))`,
      )
      expect(sticksOut).toEqual([])
      // One primary action at most, and targets of at least 24 pixels (WCAG 2.5.8).
      expect(await page.locator('.primary').count()).toBeLessThanOrEqual(1)
      const small = await page.evaluate<string[]>(
        `[...document.querySelectorAll('a, button, input:not([type=hidden])')].filter((element) => { const box = (element.closest('label') ?? element).getBoundingClientRect(); return box.height < 23.5 || box.width < 23.5 }).map((element) => element.outerHTML.slice(0, 80))`,
      )
      expect(small).toEqual([])
    },
  )
})
