import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Page } from 'playwright-core'
import { apps } from '../support/apps.ts'
import { complaintsOf, describeInChromium } from '../support/chromium.ts'
import { isEmbedded, startPlace, type Place } from '../support/place.ts'

const title = (page: Page): Promise<string> => page.locator('h1').innerText()
/** What the client says, in the end. */
const outcome = (page: Page): Promise<string> => page.locator('body').innerText()

async function signIn(page: Page, password = 'wonderland'): Promise<void> {
  await page.getByLabel('E-mail').fill('alice@example.com')
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

/** On a server that is not ours, time and faults cannot be made. */
const testOnEmbedded = isEmbedded ? test : test.skip

describeInChromium('login and consent in a browser', (open) => {
  describe.each(apps)('%s', (_name, startApp) => {
    let place: Place
    beforeAll(async () => {
      place = await startPlace(startApp)
    })
    beforeEach(() => place.reset())
    afterAll(() => place.stop())

    test('sign in with a wrong and with the right password, allow a part', async () => {
      const page = await (await open()).newPage()
      const complaints = complaintsOf(page)
      await page.goto(place.authorizeUrl())
      expect(await title(page)).toBe('Sign in')
      await signIn(page, 'wrong')
      expect(await page.getByRole('alert').innerText()).toBe('Wrong e-mail or password.')
      expect(await page.getByLabel('E-mail').inputValue()).toBe('alice@example.com')
      expect(await page.getByLabel('Password').inputValue()).toBe('')
      await signIn(page)
      expect(await title(page)).toBe('Allow access?')
      expect(await page.getByText('Alice Liddell').isVisible()).toBe(true)
      await page.getByLabel('Keep its access while you are away').uncheck()
      await press(page, 'Allow')
      expect(await outcome(page)).toBe('code for openid photos.read')
      expect(complaints).toEqual([])
    })

    test('deny, and cancel', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await signIn(page)
      await press(page, 'Deny')
      expect(await outcome(page)).toBe('error access_denied')
      await page.goto(place.authorizeUrl())
      await press(page, 'Cancel')
      expect(await outcome(page)).toBe('error access_denied')
    })

    test('remember login and consent, then nothing is asked', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await page.getByLabel('Keep me signed in').check()
      await signIn(page)
      await page.getByLabel('Remember my choice for this app').check()
      await page.getByLabel('Add and delete photos').check()
      await press(page, 'Allow')
      expect(await outcome(page)).toContain('code for')
      await page.goto(place.authorizeUrl())
      expect(await outcome(page)).toBe('code for openid offline photos.read photos.write')
    })

    test('logout: no, then yes', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await page.getByLabel('Keep me signed in').check()
      await signIn(page)
      await page.goto(`${place.hydra.publicUrl}/oauth2/sessions/logout`)
      await press(page, 'Stay signed in')
      expect(await title(page)).toBe('You are still signed in')
      await page.goto(place.authorizeUrl())
      expect(await title(page)).toBe('Allow access?')
      await page.goto(`${place.hydra.publicUrl}/oauth2/sessions/logout`)
      await press(page, 'Sign out')
      expect(await title(page)).toBe('You are signed out')
      await page.goto(place.authorizeUrl())
      expect(await title(page)).toBe('Sign in')
    })

    test('device code: typed wrong, then right', async () => {
      if (place.isV1) return
      const page = await (await open()).newPage()
      const device = await place.device()
      await page.goto(device.address)
      await page.getByLabel('Code').fill('NOTACODE')
      await press(page, 'Continue')
      expect(await page.getByText('This code is not known').isVisible()).toBe(true)
      await page.getByLabel('Code').fill(`  ${device.userCode}  `)
      await press(page, 'Continue')
      await signIn(page)
      expect(await device.poll()).toBe('authorization_pending')
      await press(page, 'Allow')
      expect(await title(page)).toBe('Your device is connected')
      expect(await device.poll()).toBe('openid photos.read')
    })

    test('device code in the address: compared, then denied', async () => {
      if (place.isV1) return
      const page = await (await open()).newPage()
      const device = await place.device()
      await page.goto(device.completeAddress)
      expect(await page.getByLabel('Code').inputValue()).toBe(device.userCode)
      await press(page, 'Continue')
      await signIn(page)
      await press(page, 'Deny')
      expect(await title(page)).toBe('The device was not connected')
      expect(await device.poll()).toBe('authorization_pending')
    })

    testOnEmbedded('expired challenge: start again leads back into the flow', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      place.hydra.clock.advance('31m')
      await signIn(page)
      expect(await page.getByText('the request has expired').isVisible()).toBe(true)
      await page.getByRole('link', { name: 'Start again' }).click()
      await signIn(page)
      await press(page, 'Allow')
      expect(await outcome(page)).toContain('code for')
    })

    test('back button: from consent to login and in again; from the client to consent: no second choice', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await signIn(page)
      expect(await title(page)).toBe('Allow access?')
      await page.goBack()
      expect(await title(page)).toBe('Sign in')
      await signIn(page)
      expect(await title(page)).toBe('Allow access?')
      await press(page, 'Allow')
      expect(await outcome(page)).toContain('code for')
      await page.goBack()
      // 1.x knows that it is done, and starts again by itself.
      if (!place.isV1) {
        expect(await page.getByText('This step is already done.').isVisible()).toBe(true)
        await page.getByRole('link', { name: 'Start again' }).click()
      }
      expect(await title(page)).toBe('Sign in')
    })

    test('two tabs of one client: the younger works, the older ends at the client', async () => {
      const context = await open()
      const [older, younger] = [await context.newPage(), await context.newPage()]
      await older.goto(place.authorizeUrl())
      await younger.goto(place.authorizeUrl())
      await signIn(older)
      expect(await outcome(older)).toBe('error request_forbidden')
      await signIn(younger)
      await press(younger, 'Allow')
      expect(await outcome(younger)).toContain('code for')
    })

    test('two tabs of two clients: both work', async () => {
      // It keeps one flow a browser: there the older tab ends at the client, as with one client.
      if (place.isV1) return
      const context = await open()
      const [one, two] = [await context.newPage(), await context.newPage()]
      await one.goto(place.authorizeUrl())
      await two.goto(place.authorizeUrl({ client_id: 'album' }))
      await signIn(one)
      await signIn(two)
      await press(one, 'Allow')
      await press(two, 'Allow')
      expect([await outcome(one), await outcome(two)]).toEqual([
        expect.stringContaining('code for'),
        expect.stringContaining('code for'),
      ])
    })

    test('double clicks do no harm', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await page.getByLabel('E-mail').fill('alice@example.com')
      await page.getByLabel('Password').fill('wonderland')
      await page.getByRole('button', { name: 'Sign in' }).dblclick()
      await page.getByRole('heading', { name: 'Allow access?' }).waitFor()
      await page.getByRole('button', { name: 'Allow' }).dblclick()
      await page.waitForURL(/\/callback/)
      expect(await outcome(page)).toContain('code for')
    })

    test('without JavaScript, on 320 pixels, in the dark: everything is there and nothing is cut off', async () => {
      const context = await open({
        javaScriptEnabled: false,
        viewport: { width: 320, height: 640 },
        colorScheme: 'dark',
      })
      const page = await context.newPage()
      await page.goto(place.authorizeUrl())
      await signIn(page, 'wrong')
      expect(await page.getByRole('alert').innerText()).toContain('Wrong')
      await signIn(page)
      await press(page, 'Allow')
      expect(await outcome(page)).toContain('code for')
    })

    test('by keyboard only: the first key stroke lands in the form, Enter is the primary action', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await page.locator('#email:focus').waitFor()
      await page.keyboard.type('alice@example.com')
      await page.keyboard.press('Tab')
      await page.keyboard.type('wonderland')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Allow access?' }).waitFor()
      const stops: string[] = []
      for (let i = 0; i < 7; i++) {
        await page.keyboard.press('Tab')
        const name = await page.evaluate<string>(
          `document.activeElement.value || document.activeElement.textContent.trim()`,
        )
        // Every stop shows where one is.
        const outline = await page.evaluate<string>(`getComputedStyle(document.activeElement).outlineStyle`)
        expect([name, outline]).toEqual([name, 'solid'])
        stops.push(name)
      }
      expect(stops).toEqual(['switch', 'offline', 'photos.read', 'photos.write', 'true', 'allow', 'deny'])
      // Back to a scope, which Space changes, and on to the button.
      for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+Tab')
      await page.keyboard.press('Space')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/callback/)
      expect(await outcome(page)).toBe('code for openid offline photos.read photos.write')
    })

    test('"not you?" and another account', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await page.getByLabel('Keep me signed in').check()
      await signIn(page)
      await press(page, 'Not you?')
      expect(await title(page)).toBe('Sign in')
      await page.goto(place.authorizeUrl({ prompt: 'select_account' }))
      await press(page, 'Continue as Alice Liddell')
      expect(await title(page)).toBe('Allow access?')
      await page.goto(place.authorizeUrl({ prompt: 'select_account' }))
      await press(page, 'Use another account')
      expect(await title(page)).toBe('Sign in')
    })

    testOnEmbedded('Hydra is down while the page is open: nothing typed but the password is lost', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      await place.hydra.faults.pause('admin')
      await signIn(page)
      expect(await page.getByRole('alert').innerText()).toContain('cannot be reached')
      expect(await page.getByLabel('E-mail').inputValue()).toBe('alice@example.com')
      await place.hydra.faults.resume('admin')
      await signIn(page)
      await place.hydra.faults.pause('admin')
      await page.getByLabel('See your photos').uncheck()
      await press(page, 'Allow')
      expect(await title(page)).toBe('We cannot reach the sign-in service')
      await place.hydra.faults.resume('admin')
      await press(page, 'Try again')
      expect(await outcome(page)).toBe('code for openid offline')
    })

    test('localhost instead of 127.0.0.1: the page says what is wrong, and leads to the right name', async () => {
      const page = await (await open()).newPage()
      await page.goto(place.authorizeUrl())
      const there = new URL(page.url())
      there.hostname = 'localhost'
      await page.goto(there.href)
      const text = `opened at ${there.host} but is configured for 127.0.0.1:${there.port}`
      expect(await page.getByText(text).isVisible()).toBe(true)
      await page.getByRole('link', { name: 'Start again' }).click()
      await signIn(page)
      expect(await title(page)).toBe('Allow access?')
    })
  })
})
