/** The app: everything that a reader copies is here and in `users.ts`. */
import { createHydraClient } from '@hydra-kit/client'
import { createLoginConsentProvider, login, loginConsentRouter } from '@hydra-kit/express'
import express, { type Express } from 'express'
import type { Users } from './users.ts'

/** Where everything is. */
export interface AppOptions {
  /** Hydra as browsers see it. */
  readonly issuer: string
  readonly adminUrl: string
  /** This app as browsers see it. */
  readonly publicUrl: string
  /** 32 bytes or more. */
  readonly secret: string
  readonly users: Users
}

/** Makes it. */
export function createApp({ issuer, adminUrl, publicUrl, secret, users }: AppOptions): Express {
  const provider = createLoginConsentProvider({
    hydra: createHydraClient({ adminUrl }),
    issuer,
    publicUrl,
    secret,
    async authenticate({ form }) {
      const user = await users.check(form.email, form.password)
      return user === undefined
        ? login.retry('Wrong e-mail or password.')
        : login.accept({ subject: user.id, amr: ['pwd'] })
    },
    describeAccount: ({ subject }) => {
      const user = users.byId(subject)
      return user === undefined ? { name: subject } : { name: user.name, detail: user.email }
    },
    claims: ({ subject, scopes }) => {
      const user = users.byId(subject)
      return {
        accessToken: { role: user?.role },
        idToken: {
          ...(scopes.includes('profile') && { name: user?.name }),
          ...(scopes.includes('email') && { email: user?.email }),
        },
      }
    },
    scopes: {
      'photos.read': { description: { en: 'See your photos', de: 'Ihre Fotos sehen' } },
      'photos.write': { description: { en: 'Add photos to your album', de: 'Fotos hinzufügen' }, preselected: false },
    },
    rememberLogin: { forSeconds: 30 * 24 * 3600 },
    rememberConsent: { forSeconds: 0 },
    branding: { name: 'Example ID' },
  })

  const app = express().disable('x-powered-by')
  app.use(loginConsentRouter(provider))
  // Where the client of this example ends: a real one redeems the code here.
  app.get('/callback', (req, res) => {
    const { code, error, error_description: description } = req.query
    res.type('text/plain')
    res.send(
      code === undefined ? `Not signed in: ${text(error)}. ${text(description)}` : 'Signed in: the client has a code.',
    )
  })
  return app
}

/** A value of a query or a form: may be a list, or missing. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
