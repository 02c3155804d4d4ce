import type { Engine } from '../engine.ts'
import { invalidRequest } from '../errors.ts'
import { openChallenge, sealFlow } from '../flow/challenge.ts'
import type { Flow } from '../flow/flow.ts'
import { shownClient } from '../flow/login.ts'
import { type Answer, json } from '../http/answer.ts'
import { decodeMembers } from '../http/go-json.ts'
import { type HydraRequest, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { setQuery } from '../http/urls.ts'
import { decodeDenied } from './denied.ts'

const path = '/admin/oauth2/auth/requests/login'

/** Login requests: what the login app asks and decides. Nothing changes until the browser follows `redirect_to`. */
export function loginRequestRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path, handle: (request) => getLoginRequest(engine, request) },
    { method: 'PUT', path: `${path}/accept`, handle: (request) => acceptLoginRequest(engine, request) },
    { method: 'PUT', path: `${path}/reject`, handle: (request) => rejectLoginRequest(engine, request) },
  ]
}

/** The challenge of a request, under its own name or the short one. @throws HydraError `invalid_request` */
export function challengeOf(request: HydraRequest, name: string): string {
  const challenge = request.query.get(name) || request.query.get('challenge') || ''
  if (challenge === '') throw invalidRequest(`The query parameter ${name} is missing.`)
  return challenge
}

function getLoginRequest(engine: Engine, request: HydraRequest): Answer {
  const challenge = challengeOf(request, 'login_challenge')
  const flow = openChallenge(engine, challenge, 'login_challenge')
  return json({
    challenge,
    requested_scope: flow.requestedScope,
    requested_access_token_audience: flow.requestedAudience,
    skip: flow.loginSkip,
    subject: flow.subject,
    oidc_context: flow.oidcContext,
    client: flow.client === null ? null : shownClient(flow.client),
    request_url: flow.requestUrl,
    session_id: flow.sessionId,
  })
}

const acceptKinds = {
  subject: 'string',
  remember: 'bool',
  remember_for: 'int',
  extend_session_lifespan: 'bool',
  acr: 'string',
  amr: 'strings',
  context: 'json',
  force_subject_identifier: 'string',
  identity_provider_session_id: 'string',
} as const

function acceptLoginRequest(engine: Engine, request: HydraRequest): Answer {
  const challenge = challengeOf(request, 'login_challenge')
  const body = decodeBody(
    request,
    (document) => decodeMembers(document, acceptKinds),
    (reason) => invalidRequest(`The body can not be read: ${reason}.`),
  )
  const subject = (body.subject as string | undefined) ?? ''
  if (subject === '') throw invalidRequest('The member subject must not be empty.')
  const flow = openChallenge(engine, challenge, 'login_challenge')
  if (flow.subject !== '' && flow.subject !== subject) {
    // Somebody else is at the keyboard: the flow starts again and asks for a login this time.
    return json({ redirect_to: setQuery(flow.requestUrl, { prompt: 'login' }) })
  }
  const accepted: Flow = {
    ...flow,
    subject,
    // A skipped login stays remembered, whatever the app says.
    loginRemember: flow.loginSkip || body.remember === true,
    loginRememberFor: (body.remember_for as number | undefined) ?? 0,
    extendSessionLifespan: body.extend_session_lifespan === true,
    acr: (body.acr as string | undefined) ?? '',
    amr: (body.amr as string[] | undefined) ?? null,
    context: body.context ?? null,
    forceSubjectIdentifier: (body.force_subject_identifier as string | undefined) ?? '',
    identityProviderSessionId: (body.identity_provider_session_id as string | undefined) ?? '',
    authenticatedAt: flow.loginSkip ? flow.authenticatedAt : Math.floor(engine.clock.now() / 1000) * 1000,
  }
  return redirectWithVerifier(engine, accepted)
}

function rejectLoginRequest(engine: Engine, request: HydraRequest): Answer {
  const challenge = challengeOf(request, 'login_challenge')
  const loginError = decodeBody(
    request,
    (document) => decodeDenied(document, 'login request denied'),
    (reason) => invalidRequest(`The body can not be read: ${reason}.`),
  )
  const flow = openChallenge(engine, challenge, 'login_challenge')
  return redirectWithVerifier(engine, { ...flow, state: 'login-error', loginError })
}

function redirectWithVerifier(engine: Engine, flow: Flow): Answer {
  return json({ redirect_to: setQuery(flow.requestUrl, { login_verifier: sealFlow(engine, flow, 'login_verifier') }) })
}
