/** The login & consent app: Hydra sends the browser here to learn who the user is and what the app may do. */
import type { HydraClient } from '@hydra-kit/client'
import { createLoginConsentProvider, login, loginConsentRouter } from '@hydra-kit/express'
import { randomBytes } from 'node:crypto'
import express, { type Express } from 'express'
import { ada, checkPassword } from './users.ts'

/** Where in this app the pages are: Hydra's `urls.login`, `urls.consent` and `urls.error`. */
export const loginAppPaths = { login: '/login', consent: '/consent', error: '/error' } as const

/** Makes the app. `issuer` is Hydra as browsers see it, `publicUrl` this app. */
export function createLoginApp(hydra: HydraClient, addresses: { issuer: string; publicUrl: string }): Express {
  const provider = createLoginConsentProvider({
    hydra,
    ...addresses,
    // Forms that were open when the demo ended need not work when it starts again.
    secret: randomBytes(32),
    authenticate({ form }) {
      const subject = checkPassword(form.email, form.password)
      return subject === undefined
        ? login.retry('Wrong e-mail or password.')
        : login.accept({ subject, remember: false, amr: ['pwd'] })
    },
    describeAccount: () => ({ name: 'Ada', detail: ada.email }),
    claims: () => ({ accessToken: { album: 'Summer' }, idToken: { name: 'Ada' } }),
    scopes: { 'photos.read': 'See your photos', 'photos.write': 'Add photos to your album' },
    branding: { name: 'Demo accounts' },
    // The only account there is.
    messages: { en: { loginLead: `to continue to {client}, as ${ada.email} with ${ada.password}` } },
    defaultLocale: 'en',
  })
  return express().disable('x-powered-by').use(loginConsentRouter(provider))
}
