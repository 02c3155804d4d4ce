/** A password on the library's page, then a one-time code on a page of our own. What matters is marked 1 to 3. */
import { createHydraClient } from '@hydra-kit/client'
import {
  createLoginConsentProvider,
  createMemoryLimiter,
  finishLogin,
  login,
  loginConsentErrors,
  loginConsentRouter,
  readFlow,
} from '@hydra-kit/express'
import express, { type Express } from 'express'
import { codePage } from './pages.ts'
import type { SecondFactor } from './second-factor.ts'

/** Where everything is. */
export interface AppOptions {
  readonly issuer: string
  readonly adminUrl: string
  readonly publicUrl: string
  readonly secret: string
  readonly secondFactor: SecondFactor
}

/** Makes it. */
export function createApp({ issuer, adminUrl, publicUrl, secret, secondFactor }: AppOptions): Express {
  const provider = createLoginConsentProvider({
    hydra: createHydraClient({ adminUrl }),
    issuer,
    publicUrl,
    secret,
    authenticate({ form }) {
      if (form.email !== 'alice@example.com' || form.password !== 'wonderland') {
        return login.retry('Wrong e-mail or password.')
      }
      // 1. The password was right. Nothing is granted yet: the browser goes to our page with a handle, and who it is
      //    stays here, on the server.
      return login.redirectTo('/second-factor', { data: { userId: 'alice' } })
    },
  })
  // Six digits can be guessed: five tries in a quarter of an hour.
  const limit = createMemoryLimiter({ perAccount: 5, perAccountAndIp: 5 })

  const app = express().disable('x-powered-by')
  app.use(loginConsentRouter(provider))

  app.get('/second-factor', async (req, res) => {
    // 2. The flow is only found in the browser that began it.
    await readFlow(provider, req, text(req.query['flow']))
    codePage(res)
  })

  app.post('/second-factor', express.urlencoded({ extended: false, limit: '1kb' }), async (req, res) => {
    const handle = text(req.query['flow'])
    const { data } = await readFlow(provider, req, handle)
    const { userId } = data as { userId: string }
    const attempt = { kind: 'login', account: userId, ip: req.ip, browser: '' } as const
    if (await limit({ ...attempt, phase: 'try' })) return codePage(res.status(429), 'Too many tries. Please wait.')
    const { code } = req.body as { code?: unknown }
    if (typeof code !== 'string' || !secondFactor.check(userId, code.trim())) {
      return codePage(res.status(422), 'This code is wrong, or was used already.')
    }
    await limit({ ...attempt, phase: 'succeeded' })
    // 3. Only server code ends a flow: no address that a browser could open does.
    await finishLogin(provider, req, res, handle, login.accept({ subject: userId, amr: ['pwd', 'otp'], acr: 'aal2' }))
  })

  app.get('/callback', (req, res) => {
    const { code, error } = req.query
    res.type('text/plain')
    res.send(code === undefined ? `Not signed in: ${text(error)}` : 'Signed in: the client has a code.')
  })
  // The flow is over, or belongs to another browser.
  app.use(loginConsentErrors(provider))
  return app
}

/** A value of a query or a form: may be a list, or missing. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
