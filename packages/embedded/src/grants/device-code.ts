import { type Client, grantTypes } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import {
  authorizationPending,
  deviceExpiredToken,
  invalidGrant,
  serverError,
  tokenSignatureMismatch,
  unauthorizedClient,
  untypedError,
} from '../errors.ts'
import { hasScope } from '../scopes.ts'
import { issueAccessToken } from '../tokens/access-token.ts'
import { type DeviceCode, deviceByDeviceCode } from '../tokens/device-code.ts'
import { halfHash, issueIdToken } from '../tokens/id-token.ts'
import { expiresIn, expiry, lifespan } from '../tokens/lifespans.ts'
import { opaqueProblem } from '../tokens/opaque.ts'
import { issueRefreshToken, mayHaveRefreshToken } from '../tokens/refresh-token.ts'
import { type TokenRequest, copyTokenRequest } from '../tokens/session.ts'
import type { Grant, GrantRequest, TokenResponse } from './grant.ts'

/** `grant_type` of the device flow. */
export const deviceCodeGrantType = 'urn:ietf:params:oauth:grant-type:device_code'

/**
 * A device polls (RFC 8628 section 3.4). `slow_down` is never answered, and as long as nobody let the device in,
 * `authorization_pending` is the answer to everyone, for an expired code too.
 */
export const deviceCodeGrant: Grant = async (asked) => {
  const { engine, client, form } = asked
  if (!grantTypes(client).includes(deviceCodeGrantType)) {
    throw unauthorizedClient(`The client has not registered the grant ${deviceCodeGrantType}.`)
  }
  const device = acceptedDevice(asked)
  const request = copyTokenRequest(device.request)
  const now = engine.clock.now()
  request.requestedAt = now
  const { expiresAt } = request.session
  expiresAt.access = expiry(now, lifespan(engine.config, client, 'device_authorization', 'access_token'))
  const refreshLifespan = lifespan(engine.config, client, 'device_authorization', 'refresh_token')
  if (refreshLifespan > -1) expiresAt.refresh = expiry(now, refreshLifespan)
  return {
    request,
    issue: () => {
      // While a hook was asked, another poll may have been quicker.
      if (deviceByDeviceCode(engine, form.get('device_code') ?? '') !== device) throw serverError()
      engine.state.deviceCodes.delete(device.signature)
      return issueTokens(engine, client, request)
    },
  }
}

/** @throws HydraError `invalid_grant`, `authorization_pending`, `expired_token`, `token_signature_mismatch` */
function acceptedDevice({ engine, client, form }: GrantRequest): DeviceCode {
  const deviceCode = form.get('device_code') ?? ''
  const device = deviceByDeviceCode(engine, deviceCode)
  if (device === undefined) throw invalidGrant()
  if (!device.accepted) throw authorizationPending()
  if (device.expiresAt < engine.clock.now()) throw deviceExpiredToken()
  const problem = opaqueProblem(engine, 'device', deviceCode)
  // Hydra has no word for a code with characters that don't belong there.
  if (problem === 'undecodable') throw untypedError()
  if (problem === 'mismatch') throw tokenSignatureMismatch()
  if (device.request.clientId !== client.client_id) throw invalidGrant('The device code was given to another client.')
  return device
}

async function issueTokens(engine: Engine, client: Client, request: TokenRequest): Promise<TokenResponse> {
  const { config } = engine
  const access = await issueAccessToken(engine, client, request)
  const refresh = mayHaveRefreshToken(client, request.grantedScopes)
    ? issueRefreshToken(engine, request, access.signature)
    : undefined
  const claims = structuredClone(request.session.idTokenClaims)
  claims.atHash = halfHash(access.token)
  const lifespanMs = lifespan(config, client, 'device_authorization', 'id_token')
  const idToken = hasScope(request.grantedScopes, 'openid')
    ? await issueIdToken(engine, { claims, clientId: client.client_id, lifespanMs, form: {} })
    : undefined
  const lifetime = lifespan(config, client, 'device_authorization', 'access_token')
  return {
    access_token: access.token,
    expires_in: expiresIn(request.session.expiresAt.access, engine.clock.now(), lifetime),
    ...(idToken === undefined ? {} : { id_token: idToken }),
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    scope: request.grantedScopes.join(' '),
    token_type: 'bearer',
  }
}
