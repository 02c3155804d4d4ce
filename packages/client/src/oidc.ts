/** OpenID Connect facts of the public port. */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { isJsonObject, readObject, readStringMember, wrongShape } from './reading.ts'
import type { JsonWebKeySet } from './wire/json-web-key.ts'
import type { OidcConfiguration } from './wire/oidc-configuration.ts'

/** A key set is never read past this size. */
const MAX_JWKS_BYTES = 524_288

/** `hydra.oidc` */
export interface Oidc {
  /** What the server says about itself (OpenID Connect Discovery). */
  discovery(options?: CallOptions): HydraCall<OidcConfiguration>
  /**
   * The public keys that Hydra signs with: ID tokens, logout tokens, JWT access tokens. Not cached here. Servers say
   * `no-store` or nothing, so choose a lifetime of your own, and fetch again for an unknown `kid`.
   */
  jwks(options?: CallOptions): HydraCall<JsonWebKeySet>
}

/** @internal */
export function createOidc(caller: Caller): Oidc {
  return {
    discovery: (options) => caller.call({ operation: 'oidc.discovery', read: readDiscovery, options }),
    jwks: (options) =>
      caller.call({ operation: 'oidc.jwks', maxResponseBytes: MAX_JWKS_BYTES, read: readKeySet, options }),
  }
}

function readDiscovery(answer: Answer): OidcConfiguration {
  const found = readObject(answer, 'oidc.discovery')
  for (const member of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
    readStringMember(found, member, answer, 'oidc.discovery')
  }
  return found as unknown as OidcConfiguration
}

function readKeySet(answer: Answer): JsonWebKeySet {
  const found = readObject(answer, 'oidc.jwks')
  const { keys } = found
  if (!Array.isArray(keys) || !keys.every(isJsonObject)) throw wrongShape(answer, 'oidc.jwks', 'a key set')
  return found as unknown as JsonWebKeySet
}
