import type { Engine } from '../engine.ts'
import { invalidRequest } from '../errors.ts'
import { deleteSessionsOf } from '../flow/login-sessions.ts'
import { endSession } from '../flow/logout-channels.ts'
import { findRemembered } from '../flow/session-cookie.ts'
import { type Answer, noContent } from '../http/answer.ts'
import type { HydraRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'

/** Login sessions: only to be ended. */
export function loginSessionRoutes(engine: Engine): Route[] {
  return [{ method: 'DELETE', path: '/admin/oauth2/auth/sessions/login', handle: (request) => revoke(engine, request) }]
}

/** By `sid` clients are told by their back channel, if the session was remembered; by `subject` they are not. */
async function revoke(engine: Engine, request: HydraRequest): Promise<Answer> {
  const sid = request.query.get('sid') ?? ''
  const subject = request.query.get('subject') ?? ''
  if (sid === '' && subject === '') throw invalidRequest('Give subject or sid.')
  if (sid === '') deleteSessionsOf(engine, subject)
  else {
    const session = findRemembered(engine, sid)
    if (session !== undefined) await endSession(engine, session.subject, sid)
  }
  return noContent()
}
