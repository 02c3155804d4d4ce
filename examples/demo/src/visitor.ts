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
  /** Checkboxes by what they stand for. */
  untick?: string[]
}

/** One person, one cookie jar. */
export interface Visitor {
  open(url: string): Promise<Page>
  /** Sends the last form of a page, which is its main one, as it is or changed. */
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
      const form = [...page.html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].at(-1)
      if (form === undefined) throw new Error(`no form on ${page.url.origin}${page.url.pathname} (${page.status})`)
      const [, tag = '', content = ''] = form
      const fields = [...content.matchAll(/<input\b[^>]*>/g)].map(([control]) => control).filter(isSent)
      // The first button counts, as when a person presses Enter.
      const controls = [...fields, /<button\b[^>]*>/.exec(content)?.[0] ?? '']
      const sent: Record<string, string> = {}
      for (const control of controls) {
        const [name, value] = [attribute(control, 'name'), attribute(control, 'value')]
        if (name === '' || untick.includes(value)) continue
        // Boxes of one name: their values in one text, as OAuth writes scopes.
        sent[name] = [sent[name], fill[name] ?? value].filter(Boolean).join(' ')
      }
      // Without an action a form goes to the page's own address.
      return load(new URL(attribute(`<form ${tag}>`, 'action') || page.url, page.url), sent, page.url.origin)
    },
  }
}

/** Browsers send no box that is not ticked, and no control that is disabled. */
function isSent(control: string): boolean {
  return !/\sdisabled\b/.test(control) && (attribute(control, 'type') !== 'checkbox' || /\schecked\b/.test(control))
}

/** Undoes what templates escape. */
export function unescape(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replace(/&(lt|gt|quot|amp);/g, (_all, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name] ?? '')
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}
