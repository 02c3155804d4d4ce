import { checkAudience, requestedAudiences } from '../audience.ts'
import { grantTypes } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { invalidGrant, invalidRequest } from '../errors.ts'
import { checkRequestedScopes } from '../flow/authorize-request.ts'
import { openChallenge, sealFlow } from '../flow/challenge.ts'
import { verifyDeviceRequest } from '../flow/device.ts'
import type { Flow } from '../flow/flow.ts'
import { authenticateClient } from '../grants/client-authentication.ts'
import { deviceCodeGrantType } from '../grants/device-code.ts'
import { type Answer, json, oauthJson } from '../http/answer.ts'
import { decodeMembers } from '../http/go-json.ts'
import { type HydraRequest, bodyForm, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { below, setQuery } from '../http/urls.ts'
import { splitScopes } from '../scopes.ts'
import { deviceByUserCode, newDeviceCode } from '../tokens/device-code.ts'
import { expiresIn } from '../tokens/lifespans.ts'

/** The device flow on the public port (RFC 8628): where a device asks for codes, and where its user goes. */
export function publicDeviceRoutes(engine: Engine): Route[] {
  return [
    {
      method: 'POST',
      path: '/oauth2/device/auth',
      errors: 'oauth',
      handle: (request) => authorizeDevice(engine, request),
    },
    { method: 'GET', path: '/oauth2/device/verify', handle: (request) => verifyDeviceRequest(engine, request) },
  ]
}

/** The device flow on the admin port. A code can't be looked up or rejected, only accepted. */
export function adminDeviceRoutes(engine: Engine): Route[] {
  return [
    {
      method: 'PUT',
      path: '/admin/oauth2/auth/requests/device/accept',
      handle: (request) => acceptUserCode(engine, request),
    },
  ]
}

async function authorizeDevice(engine: Engine, request: HydraRequest): Promise<Answer> {
  const form = await bodyForm(request)
  if (form.size === 0) throw invalidRequest('The body must be a form with at least one field.')
  const client = await authenticateClient(engine, request, form)
  // RFC 8628 section 3.1 asks for it only without other authentication; Hydra always does.
  if (form.get('client_id') !== client.client_id) throw invalidRequest('The field client_id must name the client.')
  if (!grantTypes(client).includes(deviceCodeGrantType)) {
    throw invalidGrant(`The client has not registered the grant ${deviceCodeGrantType}.`)
  }
  const scopes = splitScopes(form.get('scope'))
  checkRequestedScopes(engine, client, scopes)
  const audience = requestedAudiences(form.getAll('audience'))
  checkAudience(client.audience ?? [], audience)
  const { deviceCode, stored } = newDeviceCode(engine, client, { scopes, audience })
  const verification = below(engine.config.publicUrl, '/oauth2/device/verify')
  return oauthJson({
    // A member that slipped in: Hydra's own structure has it, and it is never filled.
    Header: null,
    device_code: deviceCode,
    user_code: stored.userCode,
    verification_uri: verification,
    verification_uri_complete: `${verification}?user_code=${stored.userCode}`,
    expires_in: expiresIn(stored.expiresAt, engine.clock.now(), 0),
    // Nothing happens to a device that doesn't wait.
    ...(engine.config.devicePollingSeconds === 0 ? {} : { interval: engine.config.devicePollingSeconds }),
  })
}

/**
 * Accepts the user code that somebody entered. It may be entered again until a device has its tokens: nothing is
 * decided before the browser comes through login and consent.
 */
function acceptUserCode(engine: Engine, request: HydraRequest): Answer {
  const challenge = request.query.get('device_challenge') ?? ''
  if (challenge === '') throw invalidRequest('The query parameter device_challenge is missing.')
  const body = decodeBody(
    request,
    (document) => decodeMembers(document, { user_code: 'string' }),
    (reason) => invalidRequest(`The body can not be read: ${reason}.`),
  )
  const userCode = (body.user_code as string | undefined) ?? ''
  if (userCode === '') throw invalidRequest('The member user_code must not be empty.')
  const flow = openChallenge(engine, challenge, 'device_challenge')
  const device = deviceByUserCode(engine, userCode)
  const client = device === undefined ? undefined : engine.state.clients.get(device.request.clientId)
  if (device === undefined || client === undefined || device.accepted || device.expiresAt < engine.clock.now()) {
    throw invalidRequest('The user_code is unknown, used or expired.')
  }
  const accepted: Flow = {
    ...flow,
    state: 'device-used',
    client: { ...client, client_secret: '' },
    deviceCodeRequestId: device.id,
    requestedScope: device.request.requestedScopes,
    requestedAudience: device.request.requestedAudience,
    requestUrl: withClient(flow.requestUrl, client.client_id),
  }
  const verifier = sealFlow(engine, accepted, 'device_verifier')
  return json({
    redirect_to: setQuery(accepted.requestUrl, { device_verifier: verifier, client_id: client.client_id }),
  })
}

/** The steps that follow need to know the client. One that the address already names stays there. */
function withClient(requestUrl: string, clientId: string): string {
  const named = new URL(requestUrl).searchParams.get('client_id') ?? ''
  return named === '' ? setQuery(requestUrl, { client_id: clientId }) : requestUrl
}
