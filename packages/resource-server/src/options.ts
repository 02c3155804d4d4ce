import type { HydraClientOptions } from '@hydra-kit/client'
import type { OnRefused, OnVerified } from './events.ts'
import type { PublicKeySet } from './key-set.ts'
import type { RequestFacts } from './request-facts.ts'
import type { ScopeStrategy } from './scopes.ts'
import type { StandardSchema } from './standard-schema.ts'
import type { Telemetry } from './telemetry.ts'
import type { VerificationClient } from './verification-client.ts'

/** A signature algorithm (RFC 7518, RFC 8037) that can be switched on. None of them uses a shared secret. */
export type SigningAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'

/** `jwt`: self-contained; `opaque`: a reference that only Hydra can resolve. */
export type TokenFormat = 'jwt' | 'opaque'

/**
 * How a JWT is checked. `keys`: signature only, a revoked token lives on until it expires. `introspection`: signature,
 * and introspection within `cache.maxAgeSeconds`. `recheckSeconds`: signature, and introspection at most so many
 * seconds old. Hydra calls JWTs of an older signing key inactive once a newer key signs.
 */
export type JwtCheck = 'keys' | 'introspection' | { readonly recheckSeconds: number }

/**
 * Where a token may stand (RFC 6750 section 2). `form`: field `access_token` of a form body. `query`: parameter
 * `access_token` of a GET request; it ends up in logs and histories. A function finds it anywhere else.
 */
export type TokenPlace =
  | 'header'
  | 'form'
  | 'query'
  | { readonly cookie: string }
  | ((facts: RequestFacts) => string | undefined)

/** Credentials for Hydra's admin port, where a proxy in front of it asks for some. */
export type IntrospectionAuth =
  | { readonly basic: { readonly username: string; readonly password: string } }
  | { readonly bearer: string | (() => string | Promise<string>) }

/** What is kept of Hydra's answers. Verdicts are never kept: policy is judged on each request. */
export interface CacheOptions {
  /** How long an introspection answer is used, in seconds: the revocation delay. Default 10, at most 3 600, 0 is off. */
  readonly maxAgeSeconds?: number | undefined
  /** How long `active: false` is remembered, in seconds. Default 5, at most 60, 0 is off. */
  readonly negativeMaxAgeSeconds?: number | undefined
  /**
   * For so many seconds after `maxAgeSeconds` an old answer is still used while a new one is fetched in the background
   * (RFC 5861 section 3). Adds to the revocation delay. Never where a route sets `freshWithinSeconds`. Default 0, at
   * most 300.
   */
  readonly staleWhileRevalidateSeconds?: number | undefined
  /**
   * For so many seconds after `maxAgeSeconds` an old answer is still used if Hydra cannot answer (RFC 5861 section 4):
   * never past `exp`, never for a token that Hydra called inactive since, never where a route sets
   * `freshWithinSeconds`. Default 0, at most 3 600.
   */
  readonly staleIfErrorSeconds?: number | undefined
  /** Answers kept per issuer and kind. Default 50 000. */
  readonly maxEntries?: number | undefined
  /** Estimated size of the answers kept per issuer and kind, in bytes. Default 2 048 for each of `maxEntries`. */
  readonly maxBytes?: number | undefined
  /** `active: false` answers kept per issuer, apart from the good ones. Default 5 000. */
  readonly negativeMaxEntries?: number | undefined
}

/** When introspection is no longer tried. */
export interface BreakerOptions {
  /**
   * After so many failures in a row nothing is asked for a while, and requests that need an answer are refused with 503
   * at once. Answers of 400 to 499 other than 429 do not count: they may be about one token. Default 5, at most 1 000.
   */
  readonly openAfterFailures?: number | undefined
  /** After so many seconds one question is let through to see whether Hydra is back. Default 2, at most 60. */
  readonly retryAfterSeconds?: number | undefined
}

/** One Hydra, and what its tokens must look like. */
export interface IssuerOptions {
  /** What `iss` says and the browser sees, as `https://auth.example.com`. A trailing slash makes no difference. */
  readonly issuer: string
  /**
   * The audience that tokens must carry; of several, one. Only `null` turns the check off: then a token that was
   * issued for any other API of this Hydra is accepted here.
   */
  readonly audience: string | readonly string[] | null
  /** Where this process reaches Hydra's public port, for keys. Default: `issuer`. */
  readonly publicUrl?: string | undefined
  /** Address of the key set. Default: `publicUrl` + `/.well-known/jwks.json`. */
  readonly jwksUrl?: string | undefined
  /**
   * Hydra's admin port, for introspection. Prefer `introspectionUrl`: an API needs nothing else of that port. Default:
   * none.
   */
  readonly adminUrl?: string | undefined
  /** Credentials that go with `adminUrl`. Default: none. */
  readonly adminAuth?: IntrospectionAuth | undefined
  /**
   * The introspection endpoint alone, as `http://hydra-admin:4445/admin/oauth2/introspect`. Instead of `adminUrl`.
   * Default: none.
   */
  readonly introspectionUrl?: string | undefined
  /** Credentials that go with `introspectionUrl`. Default: none. */
  readonly introspectionAuth?: IntrospectionAuth | undefined
  /**
   * A ready `HydraClient`, instead of the URLs, credentials and transport options. It stays open on `close()`. Default:
   * one of its own.
   */
  readonly client?: VerificationClient | undefined
  /** Header fields sent with every call, as `{ 'x-forwarded-proto': 'https' }` in a cluster. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Hydra's version, as `'1.11'`; default `'auto'`. Only matters for `adminUrl`. */
  readonly serverVersion?: HydraClientOptions['serverVersion']
  /** Formats that are accepted. Default: both. */
  readonly accept?: readonly TokenFormat[] | undefined
  /**
   * True: only JWTs whose `typ` is `at+jwt` (RFC 9068 section 4) are accepted. Hydra itself writes `JWT`, so this is for
   * servers behind something that signs anew. Default false.
   */
  readonly requireAtJwt?: boolean | undefined
  /**
   * Keys of an earlier run, as `hydrate()` gave them: tokens are verified at once, also while Hydra is down, for at most
   * one hour after the start. The first token renews them in the background. Default: none.
   */
  readonly savedKeys?: PublicKeySet | undefined
  /** How JWTs are checked. Default `keys`. */
  readonly jwtCheck?: JwtCheck | undefined
  /** Default: all of {@link SigningAlgorithm}. The token's own header never widens this list. */
  readonly algorithms?: readonly SigningAlgorithm[] | undefined
  /** Hydra's `strategies.scope`. Default `wildcard`, as on the server. */
  readonly scopeStrategy?: ScopeStrategy | undefined
  /** How far clocks may differ, in seconds, for `exp` and `nbf`. Default 5, at most 300. */
  readonly clockToleranceSeconds?: number | undefined
  /** Time limit of one introspection, in milliseconds, over waiting and all tries. Default 2 000, at most 60 000. */
  readonly introspectionTimeoutMs?: number | undefined
  /** Questions to Hydra at once. Default 64, at most 10 000. */
  readonly introspectionMaxConcurrent?: number | undefined
  /** Questions that wait for their turn; more are refused with 503 at once. Default 256, at most 100 000. */
  readonly introspectionMaxQueued?: number | undefined
  /** When to stop asking a Hydra that cannot answer. Default: after 5 failures in a row, for 2 s. */
  readonly breaker?: BreakerOptions | undefined
  /** What is kept, and for how long. Default: answers for 10 s, at most 50 000. */
  readonly cache?: CacheOptions | undefined
  /** Allows `http:` to public hosts. Tokens then cross the network in the clear. Default false. */
  readonly allowInsecureHttp?: boolean | undefined
  /** An undici dispatcher (`Agent`, `Pool`, `MockAgent`) that carries every call. Default: a pool of its own. */
  readonly dispatcher?: HydraClientOptions['dispatcher']
}

/** An issuer in a list of several. */
export interface NamedIssuerOptions extends IssuerOptions {
  /** What `selectIssuer` returns for it. */
  readonly name: string
}

/** What holds for all issuers of a resource server. */
export interface SharedOptions<Extra> {
  /** Where tokens may stand. Default `['header']`. A token in two of these places is refused. */
  readonly tokenFrom?: readonly TokenPlace[] | undefined
  /**
   * Checks and types `session.access_token`. Must be synchronous; what it returns becomes `token.extra`. Default:
   * unchecked.
   */
  readonly extra?: StandardSchema<Extra> | undefined
  /** `realm` of the challenge (RFC 9110 section 11.5): printable ASCII without quote and backslash. Default: none. */
  readonly realm?: string | undefined
  /**
   * `resource_metadata` of the challenge (RFC 9728 section 5.1): URL of the protected resource metadata. Default: none.
   */
  readonly resourceMetadataUrl?: string | undefined
  /** Current time in milliseconds. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Called with the precise reason of each refusal. Default: nothing. */
  readonly onRefused?: OnRefused | undefined
  /** Called for each accepted request. Default: nothing. */
  readonly onVerified?: OnVerified | undefined
  /** Spans and metrics: `openTelemetry()` of `@hydra-kit/resource-server/opentelemetry`. Default: none. */
  readonly telemetry?: Telemetry | undefined
}

/** Options for the usual case: one Hydra. */
export interface OneIssuerOptions<Extra> extends IssuerOptions, SharedOptions<Extra> {
  readonly issuers?: undefined
  readonly selectIssuer?: undefined
}

/** Options for several Hydras. A token is only ever shown to the one that it belongs to. */
export interface SeveralIssuersOptions<Extra> extends SharedOptions<Extra> {
  readonly issuers: readonly NamedIssuerOptions[]
  /**
   * Says which issuer a request belongs to, by its `name`. Needed where opaque tokens are accepted: nothing in them
   * names their server. A JWT of another issuer of the list is then refused, too. `undefined` or an unknown name
   * refuses opaque tokens.
   */
  readonly selectIssuer?: ((facts: RequestFacts) => string | undefined) | undefined
}

/** Options of `createResourceServer`. Unknown names are refused. */
export type ResourceServerOptions<Extra = Readonly<Record<string, unknown>>> =
  | OneIssuerOptions<Extra>
  | SeveralIssuersOptions<Extra>
