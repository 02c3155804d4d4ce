/** Tokens: introspection (admin port, RFC 7662) and revocation (public port, RFC 7009). */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { clientCredentials } from './client-credentials.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { requireText } from './encoding.ts'
import { readObject, wrongShape } from './reading.ts'
import type { ActiveToken, IntrospectedToken } from './wire/introspected-token.ts'

/** What to introspect. */
export interface IntrospectRequest {
  token: string
  /** Scopes that all must be granted (under the server's scope strategy), else the answer is inactive. */
  scope?: string | readonly string[] | undefined
  /** Where Hydra looks first; it always looks at both kinds. */
  tokenTypeHint?: 'access_token' | 'refresh_token' | undefined
}

/** What to revoke, and as which client. */
export interface RevokeRequest extends ClientCredentials {
  token: string
  /** Has no effect on the result. */
  tokenTypeHint?: 'access_token' | 'refresh_token' | undefined
}

/** `hydra.tokens` */
export interface Tokens {
  /**
   * What Hydra knows about a token. Inactive is an answer, not an error. Refresh tokens are active, too: see
   * `token_use`. Repeated after a failure, although it is a POST: it changes nothing.
   */
  introspect(request: IntrospectRequest, options?: CallOptions): HydraCall<IntrospectedToken>
  /**
   * Ends a token and all others of its grant. Unknown tokens and those of other clients are no error (RFC 7009
   * section 2.2); only the client's own authentication can fail (401 `invalid_client`).
   */
  revoke(request: RevokeRequest, options?: CallOptions): HydraCall<void>
}

/** @internal */
export function createTokens(caller: Caller): Tokens {
  return {
    introspect({ token, scope, tokenTypeHint }, options) {
      requireText(token, 'token')
      return caller.call({
        operation: 'tokens.introspect',
        form: { token, scope, token_type_hint: tokenTypeHint },
        read: readIntrospection,
        options,
      })
    },

    revoke({ token, tokenTypeHint, ...client }, options) {
      requireText(token, 'token')
      const { form, authorization } = clientCredentials(client)
      return caller.call({
        operation: 'tokens.revoke',
        form: { token, token_type_hint: tokenTypeHint, ...form },
        authorization,
        read: () => undefined,
        options,
      })
    },
  }
}

/** Levels out what versions do differently; see {@link ActiveToken} for each rule. */
function readIntrospection(answer: Answer): IntrospectedToken {
  const found = readObject(answer, 'tokens.introspect')
  if (found['active'] === false) return { active: false }
  if (found['active'] !== true) throw wrongShape(answer, 'tokens.introspect', 'an object with `active`')
  const token = found as unknown as ActiveToken
  if (token.token_use === undefined && (token.token_type === 'access_token' || token.token_type === 'refresh_token')) {
    token.token_use = token.token_type
    token.token_type = 'Bearer'
  }
  token.aud ??= []
  token.ext ??= {}
  if (token.token_use === 'refresh_token' && token.exp !== undefined && token.exp === token.iat) delete token.exp
  return token
}
