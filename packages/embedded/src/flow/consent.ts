import { isPublicClient } from '../clients/client.ts'
import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { accessDenied, consentRequired, invalidClient, untypedError } from '../errors.ts'
import { type Answer, found } from '../http/answer.ts'
import { setQuery } from '../http/urls.ts'
import { openVerifier, sealFlow } from './challenge.ts'
import { checkCsrfCookie, consentCsrfCookie, setCsrfCookie } from './csrf.ts'
import type { Flow } from './flow.ts'
import { type Visit, deniedError, hexId } from './login.ts'
import { prompts } from './prompt.ts'
import { isStrictlySecureRedirect } from './redirect-uri.ts'

/**
 * Third step: sends the browser to the consent page, with `skip` if an earlier consent covers the request.
 *
 * @throws HydraError `consent_required` when nobody may be asked
 */
export function requestConsent(visit: Visit, flow: Flow): Answer {
  const { engine, request, authorize, cookies } = visit
  const skip = mayReuseConsent(visit, flow)
  if (prompts(authorize).includes('none') && !skip) {
    throw consentRequired('prompt=none, but no earlier consent covers the request.')
  }
  const client = flow.client as Client
  if (client.client_id !== authorize.client?.client_id) throw invalidClient('The flow belongs to another client.')
  const next: Flow = {
    ...flow,
    state: 'consent-unused',
    consentRequestId: hexId(),
    consentSkip: skip,
    consentCsrf: hexId(),
  }
  cookies.push(setCsrfCookie(engine, consentCsrfCookie(client.client_id), next.consentCsrf))
  const challenge = sealFlow(engine, next, 'consent_challenge')
  return found(setQuery(engine.config.urls.consent, { consent_challenge: challenge }), [], request.method)
}

function mayReuseConsent({ engine, authorize }: Visit, flow: Flow): boolean {
  if (prompts(authorize).includes('consent')) return false
  const client = authorize.client as Client
  if (isPublicClient(client)) {
    // Anybody can pretend to be a public client: only a redirect that proves who gets the answer may skip, and a
    // device never may (RFC 6749 section 10.2).
    if (flow.deviceCodeRequestId !== '') return false
    if (!isStrictlySecureRedirect(authorize.redirectUri ?? '')) return false
  }
  const previous = rememberedConsent(engine, client.client_id, flow.subject)
  if (previous === undefined) return false
  const requested = flow.deviceCodeRequestId === '' ? authorize.requestedScopes : flow.requestedScope
  return requested.every((scope) => engine.config.scopeStrategy(previous.grantedScope ?? [], scope))
}

/** The latest remembered consent of a subject and client that was asked for, not itself skipped. */
function rememberedConsent(engine: Engine, clientId: string, subject: string): Flow | undefined {
  let latest: Flow | undefined
  for (const flow of engine.state.consents.values()) {
    if (flow.client?.client_id !== clientId || flow.subject !== subject) continue
    if (flow.consentSkip || !flow.consentRemember || isConsentExpired(flow, engine.clock.now())) continue
    if (latest === undefined || flow.requestedAt >= latest.requestedAt) latest = flow
  }
  return latest
}

/** Whether the time for which a consent was remembered is over. It counts from the request, in whole seconds. */
export function isConsentExpired(flow: Flow, now: number): boolean {
  const seconds = flow.consentRememberFor ?? 0
  return seconds > 0 && flow.requestedAt + seconds * 1000 <= now
}

/**
 * Last step: the browser comes back with what the consent app decided. The consent is stored here; the same flow can
 * not be finished twice.
 *
 * @throws HydraError the app's own error when it rejected; `access_denied` for a second use
 */
export function verifyConsent(visit: Visit, verifier: string): Flow {
  const { engine, request } = visit
  const flow = openVerifier(engine, verifier, 'consent_verifier')
  const clientId = flow.client?.client_id ?? ''
  if (clientId !== request.query.get('client_id')) throw invalidClient('The flow belongs to another client.')
  if (flow.consentError !== undefined) throw deniedError(flow.consentError)
  flow.state = 'consent-used'
  if (engine.state.consents.has(flow.id)) throw accessDenied('The consent verifier has already been used.')
  // The session was deleted while the user was asked: nothing may hang on it any more.
  if (!engine.state.loginSessions.has(flow.sessionId)) throw untypedError()
  engine.state.consents.set(flow.id, flow)
  // Checked last, as in Hydra: in another browser the verifier is spent all the same.
  checkCsrfCookie(engine, request, consentCsrfCookie(clientId), flow.consentCsrf)
  return flow
}
