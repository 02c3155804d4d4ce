/** A browser without a screen: real HTTP, a cookie jar, redirects and forms. */

/** A page that was reached. */
export interface Page {
  url: string
  status: number
  html: string
}

/** What a person does to a form before sending it. */
export interface FormChanges {
  fill?: Record<string, string>
  /** Checkboxes by value. */
  untick?: string[]
  /** The button that is pressed, by name and value. */
  press?: [name: string, value: string]
}

/** Opens pages and sends forms. */
export interface Browser {
  open(url: string): Promise<Page>
  /** Sends the first form of a page. */
  submit(page: Page, changes: FormChanges): Promise<Page>
  /** Presses the button of a form that has nothing to fill in. */
  press(page: Page, action: string): Promise<Page>
}

interface Sending {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: URLSearchParams
}

const maxRedirects = 12

/** Makes a browser with an empty cookie jar. */
export function createBrowser(): Browser {
  /** By host name: cookies do not know ports. */
  const jar = new Map<string, Map<string, string>>()

  async function request(url: string, init: Sending): Promise<Page> {
    let [target, options] = [new URL(url), init]
    for (let hop = 0; hop < maxRedirects; hop += 1) {
      const cookies = [...(jar.get(target.hostname) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { ...options.headers, ...(cookies && { cookie: cookies }) }
      const answer = await fetch(target, { ...options, headers, redirect: 'manual' })
      keepCookies(target.hostname, answer.headers.getSetCookie())
      const location = answer.headers.get('location')
      if (answer.status < 300 || answer.status > 399 || location === null) {
        return { url: target.href, status: answer.status, html: await answer.text() }
      }
      await answer.body?.cancel()
      target = new URL(location, target)
      options = { method: 'GET' }
    }
    throw new Error(`More than ${maxRedirects} redirects, the last one to ${target.origin}${target.pathname}`)
  }

  function keepCookies(host: string, lines: string[]): void {
    const cookies = jar.get(host) ?? new Map<string, string>()
    jar.set(host, cookies)
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(/; */)
      const name = pair.slice(0, pair.indexOf('='))
      if (attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute))) cookies.delete(name)
      else cookies.set(name, pair.slice(name.length + 1))
    }
  }

  async function post(page: Page, action: string, fields: [string, string][]): Promise<Page> {
    const url = new URL(action, page.url)
    const headers = { origin: new URL(page.url).origin }
    return request(url.href, { method: 'POST', headers, body: new URLSearchParams(fields) })
  }

  return {
    open: (url) => request(url, { method: 'GET' }),
    press: (page, action) => post(page, action, []),
    submit(page, { fill = {}, untick = [], press }) {
      const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page.html)
      if (form === null) throw new Error(`No form on ${page.url.split('?')[0]}, status ${page.status}`)
      const [, action = '', content = ''] = form
      const fields = [...content.matchAll(/<input\b[^>]*>/g)]
        .map(([input]) => ({
          name: attribute(input, 'name'),
          value: attribute(input, 'value'),
          type: attribute(input, 'type'),
        }))
        .filter(({ type, value }) => type !== 'checkbox' || !untick.includes(value))
        .map(({ name, value }): [string, string] => [name, fill[name] ?? value])
      return post(page, unescape(action), press === undefined ? fields : [...fields, press])
    },
  }
}

function attribute(tag: string, name: string): string {
  return unescape(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

/** Undoes what `html` escapes. */
export function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
}
