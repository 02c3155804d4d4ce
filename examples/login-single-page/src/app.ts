/** The JSON mode: the provider's checks, and pages of a front end of its own. */
import { join } from 'node:path'
import { createHydraClient } from '@hydra-kit/client'
import { createLoginConsentProvider, login, loginConsentRouter } from '@hydra-kit/express'
import express, { type Express } from 'express'

/** Where everything is. */
export interface AppOptions {
  readonly issuer: string
  readonly adminUrl: string
  readonly publicUrl: string
  readonly secret: string
}

/** Makes it. */
export function createApp({ issuer, adminUrl, publicUrl, secret }: AppOptions): Express {
  const provider = createLoginConsentProvider({
    hydra: createHydraClient({ adminUrl }),
    issuer,
    publicUrl,
    secret,
    authenticate: ({ form }) =>
      form.email === 'alice@example.com' && form.password === 'wonderland'
        ? login.accept({ subject: 'alice', amr: ['pwd'] })
        : login.retry('Wrong e-mail or password.'),
    describeAccount: () => ({ name: 'Alice Liddell' }),
    rememberLogin: { forSeconds: 24 * 3600 },
    scopes: { 'notes.read': 'Read your notes', 'notes.write': 'Change your notes' },
  })

  const app = express().disable('x-powered-by')
  // `/login` and `/consent`: what the front end asks, and what it sends its forms to.
  app.use(loginConsentRouter(provider))
  // `/app/login` and `/app/consent`: where Hydra sends the browser. One page and one script for both.
  const files = join(import.meta.dirname, '../public')
  app.use('/app', (_req, res, next) => {
    res.set({
      'Content-Security-Policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
      // Challenges are in the address.
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    })
    next()
  })
  app.use('/app', express.static(files, { index: false }))
  app.get(['/app/login', '/app/consent'], (_req, res) => res.sendFile(join(files, 'index.html')))

  app.get('/callback', (req, res) => {
    const { code, error } = req.query
    res.type('text/plain')
    res.send(code === undefined ? `Not signed in: ${text(error)}` : 'Signed in: the client has a code.')
  })
  return app
}

/** A value of a query or a form: may be a list, or missing. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
