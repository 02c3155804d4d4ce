import type { Client } from '../clients/client.ts'
import type { Engine } from '../engine.ts'
import type { TokenRequest } from '../tokens/session.ts'

/** A request to the token endpoint whose client is known. */
export interface GrantRequest {
  readonly engine: Engine
  readonly client: Client
  readonly form: URLSearchParams
  readonly scopes: readonly string[]
  readonly audience: readonly string[]
}

/** What a grant found out. */
export interface PreparedGrant {
  /** What tokens are issued for. Hooks may change its session. */
  readonly request: TokenRequest
  /** Issues the tokens; called once, after the hooks agreed. */
  readonly issue: () => Promise<TokenResponse>
}

/** A successful answer of the token endpoint (RFC 6749 section 5.1). */
export interface TokenResponse {
  readonly access_token: string
  readonly token_type: 'bearer'
  readonly expires_in: number
  readonly scope: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly [extra: string]: unknown
}

/** One way to get tokens: checks everything, then says how to issue. A refused grant throws before hooks are called. */
export type Grant = (request: GrantRequest) => Promise<PreparedGrant>
