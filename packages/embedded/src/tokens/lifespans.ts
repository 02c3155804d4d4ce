import type { Client, LifespanName } from '../clients/client.ts'
import type { Config } from '../config.ts'

/** A way to get tokens that has its own lifetimes. */
export type LifespanGrant =
  | 'authorization_code'
  | 'client_credentials'
  | 'implicit'
  | 'jwt_bearer'
  | 'refresh_token'
  | 'device_authorization'

/** A token with a lifetime. */
export type LifespanToken = 'access_token' | 'id_token' | 'refresh_token'

/** The lifetime in milliseconds: the client's own for this grant, else the server's. Refresh tokens: -1 is endless. */
export function lifespan(config: Config, client: Client, grant: LifespanGrant, token: LifespanToken): number {
  const own = client.lifespans[`${grant}_grant_${token}_lifespan` as LifespanName]
  if (own !== null && own !== undefined) return own
  if (token === 'access_token') return config.ttl.accessToken
  return token === 'id_token' ? config.ttl.idToken : config.ttl.refreshToken
}

/** When something issued now expires; whole seconds, rounded as Go does. */
export function expiry(now: number, lifespanMs: number): number {
  return Math.round((now + lifespanMs) / 1000) * 1000
}

/** `expires_in` of an answer: whole seconds, cut off, so that it is one less than the lifetime at times. */
export function expiresIn(expiresAt: number | undefined, now: number, otherwise: number): number {
  return Math.trunc((expiresAt === undefined ? otherwise : expiresAt - now) / 1000)
}
