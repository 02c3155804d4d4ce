/** OpenID Connect facts of the public port. */
import type { Answer } from './answer.ts'
import { authorizationUrl, endSessionUrl } from './browser-urls.ts'
import type { AuthorizationUrlRequest, EndSessionUrlRequest } from './browser-urls.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { readKeySet } from './key-sets.ts'
import { checkBearer } from './options.ts'
import { readObject, readStringMember, wrongShape } from './reading.ts'
import type { JsonWebKeySet } from './wire/json-web-key.ts'
import type { OidcConfiguration } from './wire/oidc-configuration.ts'
import type { UserinfoClaims } from './wire/userinfo.ts'

/** A key set is never read past this size. */
const MAX_JWKS_BYTES = 524_288

/** What userinfo gives: claims, or a signed JWT if the client has `userinfo_signed_response_alg: 'RS256'`. */
export type Userinfo =
  | {
      /** Plain claims. */
      format: 'json'
      /** The claims. */
      claims: UserinfoClaims
    }
  | {
      /** A signed JWT. */
      format: 'jwt'
      /** Not verified: check it with the keys of `oidc.jwks()`. */
      jwt: string
    }

/** `hydra.oidc` */
export interface Oidc {
  /** What the server says about itself (OpenID Connect Discovery). */
  discovery(options?: CallOptions): HydraCall<OidcConfiguration>
  /**
   * The public keys that Hydra signs with: ID tokens, logout tokens, JWT access tokens. Not cached here. Servers say
   * `no-store` or nothing, so choose a lifetime of your own, and fetch again for an unknown `kid`.
   */
  jwks(options?: CallOptions): HydraCall<JsonWebKeySet>
  /**
   * Claims about the user of an access token. An unknown, expired or revoked token: 401. Hydra doesn't ask for the
   * `openid` scope, and answers tokens of client credentials without `sub`.
   */
  userinfo(accessToken: string, options?: CallOptions): HydraCall<Userinfo>
  /**
   * Where to send a browser to sign in. For a whole sign-in prefer a relying-party library: it also checks what comes back.
   *
   * @throws TypeError `ERR_OPTIONS` for what Hydra is known to refuse
   */
  authorizationUrl(request: AuthorizationUrlRequest): string
  /**
   * Where to send a browser to sign out.
   *
   * @throws TypeError `ERR_OPTIONS` for what Hydra is known to refuse
   */
  endSessionUrl(request?: EndSessionUrlRequest): string
}

/** @internal */
export function createOidc(caller: Caller): Oidc {
  return {
    discovery: (options) => caller.call(() => ({ operation: 'oidc.discovery', read: readDiscovery, options })),

    jwks: (options) =>
      caller.call(() => ({
        operation: 'oidc.jwks',
        maxResponseBytes: MAX_JWKS_BYTES,
        read: readKeySet('oidc.jwks'),
        options,
      })),

    userinfo: (accessToken, options) =>
      caller.call(() => ({
        operation: 'oidc.userinfo',
        authorization: `Bearer ${checkBearer(accessToken, '`accessToken`')}`,
        accept: 'application/json, application/jwt',
        read: readUserinfo,
        options,
      })),

    authorizationUrl: (request) => authorizationUrl(caller, request),
    endSessionUrl: (request = {}) => endSessionUrl(caller, request),
  }
}

function readDiscovery(answer: Answer): OidcConfiguration {
  const found = readObject(answer, 'oidc.discovery')
  for (const member of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
    readStringMember(found, member, answer, 'oidc.discovery')
  }
  return found as unknown as OidcConfiguration
}

function readUserinfo(answer: Answer): Userinfo {
  const type = answer.header('content-type') ?? ''
  if (!/^application\/jwt\b/i.test(type)) {
    return { format: 'json', claims: readObject(answer, 'oidc.userinfo') as UserinfoClaims }
  }
  const jwt = answer.text().trim()
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) throw wrongShape(answer, 'oidc.userinfo', 'a signed JWT')
  return { format: 'jwt', jwt }
}
