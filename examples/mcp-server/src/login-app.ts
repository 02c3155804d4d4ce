/** Login, consent and registration. Consent is the only place where `resource` (RFC 8707) can become an audience. */
import { randomBytes } from 'node:crypto'
import { createHydraClient } from '@hydra-kit/client'
import { createLoginConsentProvider, login, loginConsentRouter } from '@hydra-kit/express'
import express, { type Express } from 'express'
import { registrationRouter } from './registration.ts'

/** Where everything is. */
export interface LoginAppOptions {
  readonly issuer: string
  readonly adminUrl: string
  /** This app as browsers see it. */
  readonly publicUrl: string
  /** The MCP server that tokens may be issued for. */
  readonly resource: string
  /** What clients that register themselves may ask for. */
  readonly scopes: readonly string[]
}

/** The only user there is. */
export const ada = { email: 'ada@example.com', password: 'difference-engine', subject: 'user-ada' }

/** Makes it. */
export function createLoginApp({ issuer, adminUrl, publicUrl, resource, scopes }: LoginAppOptions): Express {
  const hydra = createHydraClient({ publicUrl: issuer, adminUrl })
  const provider = createLoginConsentProvider({
    hydra,
    issuer,
    publicUrl,
    // Forms that were open when the example ended need not work when it starts again.
    secret: randomBytes(32),
    authenticate({ form }) {
      const isAda = form.email === ada.email && form.password === ada.password
      return isAda ? login.accept({ subject: ada.subject }) : login.retry('Wrong e-mail or password.')
    },
    // Whatever stands in a link: only a resource of ours becomes an audience, all others end in `invalid_target`.
    mapResource: (wanted) => (wanted === resource ? resource : undefined),
    scopes: {
      'photos.read': { description: 'See your photos', required: true },
      'photos.write': { description: 'Add photos to your album', preselected: false },
      offline_access: { description: 'Stay connected', required: true },
    },
    branding: { name: 'Example ID' },
    messages: { en: { loginLead: `to continue to {client}, as ${ada.email} with ${ada.password}` } },
    defaultLocale: 'en',
  })
  const app = express().disable('x-powered-by')
  app.use(loginConsentRouter(provider))
  app.use(registrationRouter(hydra, scopes))
  return app
}
