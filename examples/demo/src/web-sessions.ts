/** Browser sessions of the web app, in memory. */
import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'
import { cookie } from './form-token.ts'
import type { PendingSignIn, SignedIn } from './sign-in.ts'

/** One call to the API and what came of it. */
export interface CallRecord {
  call: string
  status: number
  /** What the API decided, in words. */
  words: string
  /** The challenge or the `Retry-After` of the answer. */
  detail: string | undefined
}

/** What the web app knows about one browser. */
export interface WebSession {
  pending?: { format: 'opaque' | 'jwt'; signIn: PendingSignIn } | undefined
  user?: { client: 'opaque' | 'jwt'; signedIn: SignedIn } | undefined
  notice?: string | undefined
  photos?: string[] | undefined
  calls: CallRecord[]
}

const cookieName = 'hydra_kit_demo_web'
const maxSessions = 1000

/** Finds and makes sessions. */
export interface WebSessions {
  of(request: Request): WebSession | undefined
  /** A new session under a new id: what a stranger may have planted before signing in is worth nothing afterwards. */
  renew(request: Request, response: Response, session?: WebSession): WebSession
}

/** A store that forgets the oldest sessions first. */
export function createWebSessions(): WebSessions {
  const sessions = new Map<string, WebSession>()
  return {
    of(request) {
      const id = cookie(request, cookieName)
      return id === undefined ? undefined : sessions.get(id)
    },
    renew(request, response, session = { calls: [] }) {
      sessions.delete(cookie(request, cookieName) ?? '')
      const id = randomBytes(24).toString('base64url')
      sessions.set(id, session)
      const [oldest] = sessions.keys()
      if (sessions.size > maxSessions && oldest !== undefined) sessions.delete(oldest)
      response.cookie(cookieName, id, { httpOnly: true, sameSite: 'lax', path: '/' })
      return session
    },
  }
}
