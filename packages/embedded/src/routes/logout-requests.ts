import type { Engine } from '../engine.ts'
import { challengeNotFound, resourceNotFound } from '../errors.ts'
import type { LogoutRequest } from '../flow/flow.ts'
import { shownClient } from '../flow/login.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import type { HydraRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { below, setQuery } from '../http/urls.ts'

const path = '/admin/oauth2/auth/requests/logout'

/** Logout requests: what the logout app asks and decides. Bodies are not read. */
export function logoutRequestRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path, handle: (request) => getLogoutRequest(engine, request) },
    { method: 'PUT', path: `${path}/accept`, handle: (request) => acceptLogoutRequest(engine, request) },
    { method: 'PUT', path: `${path}/reject`, handle: (request) => rejectLogoutRequest(engine, request) },
  ]
}

/** A missing challenge is an unknown one here. @throws HydraError 404 */
function find(engine: Engine, request: HydraRequest, notFound = resourceNotFound): LogoutRequest {
  const challenge = request.query.get('logout_challenge') || request.query.get('challenge') || ''
  const known = engine.state.logoutRequests.get(challenge)
  if (known === undefined) throw notFound()
  return known
}

function timestamp(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString().replace('.000Z', 'Z')
}

function getLogoutRequest(engine: Engine, request: HydraRequest): Answer {
  const logout = find(engine, request)
  if (logout.rejected) throw resourceNotFound()
  // A path without a host, as in Hydra.
  if (logout.used) return json({ redirect_to: logout.requestUrl }, 410)
  return json({
    challenge: logout.challenge,
    subject: logout.subject,
    sid: logout.sessionId,
    request_url: logout.requestUrl,
    rp_initiated: logout.rpInitiated,
    expires_at: timestamp(logout.expiresAt),
    requested_at: timestamp(logout.requestedAt),
    client: logout.client === null ? null : shownClient(logout.client),
  })
}

/** May be called again and again, also after a rejection: the verifier stays the same. */
function acceptLogoutRequest(engine: Engine, request: HydraRequest): Answer {
  const logout = find(engine, request)
  logout.accepted = true
  logout.rejected = false
  const url = below(engine.config.publicUrl, '/oauth2/sessions/logout')
  return json({ redirect_to: setQuery(url, { logout_verifier: logout.verifier }) })
}

function rejectLogoutRequest(engine: Engine, request: HydraRequest): Answer {
  // The other two say it in other words.
  const logout = find(engine, request, challengeNotFound)
  logout.rejected = true
  logout.accepted = false
  return noContent()
}
