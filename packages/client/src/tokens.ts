/** Tokens: what they are, and how to get and end them. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { clientCredentials } from './client-credentials.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { refuseUnknown, requireText } from './arguments.ts'
import { optionsError } from './options-error.ts'
import { readIntrospection } from './introspection.ts'
import { readEmpty } from './reading.ts'
import { describeExchange } from './token-exchange.ts'
import type { ExchangeRequest } from './token-exchange.ts'
import type { IntrospectedToken } from './wire/introspected-token.ts'
import type { TokenResponse } from './wire/token-response.ts'

/** What to introspect. */
export interface IntrospectRequest {
  /** Opaque or a JWT. */
  token: string
  /**
   * Scopes that all must be granted (under the server's scope strategy), else the answer is inactive. Default: none.
   */
  scope?: string | readonly string[] | undefined
  /** Where Hydra looks first; it always looks at both kinds. Default: not sent. */
  tokenTypeHint?: 'access_token' | 'refresh_token' | undefined
}

/** What to revoke, and as which client. */
export interface RevokeRequest extends ClientCredentials {
  /** An access or a refresh token. */
  token: string
  /** Has no effect on the result. Default: not sent. */
  tokenTypeHint?: 'access_token' | 'refresh_token' | undefined
}

/** `hydra.tokens` */
export interface Tokens {
  /**
   * What Hydra knows about a token (admin port, RFC 7662). Inactive is an answer, not an error. Refresh tokens are
   * active, too: see `token_use`. Repeated after a failure, although it is a POST: it changes nothing.
   */
  introspect(request: IntrospectRequest, options?: CallOptions): HydraCall<IntrospectedToken>
  /**
   * Ends a token and all others of its grant (public port, RFC 7009). Unknown tokens and those of other clients are no
   * error (section 2.2); only the client's own authentication can fail (401 `invalid_client`).
   */
  revoke(request: RevokeRequest, options?: CallOptions): HydraCall<void>
  /**
   * Exchanges a grant for tokens (public port, RFC 6749). Sent once. For sign-in prefer a relying-party library: it
   * also checks the ID token.
   */
  exchange(request: ExchangeRequest, options?: CallOptions): HydraCall<TokenResponse>
  /** Deletes all **access** tokens of a client; its refresh tokens stay usable. No error if there are none. Since 1.8.5. */
  deleteByClient(clientId: string, options?: CallOptions): HydraCall<void>
  /**
   * Removes expired tokens from the database, in limited batches: 1.x only, later `hydra janitor` does it. Refresh
   * tokens are included since 1.10.1.
   */
  flushInactive(request?: { notAfter?: Date | undefined }, options?: CallOptions): HydraCall<void>
}

const INTROSPECTION = ['token', 'scope', 'tokenTypeHint']

/** @internal */
export function createTokens(caller: Caller): Tokens {
  return {
    introspect: (request, options) =>
      caller.call(() => {
        refuseUnknown(request, INTROSPECTION)
        const { token, scope, tokenTypeHint } = request
        return {
          operation: 'tokens.introspect',
          form: { token: requireText(token, 'token'), scope, token_type_hint: tokenTypeHint },
          read: readIntrospection,
          options,
        }
      }),

    revoke: (request, options) =>
      caller.call(() => {
        const { token, tokenTypeHint, ...client } = request
        const { form, authorization } = clientCredentials(client)
        return {
          operation: 'tokens.revoke',
          form: { token: requireText(token, 'token'), token_type_hint: tokenTypeHint, ...form },
          authorization,
          // A page of a proxy must not pass for a revocation.
          read: (answer) => readEmpty(answer, 'tokens.revoke'),
          options,
        }
      }),

    exchange: (request, options) => caller.call(() => describeExchange(request, options)),

    deleteByClient: (clientId, options) =>
      caller.call(() => ({
        operation: 'tokens.deleteByClient',
        query: { client_id: requireText(clientId, 'clientId') },
        read: () => undefined,
        options,
      })),

    flushInactive: (request = {}, options) =>
      caller.call(() => {
        refuseUnknown(request, ['notAfter'])
        const { notAfter } = request
        if (notAfter !== undefined && !Number.isFinite(notAfter.getTime?.())) {
          throw optionsError('`notAfter` must be a valid Date')
        }
        return {
          operation: 'tokens.flushInactive',
          json: notAfter === undefined ? {} : { notAfter: notAfter.toISOString() },
          read: () => undefined,
          options,
        }
      }),
  }
}
