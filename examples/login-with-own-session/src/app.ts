/**
 * An app that signs its users in by itself, long before Hydra came: its session answers Hydra's login requests, and its
 * login page serves both.
 */
import { createHydraClient } from '@hydra-kit/client'
import {
  createLoginConsentProvider,
  createMemoryLimiter,
  expressOf,
  finishLogin,
  isFlowError,
  login,
  loginConsentRouter,
} from '@hydra-kit/express'
import express, { type Express, type Request } from 'express'
import { homePage, loginPage } from './pages.ts'
import { createSessions } from './sessions.ts'

/** Where everything is. */
export interface AppOptions {
  readonly issuer: string
  readonly adminUrl: string
  readonly publicUrl: string
  readonly secret: string
}

/** Makes it. */
export function createApp({ issuer, adminUrl, publicUrl, secret }: AppOptions): Express {
  const sessions = createSessions({ secure: publicUrl.startsWith('https:') })
  const provider = createLoginConsentProvider({
    hydra: createHydraClient({ adminUrl }),
    issuer,
    publicUrl,
    secret,
    begin({ native, hints }) {
      const session = sessions.of(expressOf(native).req)
      const tooOld = hints.maxAgeSeconds !== undefined && session !== undefined && ageOf(session) > hints.maxAgeSeconds
      // The client wants to see the user prove who she is: an old session does not count then.
      if (session === undefined || hints.mustReauthenticate || tooOld) return login.redirectTo('/account/login')
      return login.accept({ subject: session.userId, authenticatedAt: session.authenticatedAt })
    },
    // Signing out at Hydra signs out here, too.
    endSession({ native }) {
      const { req, res } = expressOf(native)
      sessions.end(req, res)
    },
    describeAccount: ({ subject }) => ({ name: subject === 'alice' ? 'Alice Liddell' : subject }),
  })
  const limit = createMemoryLimiter()

  const app = express().disable('x-powered-by')
  app.use(loginConsentRouter(provider))

  app.get('/', (req, res) => homePage(res, sessions.of(req)?.userId))
  app.get('/account/login', (_req, res) => loginPage(res))
  app.post('/account/login', express.urlencoded({ extended: false, limit: '10kb' }), async (req, res) => {
    if (!isOwnForm(req, publicUrl)) return loginPage(res.status(403), 'Please try again.')
    const { email, password } = req.body as Record<string, unknown>
    const attempt = { kind: 'login', account: text(email).toLowerCase(), ip: req.ip, browser: '' } as const
    if (await limit({ ...attempt, phase: 'try' })) return loginPage(res.status(429), 'Too many tries. Please wait.')
    if (email !== 'alice@example.com' || password !== 'wonderland') {
      return loginPage(res.status(422), 'Wrong e-mail or password.')
    }
    await limit({ ...attempt, phase: 'succeeded' })
    // A new session, whatever the browser brought along: nobody can have planted it.
    const session = sessions.begin(req, res, 'alice')
    const { flow } = req.query
    if (typeof flow !== 'string') return res.redirect(303, '/')
    const { userId: subject, authenticatedAt } = session
    return finishLogin(provider, req, res, flow, login.accept({ subject, authenticatedAt, amr: ['pwd'] })).catch(
      (error: unknown) => {
        // The user is signed in here, only the client's request is gone.
        if (!isFlowError(error)) throw error
        res.redirect(303, '/')
      },
    )
  })

  app.get('/callback', (req, res) => {
    const { code, error } = req.query
    res.type('text/plain')
    res.send(code === undefined ? `Not signed in: ${text(error)}` : 'Signed in: the client has a code.')
  })
  return app
}

function ageOf({ authenticatedAt }: { authenticatedAt: Date }): number {
  return (Date.now() - authenticatedAt.getTime()) / 1000
}

/** A form of another site cannot sign anybody in (login CSRF): browsers say where a request comes from. */
function isOwnForm(req: Request, publicUrl: string): boolean {
  const site = req.get('sec-fetch-site')
  return site === undefined ? req.get('origin') === new URL(publicUrl).origin : site === 'same-origin'
}

/** A value of a query or a form: may be a list, or missing. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
