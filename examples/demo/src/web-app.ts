/** The web app: signs the user in, keeps the tokens on the server, and calls the photo API with them. */
import express, { type Express, type Request, type Response } from 'express'
import type { SignedIn, SignInClient } from './sign-in.ts'
import { style } from './style.ts'
import { signedInPage, signedOutPage } from './web-pages.ts'
import { createWebSessions, type CallRecord, type WebSession } from './web-sessions.ts'

/** What the web app works with. */
export interface WebAppOptions {
  apiUrl: string
  clients: { opaque: SignInClient; jwt: SignInClient }
  /** Plays an outage between the API and Hydra. */
  outage: { up: boolean }
  maxAgeSeconds: number
}

/** Which token a button sends. */
type Sent = 'access token' | 'refresh token' | 'no token'

/** Makes the app. */
export function createWebApp(options: WebAppOptions): Express {
  const { apiUrl, clients, outage, maxAgeSeconds } = options
  const sessions = createWebSessions()
  const app = express().disable('x-powered-by')
  app.get('/style.css', (_request, response) => void response.type('css').send(style))

  app.get('/', (request, response) => {
    const session = sessions.of(request)
    if (session?.user === undefined) return signedOutPage(response, takeNotice(session))
    const { user, photos, calls } = session
    signedInPage(response, {
      signedIn: user.signedIn,
      notice: takeNotice(session),
      photos,
      calls,
      hydraUp: outage.up,
      maxAgeSeconds,
    })
  })

  app.get('/sign-in', async (request, response) => {
    const format = request.query['format'] === 'jwt' ? 'jwt' : 'opaque'
    const { url, pending } = await clients[format].start()
    sessions.renew(request, response, { calls: [], pending: { format, signIn: pending } })
    response.redirect(303, url)
  })

  app.get('/callback', async (request, response) => {
    const pending = sessions.of(request)?.pending
    if (pending === undefined) return response.redirect(303, '/')
    const session = sessions.renew(request, response)
    try {
      const signedIn = await clients[pending.format].finish(new URL(request.url, ownUrl(request)), pending.signIn)
      session.user = { client: pending.format, signedIn }
    } catch (error) {
      session.notice = `Signing in did not work: ${codeOf(error)}.`
    }
    response.redirect(303, '/')
  })

  // SameSite cookies do not tell ports of one host apart, so the origin of each form is checked too.
  app.use((request, response, next) => {
    if (request.method !== 'POST' || request.headers.origin === ownUrl(request)) return next()
    response.status(403).type('text').send('This form was sent from another site.')
  })

  const button = (path: string, act: (session: WebSession, signedIn: SignedIn) => Promise<void> | void): void => {
    app.post(path, async (request, response) => {
      const session = sessions.of(request)
      if (session?.user !== undefined) await act(session, session.user.signedIn)
      response.redirect(303, '/')
    })
  }
  button('/read', (session) => call(session, 'GET', '/photos'))
  button('/private', (session) => call(session, 'GET', '/photos/private'))
  button('/add', (session) => call(session, 'POST', '/photos'))
  button('/with-refresh-token', (session) => call(session, 'GET', '/photos', 'refresh token'))
  button('/without-token', (session) => call(session, 'GET', '/photos', 'no token'))
  button('/refresh', async (session, signedIn) => {
    const { client } = session.user ?? { client: 'opaque' }
    try {
      session.user = { client, signedIn: await clients[client].refresh(signedIn) }
      session.notice = 'A new access token and a new refresh token. The old ones no longer work.'
    } catch (error) {
      session.notice = `Hydra gave no new token: ${codeOf(error)}.`
    }
  })
  button('/revoke', async (session, signedIn) => {
    await clients[session.user?.client ?? 'opaque'].revoke(signedIn)
    session.notice =
      signedIn.format === 'jwt'
        ? 'Revoked. Keys cannot show that: only the private album, which asks Hydra, refuses this token before it expires.'
        : `Revoked. The API may still accept it for up to ${maxAgeSeconds} s, as long as it keeps Hydra’s last answer.`
  })
  button('/outage', () => {
    outage.up = !outage.up
  })
  app.post('/sign-out', (request, response) => {
    sessions.renew(request, response)
    response.redirect(303, '/')
  })

  app.use((error: unknown, request: Request, response: Response, _next: unknown) => {
    const session = sessions.of(request) ?? sessions.renew(request, response)
    session.notice = `That did not work: ${codeOf(error)}.`
    response.redirect(303, '/')
  })
  return app

  async function call(session: WebSession, method: string, path: string, sent: Sent = 'access token'): Promise<void> {
    const signedIn = session.user?.signedIn
    const token = {
      'access token': signedIn?.accessToken,
      'refresh token': signedIn?.refreshToken,
      'no token': undefined,
    }[sent]
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const answer = await fetch(apiUrl + path, { method, headers })
    const body = (await answer.json()) as { photos?: string[] }
    if (answer.ok && body.photos) session.photos = body.photos
    session.calls = [record(`${method} ${path}`, sent, answer), ...session.calls].slice(0, 8)
  }
}

function record(call: string, sent: Sent, answer: globalThis.Response): CallRecord {
  const challenge = answer.headers.get('www-authenticate')
  const retryAfter = answer.headers.get('retry-after')
  return {
    call: sent === 'access token' ? call : `${call} with ${sent === 'no token' ? 'no token' : 'the refresh token'}`,
    status: answer.status,
    words: answer.headers.get('x-demo-decision') ?? '',
    detail: challenge ? `WWW-Authenticate: ${challenge}` : retryAfter ? `Retry-After: ${retryAfter}` : undefined,
  }
}

function takeNotice(session: WebSession | undefined): string | undefined {
  const notice = session?.notice
  if (session) session.notice = undefined
  return notice
}

/** Only used on 127.0.0.1, where no proxy stands in front. */
function ownUrl(request: Request): string {
  return `http://${request.headers.host}`
}

/** OAuth error codes and error names; messages could quote what was sent. */
function codeOf(error: unknown): string {
  const { error: oauthCode, code, name } = error as { error?: unknown; code?: unknown; name?: unknown }
  return String(oauthCode ?? code ?? name)
}
