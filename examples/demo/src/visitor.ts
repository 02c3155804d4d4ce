/** A person with a browser: opens pages, fills in forms, presses buttons. Real HTTP and cookies, no screen. */
import { browser } from '@hydra-kit/embedded/testing'

/** A page that was reached. */
export interface Page {
  url: URL
  status: number
  html: string
}

/** What a person does to a form before sending it. */
export interface FormChanges {
  fill?: Record<string, string>
  /** Checkboxes by name. */
  untick?: string[]
}

/** One person, one cookie jar. */
export interface Visitor {
  open(url: string): Promise<Page>
  /** Sends the first form of a page, as it is or changed. */
  submit(page: Page, changes: FormChanges): Promise<Page>
  /** Presses the button of a form that has nothing to fill in. */
  press(page: Page, action: string): Promise<Page>
}

/** Makes a visitor whose browser has seen nothing yet. */
export function createVisitor(): Visitor {
  const tab = browser()

  async function load(url: string | URL, form?: Record<string, string>, origin?: string): Promise<Page> {
    const headers = origin === undefined ? {} : { origin }
    const seen = await tab.open(url, { follow: true, headers, ...(form && { form }) })
    return { url: seen.url, status: seen.status, html: seen.body }
  }

  return {
    open: (url) => load(url),
    press: (page, action) => load(new URL(action, page.url), {}, page.url.origin),
    submit(page, { fill = {}, untick = [] }) {
      const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page.html)
      if (form === null) throw new Error(`no form on ${page.url.origin}${page.url.pathname} (${page.status})`)
      const [, action = '', content = ''] = form
      // The first button counts, as when a person presses Enter.
      const controls = [...content.matchAll(/<input\b[^>]*>/g), ...content.matchAll(/<button\b[^>]*>/g)]
      const sent: Record<string, string> = {}
      for (const [control] of controls) {
        const name = attribute(control, 'name')
        if (name !== '' && !(name in sent) && !untick.includes(name))
          sent[name] = fill[name] ?? attribute(control, 'value')
      }
      return load(new URL(unescape(action), page.url), sent, page.url.origin)
    },
  }
}

/** Undoes what the demo's `html` escapes. */
export function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}
