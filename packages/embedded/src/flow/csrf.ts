import type { Engine } from '../engine.ts'
import { requestForbidden } from '../errors.ts'
import { openCookie, sealCookie, serializeCookie } from '../http/cookies.ts'
import type { HydraRequest } from '../http/request.ts'
import { murmur3 } from '../murmur3.ts'

/**
 * The cookies that tie a flow to the browser it began in. Their names carry a hash of the client id: a second flow of
 * the same client in this browser replaces the cookie, and the first flow then ends in `request_forbidden`.
 */

/** Cookie of the login step of a client. */
export function loginCsrfCookie(clientId: string): string {
  return `ory_hydra_login_csrf_dev_${murmur3(clientId)}`
}

/** Cookie of the consent step of a client. */
export function consentCsrfCookie(clientId: string): string {
  return `ory_hydra_consent_csrf_dev_${murmur3(clientId)}`
}

/** Cookie of the device step: one for all clients, because the client is not known yet. */
export const deviceCsrfCookie = 'ory_hydra_device_csrf_dev'

/** The `Set-Cookie` value that stores a CSRF value. */
export function setCsrfCookie(engine: Engine, name: string, value: string): string {
  const now = engine.clock.now()
  const maxAgeSeconds = Math.floor(engine.config.ttl.loginConsentRequest / 1000)
  return serializeCookie(name, sealCookie(name, value, engine.state.secrets.cookie, now), { maxAgeSeconds, now })
}

/** Checks that the browser has the value. @throws HydraError `request_forbidden` */
export function checkCsrfCookie(engine: Engine, request: HydraRequest, name: string, expected: string): void {
  const sealed = request.cookies.get(name)
  if (sealed === undefined) throw requestForbidden('The browser sent no CSRF cookie.')
  const value = openCookie(name, sealed, engine.state.secrets.cookie)
  if (value === undefined) throw requestForbidden('The CSRF cookie can not be read.')
  if (value !== expected) throw requestForbidden('The CSRF cookie belongs to another flow.')
}
