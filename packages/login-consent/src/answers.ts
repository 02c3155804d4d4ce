/**
 * Answers: a page or a redirect, written as HTML or as JSON, with the headers that every answer carries.
 */
import { randomBytes } from 'node:crypto'
import { browserCookie } from './browser-id.ts'
import { translationOf, type Exchange } from './exchange.ts'
import type { HttpOutput } from './http.ts'
import { renderDefaultPage } from './pages/default-pages.ts'
import type { Frame } from './pages/layout.ts'
import type { PageModels, PageName } from './pages/page-models.ts'
import type { PageRenderer } from './pages/page-renderers.ts'

/** What a step ends in. */
export type Answer = PageAnswer | RedirectAnswer

/** A page, with its model. */
export interface PageAnswer {
  readonly type: 'page'
  readonly page: PageName
  readonly model: PageModels[PageName]
  readonly status: number
  readonly formToken: string | undefined
  readonly headers: readonly (readonly [string, string])[]
  /** Origins that this page's images come from. */
  readonly images: readonly string[]
}

/** The browser goes on elsewhere. `location` has been checked. */
export interface RedirectAnswer {
  readonly type: 'redirect'
  readonly location: string
}

/** Makes a page answer; model and page name belong together. */
export function pageAnswer<P extends PageName>(
  page: P,
  model: PageModels[P],
  more: Partial<Pick<PageAnswer, 'status' | 'formToken' | 'headers' | 'images'>> = {},
): PageAnswer {
  return { type: 'page', page, model, status: 200, formToken: undefined, headers: [], images: [], ...more }
}

/** Makes a redirect answer. */
export function redirectAnswer(location: string): RedirectAnswer {
  return { type: 'redirect', location }
}

/** Writes an answer. */
export async function writeAnswer(exchange: Exchange, answer: Answer): Promise<HttpOutput> {
  const cookies = setCookies(exchange)
  if (answer.type === 'redirect') {
    return exchange.isJson
      ? jsonOutput(200, { redirectTo: answer.location }, cookies)
      : {
          status: 303,
          headers: [
            ['Location', answer.location],
            ...commonHeaders("default-src 'none'; frame-ancestors 'none'"),
            ...cookies,
          ],
          body: '',
        }
  }
  if (exchange.isJson) return jsonOutput(answer.status, jsonBody(exchange, answer), [...answer.headers, ...cookies])
  const { html, styleSource } = await render(exchange, answer)
  return {
    status: answer.status,
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Language', translationOf(exchange).locale],
      ...commonHeaders(policyOf(exchange, answer, styleSource)),
      ...answer.headers,
      ...cookies,
    ],
    body: html,
  }
}

async function render(exchange: Exchange, answer: PageAnswer): Promise<{ html: string; styleSource: string }> {
  const { settings } = exchange
  const { page, formToken } = answer
  const translation = translationOf(exchange)
  const frame: Frame = { translation, branding: settings.branding, styleSheet: settings.styleSheet, formToken }
  const renderDefault = (): string => renderDefaultPage(page, answer.model as never, frame)
  const own = settings.pages[page] as PageRenderer<PageName> | undefined
  if (own === undefined) return { html: renderDefault(), styleSource: settings.styleSheet.source }
  const styleNonce = randomBytes(16).toString('base64')
  const html = await own({
    page,
    model: answer.model,
    formToken: formToken ?? '',
    locale: translation.locale,
    messages: translation.messages,
    styleNonce,
    renderDefault,
  })
  return { html: String(html), styleSource: `${settings.styleSheet.source} 'nonce-${styleNonce}'` }
}

/**
 * Everything is refused but our own style and named images. No `form-action`: browsers apply it to every redirect that
 * follows a form post, and this one ends at the client's callback and whatever lies behind it.
 */
function policyOf({ settings }: Exchange, answer: PageAnswer, styleSource: string): string {
  const extra = settings.contentSecurityPolicy
  const { logoUrl } = settings.branding
  const logo = logoUrl === undefined ? [] : [logoUrl.startsWith('/') ? "'self'" : new URL(logoUrl).origin]
  const sources: Record<string, readonly string[]> = {
    'style-src': [styleSource, ...(extra['style-src'] ?? [])],
    'img-src': [...new Set([...logo, ...answer.images, ...(extra['img-src'] ?? [])])],
    'font-src': extra['font-src'] ?? [],
    'script-src': extra['script-src'] ?? [],
    'connect-src': extra['connect-src'] ?? [],
  }
  const directives = Object.entries(sources)
    .filter(([, list]) => list.length > 0)
    .map(([directive, list]) => `${directive} ${list.join(' ')}`)
  return ["default-src 'none'", ...directives, "base-uri 'none'", "frame-ancestors 'none'"].join('; ')
}

function commonHeaders(policy: string): (readonly [string, string])[] {
  return [
    ['Content-Security-Policy', policy],
    ['Cache-Control', 'no-store'],
    // Challenges are in the address: no other site, and no link on the page, may learn them.
    ['Referrer-Policy', 'no-referrer'],
    ['X-Content-Type-Options', 'nosniff'],
    // For browsers that do not know frame-ancestors.
    ['X-Frame-Options', 'DENY'],
    ['Vary', 'Accept'],
  ]
}

function setCookies({
  cookies,
  settings,
  browserId,
  isKnownBrowser,
  usesBrowserId,
}: Exchange): (readonly [string, string])[] {
  const browser = usesBrowserId && !isKnownBrowser ? [browserCookie(settings.cookies, browserId)] : []
  return [...browser, ...cookies].map((value) => ['Set-Cookie', value] as const)
}

/** A refused entry is `errors`, everything else is a page with its model. Codes only: the front end has its own words. */
function jsonBody({ input }: Exchange, { page, model, formToken }: PageAnswer): unknown {
  const errors = 'errors' in model ? model.errors.map(({ code, field }) => ({ code, field })) : []
  if (input.method === 'POST' && errors.length > 0) return { errors, formToken }
  if ('errors' in model) return { page, model: { ...model, errors }, formToken }
  if ('message' in model) return { page, model: { ...model, message: undefined }, formToken }
  return { page, model, formToken }
}

function jsonOutput(status: number, body: unknown, headers: readonly (readonly [string, string])[]): HttpOutput {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ...commonHeaders("default-src 'none'; frame-ancestors 'none'"),
      ...headers,
    ],
    body: JSON.stringify(body),
  }
}
