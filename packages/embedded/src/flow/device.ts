import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { alreadyExists, hydraError, invalidClient, isHydraError, resourceNotFound, untypedError } from '../errors.ts'
import { type Answer, adminError, found } from '../http/answer.ts'
import type { HydraRequest } from '../http/request.ts'
import { below, encodeSorted, setQuery } from '../http/urls.ts'
import { hasScope } from '../scopes.ts'
import { deviceById } from '../tokens/device-code.ts'
import { emptyAuthorizeRequest } from './authorize-request.ts'
import { sessionOf } from './authorize-response.ts'
import { openVerifier, sealFlow } from './challenge.ts'
import { requestConsent, verifyConsent } from './consent.ts'
import { checkCsrfCookie, deviceCsrfCookie, setCsrfCookie } from './csrf.ts'
import { type Flow, newFlow } from './flow.ts'
import { type Visit, hexId, requestLogin, verifyLogin } from './login.ts'

/**
 * `/oauth2/device/verify`, where a browser lets a device in. As at the authorization endpoint, what it carries says
 * which step is next:
 *
 * ```
 *   nothing           requestDevice   ──▶ page where the user code is entered
 *   device_verifier   verifyDevice    ──▶ requestLogin   ──▶ login page
 *   login_verifier    verifyLogin     ──▶ requestConsent ──▶ consent page
 *   consent_verifier  verifyConsent   ──▶ acceptDevice   ──▶ page that says "done"
 * ```
 *
 * There is no client to redirect to, so errors are JSON in the user's browser, and the device learns nothing of them.
 * Parameters such as `prompt` and `max_age` have no meaning here.
 */
export async function verifyDeviceRequest(engine: Engine, request: HydraRequest): Promise<Answer> {
  const visit: Visit = { engine, request, authorize: emptyAuthorizeRequest(), cookies: [] }
  const answer = await step(visit).catch((error: unknown) => {
    return adminError(isHydraError(error) ? error : untypedError())
  })
  return { ...answer, headers: [...answer.headers, ...visit.cookies.map((cookie) => ['Set-Cookie', cookie] as const)] }
}

async function step(visit: Visit): Promise<Answer> {
  const { engine, request, authorize } = visit
  const verifier = (name: string): string => (request.query.get(name) ?? '').trim()
  const deviceVerifier = verifier('device_verifier')
  const loginVerifier = verifier('login_verifier')
  const consentVerifier = verifier('consent_verifier')
  if (deviceVerifier + loginVerifier + consentVerifier === '') return requestDevice(visit)
  const device = loginVerifier + consentVerifier === '' ? verifyDevice(visit, deviceVerifier) : undefined
  authorize.client = clientOf(engine, request)
  if (device !== undefined) {
    authorize.requestedScopes = device.requestedScope
    authorize.requestedAudience = device.requestedAudience
    return requestLogin(visit, device)
  }
  if (loginVerifier !== '') return requestConsent(visit, await verifyLogin(visit, loginVerifier))
  return acceptDevice(visit, verifyConsent(visit, consentVerifier))
}

/** The client that the app's accept added to the URL. @throws HydraError */
function clientOf(engine: Engine, request: HydraRequest): Client {
  const id = request.query.get('client_id') ?? ''
  if (id === '') throw invalidClient('The query parameter client_id is missing.')
  const client = engine.state.clients.get(id)
  if (client === undefined) throw resourceNotFound()
  return client
}

/** First step. A user code in the address is passed on as it came, known or not, and kept nowhere. */
function requestDevice({ engine, request, cookies }: Visit): Answer {
  const flow = newFlow({
    id: hexId(),
    state: 'device-unused',
    requestUrl: maskedRequestUrl(engine, request),
    requestedAt: Math.floor(engine.clock.now() / 1000) * 1000,
    deviceCsrf: hexId(),
  })
  cookies.push(setCsrfCookie(engine, deviceCsrfCookie, flow.deviceCsrf))
  const userCode = request.query.get('user_code')
  const page = setQuery(engine.config.urls.deviceVerification, {
    device_challenge: sealFlow(engine, flow, 'device_challenge'),
    ...(userCode === null ? {} : { user_code: userCode }),
  })
  return found(page, [], request.method)
}

/** The address as asked, but whoever sees it later must not learn the user code. */
function maskedRequestUrl(engine: Engine, request: HydraRequest): string {
  const params = new URLSearchParams()
  for (const [name, value] of request.query) {
    if (name.toLowerCase() === 'user_code') params.set(name, '****')
    else params.append(name, value)
  }
  const query = encodeSorted(params)
  return `${below(engine.config.publicUrl, '/oauth2/device/verify')}${query === '' ? '' : `?${query}`}`
}

/** Second step: a user code was accepted, in this very browser. @throws HydraError `access_denied`, `request_forbidden` */
function verifyDevice({ engine, request }: Visit, verifier: string): Flow {
  const flow = openVerifier(engine, verifier, 'device_verifier')
  checkCsrfCookie(engine, request, deviceCsrfCookie, flow.deviceCsrf)
  return flow
}

/**
 * Last step: stores with the device code what was consented to; the next poll gets tokens. Two browsers may come this
 * far with one user code. Without `openid` their grants add up and the later session counts.
 *
 * @throws HydraError 404 once the device has its tokens, 409 for a second consent with `openid`
 */
async function acceptDevice({ engine, request }: Visit, flow: Flow): Promise<Answer> {
  const device = deviceById(engine, flow.deviceCodeRequestId)
  if (device === undefined) throw hydraError(404, 'not_found', 'The device code is gone.')
  const client = engine.state.clients.get(device.request.clientId)
  if (client === undefined) throw resourceNotFound()
  const session = await sessionOf(engine, flow, client, '')
  session.expiresAt.device = device.expiresAt
  const grantedScopes = [...new Set([...device.request.grantedScopes, ...(flow.grantedScope ?? [])])]
  const openid = hasScope(grantedScopes, 'openid')
  if (openid && device.openIdGranted) throw alreadyExists()
  device.accepted = true
  device.openIdGranted = openid
  device.request = {
    ...device.request,
    id: flow.consentRequestId,
    grantedScopes,
    grantedAudience: [...new Set([...device.request.grantedAudience, ...(flow.grantedAudience ?? [])])],
    session,
  }
  return found(setQuery(engine.config.urls.deviceSuccess, { client_id: client.client_id }), [], request.method)
}
