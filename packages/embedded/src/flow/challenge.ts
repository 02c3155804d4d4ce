import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Engine } from '../engine.ts'
import { accessDenied, challengeNotFound, requestUnauthorized } from '../errors.ts'
import type { Flow } from './flow.ts'

/**
 * Challenges and verifiers. Since version 2.2 Hydra stores nothing about a running flow: the flow itself is packed,
 * encrypted and handed out. So a challenge stays readable after it was used, accepting it twice makes two verifiers
 * that know nothing of each other, and each knows the client as it was at the start.
 */

/** What a sealed flow may be used for; one kind does not open as another. */
export type Purpose =
  | 'login_challenge'
  | 'login_verifier'
  | 'consent_challenge'
  | 'consent_verifier'
  | 'device_challenge'
  | 'device_verifier'

const algorithm = 'chacha20-poly1305'
const options = { authTagLength: 16 }

/** Packs a flow into a challenge or verifier. */
export function sealFlow(engine: Engine, flow: Flow, purpose: Purpose): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(algorithm, engine.state.secrets.flow, nonce, options)
  const plain = deflateRawSync(JSON.stringify(flow), { level: 1 })
  cipher.setAAD(Buffer.from(purpose), { plaintextLength: plain.length })
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  return toUrlSafeBase64(sealed)
}

/**
 * Opens a challenge that an app presents.
 *
 * @throws HydraError 404 if it was not made here or for something else, 401 once the flow is too old
 */
export function openChallenge(engine: Engine, sealed: string, purpose: Purpose): Flow {
  const flow = open(engine, sealed, purpose)
  if (flow === undefined) throw challengeNotFound()
  if (flow.requestedAt + engine.config.ttl.loginConsentRequest < engine.clock.now()) {
    throw requestUnauthorized(`The ${kind(purpose)} request has expired.`)
  }
  return flow
}

/**
 * Opens a verifier that a browser brings back.
 *
 * @throws HydraError `access_denied` if it was not made here, `request_unauthorized` once the flow is too old
 */
export function openVerifier(engine: Engine, sealed: string, purpose: Purpose): Flow {
  if (open(engine, sealed, purpose) === undefined) {
    throw accessDenied(`The ${kind(purpose)} verifier is not valid, was not granted or has been used.`)
  }
  return openChallenge(engine, sealed, purpose)
}

function kind(purpose: Purpose): string {
  return purpose.split('_')[0] ?? ''
}

function open(engine: Engine, sealed: string, purpose: Purpose): Flow | undefined {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < 28) return undefined
  try {
    const decipher = createDecipheriv(algorithm, engine.state.secrets.flow, bytes.subarray(0, 12), options)
    decipher.setAuthTag(bytes.subarray(-16))
    decipher.setAAD(Buffer.from(purpose), { plaintextLength: bytes.length - 28 })
    const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    return JSON.parse(inflateRawSync(plain).toString()) as Flow
  } catch {
    return undefined
  }
}

/** With padding, as Go's `base64.URLEncoding`: an app must be able to carry `=` in a query. */
function toUrlSafeBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
}
