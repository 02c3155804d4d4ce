import { randomBytes } from 'node:crypto'
import type { Client } from './clients/client.ts'
import type { Flow, LoginSession, LogoutRequest } from './flow/flow.ts'
import { type RequestMetrics, createRequestMetrics } from './metrics.ts'
import type { DeviceCode } from './tokens/device-code.ts'
import type { KeySets } from './tokens/key-sets.ts'
import type { TrustedIssuer } from './tokens/trusted-issuers.ts'
import { createTokenTable, type TokenTable } from './tokens/token-table.ts'

/**
 * Everything that one server remembers, in one place. Running login and consent flows are not here: their state
 * travels inside the challenges (flow/challenge.ts).
 */
export interface State {
  /** By client id. */
  readonly clients: Map<string, Client>
  /** By set name. */
  readonly keySets: KeySets
  /** Sessions of signed-in browsers, by session id (`sid`). */
  readonly loginSessions: Map<string, LoginSession>
  /** Finished consents, by the id of their flow: a second one with the same id is refused. */
  readonly consents: Map<string, Flow>
  /** By challenge. */
  readonly logoutRequests: Map<string, LogoutRequest>
  /** Subject of a pairwise client that the login app chose: by client id and chosen name. */
  readonly forcedSubjects: Map<string, string>
  readonly authorizationCodes: TokenTable
  readonly accessTokens: TokenTable
  readonly refreshTokens: TokenTable
  /** Devices that wait to be let in or have not yet fetched their tokens, by the signature of the device code. */
  readonly deviceCodes: Map<string, DeviceCode>
  /** By id. */
  readonly trustedIssuers: Map<string, TrustedIssuer>
  /** `jti` of used assertions, with the second at which they may be forgotten. */
  readonly usedAssertions: Map<string, number>
  /** Counters of the admin port's `/metrics/prometheus`. */
  readonly metrics: RequestMetrics
  /** Secrets of this life of the server: after a reset nothing that was sealed before opens any more. */
  readonly secrets: { readonly flow: Buffer; readonly cookie: Buffer; readonly token: Buffer; readonly page: Buffer }
}

/** An empty state. */
export function createState(keySets: KeySets): State {
  return {
    clients: new Map(),
    keySets,
    loginSessions: new Map(),
    consents: new Map(),
    logoutRequests: new Map(),
    forcedSubjects: new Map(),
    authorizationCodes: createTokenTable(),
    accessTokens: createTokenTable(),
    refreshTokens: createTokenTable(),
    deviceCodes: new Map(),
    trustedIssuers: new Map(),
    usedAssertions: new Map(),
    metrics: createRequestMetrics(),
    secrets: { flow: randomBytes(32), cookie: randomBytes(32), token: randomBytes(32), page: randomBytes(32) },
  }
}
