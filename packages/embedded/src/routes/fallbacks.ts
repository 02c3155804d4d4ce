import { type Answer, html } from '../http/answer.ts'
import { templateText } from '../http/go-template.ts'
import type { HydraRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'

/** The page that stands in for each page of yours that isn't configured. */
export function fallbackRoutes(): Route[] {
  const path = '/oauth2/fallbacks'
  return [
    { method: 'GET', path: `${path}/login`, handle: () => missing('urls.login') },
    { method: 'GET', path: `${path}/consent`, handle: () => missing('urls.consent') },
    { method: 'GET', path: `${path}/logout`, handle: () => missing('urls.logout') },
    { method: 'GET', path: `${path}/device`, handle: () => missing('urls.deviceVerification') },
    { method: 'GET', path: `${path}/logout/callback`, handle: () => done('You are signed out.') },
    { method: 'GET', path: `${path}/device/done`, handle: () => done('Your device is signed in.') },
    { method: 'GET', path: `${path}/error`, handle: errorPage },
  ]
}

function page(title: string, text: string, status = 200): Answer {
  return html(
    `<!DOCTYPE html>\n<html lang="en"><head><meta charset="UTF-8" /><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`,
    status,
  )
}

function missing(option: string): Answer {
  return page('A page is missing', `This server was started without the option <code>${option}</code>.`)
}

function done(title: string): Answer {
  return page(title, 'You may close this page.')
}

function errorPage({ query }: HydraRequest): Answer {
  const item = (label: string, name: string): string => `<li>${label}: ${templateText(query.get(name) ?? '')}</li>`
  const items = [item('Error', 'error'), item('Description', 'error_description'), item('Hint', 'error_hint')]
  return page(
    'An OAuth 2.0 error occurred',
    `</p><ul>${items.join('')}</ul><p>Set <code>urls.error</code> to show your own page.`,
    500,
  )
}
