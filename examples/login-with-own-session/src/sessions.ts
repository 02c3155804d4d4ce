/** The app's own sessions: what it had before Hydra. A real app has them in a database. */
import { randomBytes } from 'node:crypto'
import type { Request, Response } from 'express'

/** Who is signed in, and since when. */
export interface Session {
  readonly userId: string
  readonly authenticatedAt: Date
}

/** All sessions of this process. */
export interface Sessions {
  of(req: Request): Session | undefined
  /** Ends the browser's old session and begins a new one under a new id. */
  begin(req: Request, res: Response, userId: string): Session
  end(req: Request, res: Response): void
}

/** Makes them. `secure`: the cookie is for https only. */
export function createSessions({ secure }: { secure: boolean }): Sessions {
  const sessions = new Map<string, Session>()
  const name = secure ? '__Host-session' : 'session'
  const options = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const
  const idOf = (req: Request): string => {
    const pairs = (req.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
    return pairs.find(([key]) => key === name)?.[1] ?? ''
  }
  return {
    of: (req) => sessions.get(idOf(req)),
    begin(req, res, userId) {
      sessions.delete(idOf(req))
      const id = randomBytes(32).toString('base64url')
      const session = { userId, authenticatedAt: new Date() }
      sessions.set(id, session)
      res.cookie(name, id, options)
      return session
    },
    end(req, res) {
      sessions.delete(idOf(req))
      res.clearCookie(name, options)
    },
  }
}
