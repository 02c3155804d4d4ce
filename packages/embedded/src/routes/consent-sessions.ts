import type { Engine } from '../engine.ts'
import { invalidRequest } from '../errors.ts'
import { isConsentExpired } from '../flow/consent.ts'
import type { Flow } from '../flow/flow.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { paginate } from '../http/paging.ts'
import type { HydraRequest } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { revokeGrant } from '../tokens/refresh-token.ts'
import { shownConsentRequest } from './consent-requests.ts'

const path = '/admin/oauth2/auth/sessions/consent'

/** Finished consents of a subject. */
export function consentSessionRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path, handle: (request) => list(engine, request) },
    { method: 'DELETE', path, handle: (request) => revoke(engine, request) },
  ]
}

function list(engine: Engine, request: HydraRequest): Answer {
  const subject = request.query.get('subject') ?? ''
  const session = request.query.get('login_session_id') ?? ''
  if (subject === '') throw invalidRequest('The query parameter subject is missing.')
  const items = [...engine.state.consents.values()]
    .filter((flow) => flow.subject === subject && (session === '' || flow.sessionId === session))
    .filter((flow) => !flow.consentSkip && !isConsentExpired(flow, engine.clock.now()))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const page = paginate(engine, request, {
    items,
    key: (flow) => flow.id,
    column: 'login_challenge',
    refuse: (reason) => invalidRequest(`The paging parameters can not be read: ${reason}.`),
  })
  return json(page.items.map(shownSession), 200, page.items.length === 0 ? [] : [['Link', page.link]])
}

function shownSession(flow: Flow): Record<string, unknown> {
  return {
    consent_request_id: flow.consentRequestId,
    grant_scope: flow.grantedScope ?? [],
    grant_access_token_audience: flow.grantedAudience ?? [],
    session: { access_token: flow.sessionAccessToken ?? {}, id_token: flow.sessionIdToken ?? {} },
    remember: flow.consentRemember,
    remember_for: flow.consentRememberFor ?? 0,
    handled_at: flow.consentHandledAt === undefined ? null : new Date(flow.consentHandledAt).toISOString(),
    context: flow.context,
    // The challenge is not kept; what was null in the device flow comes back from the store as an empty object.
    consent_request: { ...shownConsentRequest(flow, ''), oidc_context: flow.oidcContext ?? {} },
  }
}

/**
 * Revokes consents and every token that came from them. What is meant must be said in exactly one of three ways.
 *
 * @throws HydraError `invalid_request` for any other mix of parameters
 */
function revoke(engine: Engine, request: HydraRequest): Answer {
  const subject = request.query.get('subject') ?? ''
  const client = request.query.get('client') ?? ''
  const id = request.query.get('consent_request_id') ?? ''
  const all = request.query.get('all') === 'true'
  if (id !== '' && subject === '' && client === '') remove(engine, (flow) => flow.consentRequestId === id)
  else if (id === '' && subject !== '' && client !== '' && !all) {
    remove(engine, (flow) => flow.subject === subject && flow.client?.client_id === client)
  } else if (id === '' && subject !== '' && client === '' && all) remove(engine, (flow) => flow.subject === subject)
  else throw invalidRequest('Give subject and client, or subject and all=true, or consent_request_id alone.')
  return noContent()
}

function remove(engine: Engine, matches: (flow: Flow) => boolean): void {
  for (const [key, flow] of engine.state.consents) {
    if (!matches(flow)) continue
    revokeGrant(engine, flow.consentRequestId)
    // Codes that were not redeemed yet go too.
    engine.state.authorizationCodes.deleteRequest(flow.consentRequestId)
    for (const [signature, { request }] of engine.state.deviceCodes) {
      if (request.id === flow.consentRequestId) engine.state.deviceCodes.delete(signature)
    }
    engine.state.consents.delete(key)
  }
}
