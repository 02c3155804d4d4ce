import type { Engine } from '../engine.ts'
import { openCookie, sealCookie, serializeCookie } from '../http/cookies.ts'
import type { HydraRequest } from '../http/request.ts'
import type { LoginSession } from './flow.ts'

/** Name of the cookie that holds the id of a remembered login. */
export const sessionCookie = 'ory_hydra_session_dev'

/** The id in the browser's session cookie. */
export function sessionIdFromCookie(engine: Engine, request: HydraRequest): string | undefined {
  return openCookie(sessionCookie, request.cookies.get(sessionCookie), engine.state.secrets.cookie) || undefined
}

/** The remembered session of this browser. Neither the cookie's age nor the session's is judged, as in Hydra. */
export function rememberedSession(engine: Engine, request: HydraRequest): LoginSession | undefined {
  return findRemembered(engine, sessionIdFromCookie(engine, request))
}

/** A remembered session by its id. */
export function findRemembered(engine: Engine, id: string | undefined): LoginSession | undefined {
  const session = id === undefined ? undefined : engine.state.loginSessions.get(id)
  return session?.remember === true ? session : undefined
}

/** The `Set-Cookie` value that remembers a session. */
export function setSessionCookie(engine: Engine, id: string, maxAgeSeconds: number): string {
  const now = engine.clock.now()
  return serializeCookie(sessionCookie, sealCookie(sessionCookie, id, engine.state.secrets.cookie, now), {
    maxAgeSeconds,
    now,
  })
}

/** The `Set-Cookie` value that forgets it. */
export function clearSessionCookie(engine: Engine): string {
  return setSessionCookie(engine, '', 0)
}
