/** The browser: Debian's Chromium, driven by playwright-core. */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe } from '@jest/globals'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens a browser with nothing in it. */
export type OpenBrowser = (options?: BrowserContextOptions) => Promise<BrowserContext>

/**
 * A group of tests that need a browser. Without one they are left out with a message, but on CI they fail: there a
 * browser must be.
 */
export function describeInChromium(name: string, tests: (open: OpenBrowser) => void): void {
  if (!existsSync(executablePath) && process.env['CI'] === undefined) {
    console.warn(`No browser at ${executablePath}: "${name}" is left out. Install chromium, or set CHROMIUM_PATH.`)
    describe.skip(name, () => tests(() => Promise.reject(new Error('no browser'))))
    return
  }
  describe(name, () => {
    let browser: Browser
    const contexts: BrowserContext[] = []
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args })
    })
    afterAll(async () => {
      await browser.close()
    })
    tests(async (options = {}) => {
      for (const old of contexts.splice(0)) await old.close()
      const context = await browser.newContext({ viewport: { width: 1100, height: 860 }, locale: 'en-GB', ...options })
      contexts.push(context)
      return context
    })
  })
}

/** What a page complains about: policy violations, failed requests, script errors. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    // A refused form is a 4xx, and browsers say so.
    if (message.type() === 'error' && !/status of (4\d\d|503)/.test(message.text())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}
