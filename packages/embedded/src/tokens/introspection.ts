import type { Engine } from '../engine.ts'
import {
  type HydraError,
  invalidScope,
  isHydraError,
  requestUnauthorized,
  tokenExpired,
  tokenSignatureMismatch,
  untypedError,
} from '../errors.ts'
import { verifyWithSet, jwtError } from './jws.ts'
import { accessTokenSet } from './key-sets.ts'
import { type OpaqueKind, opaqueProblem, opaqueSignature } from './opaque.ts'
import { isUsable } from './refresh-token.ts'
import type { StoredToken } from './token-table.ts'

/** What a token can be used as. */
export type TokenUse = 'access_token' | 'refresh_token'

/** A token that is active. */
export interface ActiveToken {
  readonly use: TokenUse
  readonly stored: StoredToken
}

/** What is asked about a token. */
export interface IntrospectionQuery {
  readonly token: string
  /** Only changes which kind is tried first. */
  readonly hint?: string
  /** Scopes that all must be covered by the granted ones. */
  readonly scopes?: readonly string[]
}

/**
 * Looks a token up, as an access token and as a refresh token.
 *
 * @throws HydraError why it is not active, in the words of the attempt that Hydra reports
 */
export async function findActiveToken(engine: Engine, query: IntrospectionQuery): Promise<ActiveToken> {
  const attempts = query.hint === 'refresh_token' ? [refreshToken, accessToken] : [accessToken, refreshToken]
  const errors: HydraError[] = []
  for (const attempt of attempts) {
    try {
      return await attempt(engine, query)
    } catch (error) {
      if (!isHydraError(error)) throw error
      errors.push(error)
    }
  }
  // Without the refresh hint it is the failure of the access token that is told.
  throw (query.hint === 'refresh_token' ? errors[1] : errors[0]) ?? requestUnauthorized()
}

async function accessToken(engine: Engine, { token, scopes = [] }: IntrospectionQuery): Promise<ActiveToken> {
  const stored = engine.state.accessTokens.get(accessTokenSignature(token))
  if (stored === undefined || !stored.active) throw requestUnauthorized()
  if (isJwt(token)) {
    const { problem } = await verifyWithSet(engine, accessTokenSet, token)
    if (problem !== undefined) throw jwtError(problem)
  } else {
    const now = engine.clock.now()
    const expiresAt =
      stored.request.session.expiresAt.access ?? stored.request.requestedAt + engine.config.ttl.accessToken
    if (expiresAt < now) throw tokenExpired()
    checkGenuine(engine, 'access', token)
  }
  checkScopes(engine, stored, scopes)
  return { use: 'access_token', stored }
}

async function refreshToken(engine: Engine, { token, scopes = [] }: IntrospectionQuery): Promise<ActiveToken> {
  const stored = engine.state.refreshTokens.get(opaqueSignature(token))
  if (stored === undefined || !isUsable(engine, stored)) throw requestUnauthorized()
  const { refresh } = stored.request.session.expiresAt
  if (refresh !== undefined && refresh < engine.clock.now()) throw tokenExpired()
  checkGenuine(engine, 'refresh', token)
  checkScopes(engine, stored, scopes)
  return { use: 'refresh_token', stored }
}

function checkGenuine(engine: Engine, kind: OpaqueKind, token: string): void {
  const problem = opaqueProblem(engine, kind, token)
  // Hydra has no word for a token with characters that don't belong there.
  if (problem === 'undecodable') throw untypedError()
  if (problem === 'mismatch') throw tokenSignatureMismatch()
}

function checkScopes(engine: Engine, stored: StoredToken, scopes: readonly string[]): void {
  for (const scope of scopes) {
    if (scope !== '' && !engine.config.scopeStrategy(stored.request.grantedScopes, scope)) {
      throw invalidScope('A scope that was asked for was not granted.')
    }
  }
}

/** Three parts: a JWT. */
export function isJwt(token: string): boolean {
  return token.split('.').length === 3
}

/** Under which signature an access token of either form is stored. */
export function accessTokenSignature(token: string): string {
  return isJwt(token) ? (token.split('.')[2] ?? '') : opaqueSignature(token)
}
