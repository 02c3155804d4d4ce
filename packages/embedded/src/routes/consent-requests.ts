import type { Engine } from '../engine.ts'
import { untypedError } from '../errors.ts'
import { openChallenge, sealFlow } from '../flow/challenge.ts'
import type { Flow } from '../flow/flow.ts'
import { shownClient } from '../flow/login.ts'
import { type Answer, json } from '../http/answer.ts'
import { decodeMembers } from '../http/go-json.ts'
import { type HydraRequest, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { setQuery } from '../http/urls.ts'
import { decodeDenied } from './denied.ts'
import { challengeOf } from './login-requests.ts'

const path = '/admin/oauth2/auth/requests/consent'

/** Consent requests: what the consent app asks and decides. Nothing changes until the browser follows `redirect_to`. */
export function consentRequestRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path, handle: (request) => getConsentRequest(engine, request) },
    { method: 'PUT', path: `${path}/accept`, handle: (request) => acceptConsentRequest(engine, request) },
    { method: 'PUT', path: `${path}/reject`, handle: (request) => rejectConsentRequest(engine, request) },
  ]
}

function getConsentRequest(engine: Engine, request: HydraRequest): Answer {
  const challenge = challengeOf(request, 'consent_challenge')
  return json(shownConsentRequest(openChallenge(engine, challenge, 'consent_challenge'), challenge))
}

/** A consent request as Hydra shows it, also inside a consent session. */
export function shownConsentRequest(flow: Flow, challenge: string): Record<string, unknown> {
  return {
    challenge,
    consent_request_id: flow.consentRequestId,
    requested_scope: flow.requestedScope,
    requested_access_token_audience: flow.requestedAudience,
    skip: flow.consentSkip,
    subject: flow.subject,
    oidc_context: flow.oidcContext,
    client: flow.client === null ? null : shownClient(flow.client),
    request_url: flow.requestUrl,
    login_challenge: flow.id,
    login_session_id: flow.sessionId,
    acr: flow.acr,
    amr: flow.amr ?? [],
    context: flow.context,
  }
}

const acceptKinds = {
  grant_scope: 'strings',
  grant_access_token_audience: 'strings',
  session: 'object',
  remember: 'bool',
  remember_for: 'int',
  context: 'json',
} as const
const sessionKinds = { access_token: 'object', id_token: 'object' } as const

/** Any body that can't be read is the untyped 400 here, unlike at the login request. */
const refuseBody = (): Error => untypedError(400)

function acceptConsentRequest(engine: Engine, request: HydraRequest): Answer {
  const challenge = challengeOf(request, 'consent_challenge')
  const { body, session } = decodeBody(
    request,
    (document) => {
      const members = decodeMembers(document, acceptKinds)
      return { body: members, session: decodeMembers(members.session ?? null, sessionKinds) }
    },
    refuseBody,
  )
  const flow = openChallenge(engine, challenge, 'consent_challenge')
  // Whatever is granted counts: neither scopes nor audience are compared with the request or the client.
  const accepted: Flow = {
    ...flow,
    state: 'consent-unused',
    grantedScope: (body.grant_scope as string[] | undefined) ?? null,
    grantedAudience: (body.grant_access_token_audience as string[] | undefined) ?? null,
    consentRemember: body.remember === true,
    consentRememberFor: (body.remember_for as number | undefined) ?? 0,
    consentHandledAt: engine.clock.now(),
    consentError: undefined,
    sessionAccessToken: (session.access_token as Record<string, unknown> | undefined) ?? null,
    sessionIdToken: (session.id_token as Record<string, unknown> | undefined) ?? null,
    context: body.context ?? flow.context,
  }
  return redirectWithVerifier(engine, accepted)
}

function rejectConsentRequest(engine: Engine, request: HydraRequest): Answer {
  const challenge = challengeOf(request, 'consent_challenge')
  const consentError = decodeBody(request, (document) => decodeDenied(document, 'consent request denied'), refuseBody)
  const flow = openChallenge(engine, challenge, 'consent_challenge')
  return redirectWithVerifier(engine, {
    ...flow,
    state: 'consent-error',
    consentError,
    consentHandledAt: engine.clock.now(),
    grantedScope: null,
    grantedAudience: null,
    consentRemember: false,
    consentRememberFor: undefined,
  })
}

function redirectWithVerifier(engine: Engine, flow: Flow): Answer {
  const verifier = sealFlow(engine, flow, 'consent_verifier')
  return json({ redirect_to: setQuery(flow.requestUrl, { consent_verifier: verifier }) })
}
