import { randomInt, randomUUID } from 'node:crypto'
import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import { expiry } from './lifespans.ts'
import { newOpaqueToken, opaqueSignature } from './opaque.ts'
import { type TokenRequest, newTokenRequest } from './session.ts'

/** A device that waits to be let in (RFC 8628). It asks with the device code, its user types the user code. */
export interface DeviceCode {
  /** Names it inside a flow. The grant it leads to gets another id: that of the consent. */
  readonly id: string
  /** The stored part of the device code. */
  readonly signature: string
  readonly userCode: string
  /** Milliseconds since 1970, for both codes. */
  readonly expiresAt: number
  /** Somebody signed in and consented. Until then nothing else about the code is judged, not even its age. */
  accepted: boolean
  /** A consent granted `openid`: a second one that does so is refused. */
  openIdGranted: boolean
  request: TokenRequest
}

/** What the device is told. */
export interface NewDeviceCode {
  readonly deviceCode: string
  readonly stored: DeviceCode
}

/** Makes both codes for a client and stores them. */
export function newDeviceCode(
  engine: Engine,
  client: Client,
  requested: { readonly scopes: readonly string[]; readonly audience: readonly string[] },
): NewDeviceCode {
  const now = engine.clock.now()
  const { token, signature } = newOpaqueToken(engine, 'device')
  const request = newTokenRequest(randomUUID(), client.client_id, now)
  request.requestedScopes = [...requested.scopes]
  request.requestedAudience = [...requested.audience]
  const stored: DeviceCode = {
    id: request.id,
    signature,
    userCode: unusedUserCode(engine),
    expiresAt: expiry(now, engine.config.ttl.deviceUserCode),
    accepted: false,
    openIdGranted: false,
    request,
  }
  engine.state.deviceCodes.set(signature, stored)
  return { deviceCode: token, stored }
}

function unusedUserCode(engine: Engine): string {
  const { length, characterSet } = engine.config.userCode
  const characters = Array.from(characterSet)
  for (;;) {
    const code = Array.from({ length }, () => characters[randomInt(characters.length)])
    if (deviceByUserCode(engine, code.join('')) === undefined) return code.join('')
  }
}

/** The device whose user code this is, letter by letter. */
export function deviceByUserCode(engine: Engine, userCode: string): DeviceCode | undefined {
  for (const stored of engine.state.deviceCodes.values()) if (stored.userCode === userCode) return stored
  return undefined
}

/** The device that a flow lets in. */
export function deviceById(engine: Engine, id: string): DeviceCode | undefined {
  for (const stored of engine.state.deviceCodes.values()) if (stored.id === id) return stored
  return undefined
}

/** The device that a device code belongs to. Says nothing about whether the code was made here. */
export function deviceByDeviceCode(engine: Engine, deviceCode: string): DeviceCode | undefined {
  return engine.state.deviceCodes.get(opaqueSignature(deviceCode))
}
