import * as v from 'valibot'
import type { ScopeStrategyName } from './scopes.ts'
import type { ReceivedRequest } from './inspect.ts'
import type { Jwk } from './tokens/key-sets.ts'
import { parseDuration } from './durations.ts'
import { optionsError } from './options-error.ts'

/** A webhook that is called before tokens are issued. */
export interface WebhookOptions {
  /** Where Hydra posts to. */
  readonly url: string
  /** Sent along with each call. Default: nothing, the hook can't tell who calls. */
  readonly auth?:
    | {
        /** The only kind that Hydra has. */
        readonly type: 'api_key'
        /** Where the key is put, under which name, and the key. */
        readonly config: { readonly in: 'header' | 'cookie'; readonly name: string; readonly value: string }
      }
    | undefined
}

/**
 * Pages that Hydra sends browsers to (`urls`). Default of each, unless it says otherwise: a plain page of this server
 * that names the option to set.
 */
export interface UrlOptions {
  /** Your login page. */
  readonly login?: string | undefined
  /** Your consent page. */
  readonly consent?: string | undefined
  /** Your logout page. */
  readonly logout?: string | undefined
  /** Your error page, for errors that can't be told to a client. */
  readonly error?: string | undefined
  /** Your sign-up page, for `prompt=registration`. Default: `login`. */
  readonly registration?: string | undefined
  /** Where a browser ends after a logout that names no other address. Default: a page of this server that says so. */
  readonly postLogoutRedirect?: string | undefined
  /** Your page on which a user code is entered. */
  readonly deviceVerification?: string | undefined
  /** Where a browser ends once a device was let in. */
  readonly deviceSuccess?: string | undefined
  /**
   * The public URL that browsers and clients use, Hydra's `urls.self.public`. Default: the address that this server
   * really listens on, so that redirects lead back here even when `issuer` names another host.
   */
  readonly public?: string | undefined
}

/** Lifetimes (`ttl`), written as in Hydra: `'90s'`, `'1h30m'`. */
export interface TtlOptions {
  /** Of login and consent challenges, and of the CSRF cookies. Default `30m`. */
  readonly loginConsentRequest?: string | undefined
  /** Of access tokens. Default `1h`. */
  readonly accessToken?: string | undefined
  /** Of refresh tokens. Default `720h`; `'-1'`: they never expire. */
  readonly refreshToken?: string | undefined
  /** Of ID tokens. Default `1h`. */
  readonly idToken?: string | undefined
  /** Of authorization codes. Default `10m`. */
  readonly authCode?: string | undefined
  /** Of a remembered login that names no time of its own. Default `720h`. */
  readonly authenticationSession?: string | undefined
  /** Of user and device codes. Default `10m`. */
  readonly deviceUserCode?: string | undefined
  /** Of nonces of verifiable credentials. Default `1h`. */
  readonly vcNonce?: string | undefined
}

/** What discovery says instead of this server's own addresses (`webfinger.oidc_discovery`). It moves no endpoint. */
export interface DiscoveryOptions {
  /** `authorization_endpoint`. Default: that of this server. */
  readonly authUrl?: string | undefined
  /** `token_endpoint`. Default: that of this server. */
  readonly tokenUrl?: string | undefined
  /** `jwks_uri`. Default: that of this server. */
  readonly jwksUrl?: string | undefined
  /** `userinfo_endpoint`. Default: that of this server. */
  readonly userinfoUrl?: string | undefined
  /** `registration_endpoint`. Default: absent, also while dynamic registration is on. */
  readonly clientRegistrationUrl?: string | undefined
  /** `device_authorization_endpoint`. Default: that of this server. */
  readonly deviceAuthorizationUrl?: string | undefined
  /** `claims_supported`, added to `sub`. Default: none. */
  readonly supportedClaims?: readonly string[] | undefined
  /** `scopes_supported`, added to `offline_access offline openid`. Default: none. */
  readonly supportedScope?: readonly string[] | undefined
}

/** Cross-origin requests to the public port (`serve.public.cors`). Off unless given. */
export interface CorsOptions {
  /** Origins, `*` or patterns such as `https://*.example.com`. Default `['*']`. */
  readonly allowedOrigins?: readonly string[] | undefined
  /** Methods that a page may use. Default: all. */
  readonly allowedMethods?: readonly string[] | undefined
  /**
   * Header fields that a page may send. Default: `Accept`, `Content-Type`, `Content-Length`, `Accept-Language`,
   * `Content-Language` and `Authorization`. `*`: any.
   */
  readonly allowedHeaders?: readonly string[] | undefined
  /**
   * Header fields that a page may read. Default: `Cache-Control`, `Expires`, `Last-Modified`, `Pragma`,
   * `Content-Length`, `Content-Language` and `Content-Type`.
   */
  readonly exposedHeaders?: readonly string[] | undefined
  /** Whether requests may carry cookies. Default true. */
  readonly allowCredentials?: boolean | undefined
  /** Seconds that a preflight may be cached. Default 0: not said. */
  readonly maxAgeSeconds?: number | undefined
}

/** A client to start with: the body of `POST /admin/clients`. */
export type ClientInput = Readonly<Record<string, unknown>>

/** Options of {@link startHydra}. Names follow Hydra's configuration keys. */
export interface HydraOptions {
  /** Port for browsers and clients. Default 0: a free one. */
  readonly publicPort?: number | undefined
  /** Port for your servers. Default 0: a free one. */
  readonly adminPort?: number | undefined
  /** Address to listen on. Default `127.0.0.1`. This is no server for production: keep it on loopback. */
  readonly host?: string | undefined
  /** `iss` of every token. Default: the address of the public port. */
  readonly issuer?: string | undefined
  /** See {@link UrlOptions}. Default: pages of this server that name the option to set. */
  readonly urls?: UrlOptions | undefined
  /** What access tokens are. Default `opaque`; a client's `access_token_strategy` wins. */
  readonly accessTokenStrategy?: 'opaque' | 'jwt' | undefined
  /** Which scopes of a client cover a requested one (`strategies.scope`). Default `wildcard`. */
  readonly scopeStrategy?: ScopeStrategyName | undefined
  /** The form of JWT access tokens (`strategies.jwt`). */
  readonly jwt?:
    | {
        /** How they name their scopes: `scp` (`list`, the default), `scope` (`string`) or both. */
        readonly scopeClaim?: 'list' | 'string' | 'both' | undefined
      }
    | undefined
  /** See {@link TtlOptions}. Default: Hydra's own lifetimes. */
  readonly ttl?: TtlOptions | undefined
  /** Called before tokens of any grant are issued (`oauth2.token_hook`). Default: none. */
  readonly tokenHook?: WebhookOptions | undefined
  /** Called before tokens are refreshed (`oauth2.refresh_token_hook`). Default: none. */
  readonly refreshTokenHook?: WebhookOptions | undefined
  /**
   * Lets clients register themselves (`oidc.dynamic_client_registration`). `defaultScope`: scopes of a client that
   * registers none; default `offline_access offline openid`. Default: off.
   */
  readonly dynamicRegistration?: true | { readonly defaultScope?: readonly string[] | undefined } | undefined
  /** See {@link DiscoveryOptions}. Default: this server's own addresses. */
  readonly discovery?: DiscoveryOptions | undefined
  /** See {@link CorsOptions}. Default: off. */
  readonly cors?: CorsOptions | undefined
  /** PKCE that was begun is always upheld; this also demands it (`oauth2.pkce`), of all or of public clients. Default false. */
  readonly pkce?:
    | { readonly enforced?: boolean | undefined; readonly enforcedForPublicClients?: boolean | undefined }
    | undefined
  /** Subject types that clients may choose. Default: `public`, and `pairwise` if `pairwiseSalt` is given. */
  readonly subjectTypes?: readonly ('public' | 'pairwise')[] | undefined
  /** Salt of pairwise subjects, at least 8 characters. Default: none; pairwise subjects are then off. */
  readonly pairwiseSalt?: string | undefined
  /** Keys of `session.access_token` that JWT access tokens also carry at their top level. Default: none. */
  readonly allowedTopLevelClaims?: readonly string[] | undefined
  /** Whether JWT access tokens carry `ext`. Default true. */
  readonly mirrorTopLevelClaims?: boolean | undefined
  /** Leaves `nbf` out of JWT access tokens. Default false. */
  readonly excludeNotBeforeClaim?: boolean | undefined
  /** Grants every scope of a client that asks for none with client_credentials. Default false. */
  readonly defaultGrantAllowedScope?: boolean | undefined
  /**
   * How long (`gracePeriod`, a duration), and how often at most, a rotated refresh token still works
   * (`oauth2.grant.refresh_token`). Default: not at all; with a period and no count, any number of times.
   */
  readonly refreshTokenRotation?:
    | { readonly gracePeriod?: string | undefined; readonly graceReuseCount?: number | undefined }
    | undefined
  /**
   * Rules for assertions of the jwt-bearer grant (`oauth2.grant.jwt`). Default: `jti` and `iat` must be there, and they live
   * for at most `720h`.
   */
  readonly jwtBearer?:
    | {
        readonly jtiOptional?: boolean | undefined
        readonly iatOptional?: boolean | undefined
        readonly maxTtl?: string | undefined
      }
    | undefined
  /** What devices and their users are told (`oauth2.device_authorization`). */
  readonly deviceAuthorization?:
    | {
        /** How long a device should wait between two polls. Default `5s`. */
        readonly tokenPollingInterval?: string | undefined
        /**
         * Default `high`: 8 letters and digits whose case counts. `medium`: 8 letters from A to Z, `low`: 9 digits. Or a
         * length of at least 6 and a set of at least 8 characters.
         */
        readonly userCode?:
          | 'high'
          | 'medium'
          | 'low'
          | { readonly length: number; readonly characterSet: string }
          | undefined
      }
    | undefined
  /** Clients that exist from the start, and again after every reset. Default: none. */
  readonly clients?: readonly ClientInput[] | undefined
  /**
   * Signing keys. Default: fixed 2048-bit test keys that are published with this package. `'generate'`: fresh ones.
   * Or your own private keys, newest first.
   */
  readonly keys?:
    | 'generate'
    | { readonly idToken?: readonly Jwk[] | undefined; readonly accessToken?: readonly Jwk[] | undefined }
    | undefined
  /** The time in milliseconds. Default `Date.now`. `clock` moves on top of it. */
  readonly now?: (() => number) | undefined
  /** Called after each request was answered, for a log. Default: nothing. */
  readonly onRequest?: ((request: ReceivedRequest) => void) | undefined
}

const url = v.pipe(
  v.string(),
  v.check((text) => /^https?:\/\//.test(text) && URL.canParse(text)),
)
const duration = v.pipe(
  v.string(),
  v.check((text) => parseDuration(text) !== undefined),
)
const strings = v.array(v.string())
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535))
const hook = v.strictObject({
  url,
  auth: v.optional(
    v.strictObject({
      type: v.literal('api_key'),
      config: v.strictObject({ in: v.picklist(['header', 'cookie']), name: v.string(), value: v.string() }),
    }),
  ),
})
const jwks = v.pipe(v.array(v.record(v.string(), v.unknown())), v.minLength(1))

const schema = v.strictObject({
  publicPort: v.optional(port),
  adminPort: v.optional(port),
  host: v.optional(v.pipe(v.string(), v.minLength(1))),
  issuer: v.optional(url),
  urls: v.optional(
    v.strictObject({
      login: v.optional(url),
      consent: v.optional(url),
      logout: v.optional(url),
      error: v.optional(url),
      registration: v.optional(url),
      postLogoutRedirect: v.optional(url),
      deviceVerification: v.optional(url),
      deviceSuccess: v.optional(url),
      public: v.optional(url),
    }),
  ),
  accessTokenStrategy: v.optional(v.picklist(['opaque', 'jwt'])),
  scopeStrategy: v.optional(v.picklist(['wildcard', 'exact'])),
  jwt: v.optional(v.strictObject({ scopeClaim: v.optional(v.picklist(['list', 'string', 'both'])) })),
  ttl: v.optional(
    v.strictObject({
      loginConsentRequest: v.optional(duration),
      accessToken: v.optional(duration),
      refreshToken: v.optional(v.union([v.literal('-1'), duration])),
      idToken: v.optional(duration),
      authCode: v.optional(duration),
      authenticationSession: v.optional(duration),
      deviceUserCode: v.optional(duration),
      vcNonce: v.optional(duration),
    }),
  ),
  tokenHook: v.optional(hook),
  refreshTokenHook: v.optional(hook),
  dynamicRegistration: v.optional(v.union([v.literal(true), v.strictObject({ defaultScope: v.optional(strings) })])),
  discovery: v.optional(
    v.strictObject({
      authUrl: v.optional(url),
      tokenUrl: v.optional(url),
      jwksUrl: v.optional(url),
      userinfoUrl: v.optional(url),
      clientRegistrationUrl: v.optional(url),
      deviceAuthorizationUrl: v.optional(url),
      supportedClaims: v.optional(strings),
      supportedScope: v.optional(strings),
    }),
  ),
  cors: v.optional(
    v.strictObject({
      allowedOrigins: v.optional(strings),
      allowedMethods: v.optional(strings),
      allowedHeaders: v.optional(strings),
      exposedHeaders: v.optional(strings),
      allowCredentials: v.optional(v.boolean()),
      maxAgeSeconds: v.optional(v.pipe(v.number(), v.minValue(0))),
    }),
  ),
  pkce: v.optional(
    v.strictObject({ enforced: v.optional(v.boolean()), enforcedForPublicClients: v.optional(v.boolean()) }),
  ),
  subjectTypes: v.optional(v.pipe(v.array(v.picklist(['public', 'pairwise'])), v.minLength(1))),
  pairwiseSalt: v.optional(v.pipe(v.string(), v.minLength(8))),
  allowedTopLevelClaims: v.optional(strings),
  mirrorTopLevelClaims: v.optional(v.boolean()),
  excludeNotBeforeClaim: v.optional(v.boolean()),
  defaultGrantAllowedScope: v.optional(v.boolean()),
  refreshTokenRotation: v.optional(
    v.strictObject({
      gracePeriod: v.optional(duration),
      graceReuseCount: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
  ),
  jwtBearer: v.optional(
    v.strictObject({
      jtiOptional: v.optional(v.boolean()),
      iatOptional: v.optional(v.boolean()),
      maxTtl: v.optional(duration),
    }),
  ),
  deviceAuthorization: v.optional(
    v.strictObject({
      tokenPollingInterval: v.optional(duration),
      userCode: v.optional(
        v.union([
          v.picklist(['high', 'medium', 'low']),
          v.strictObject({
            length: v.pipe(v.number(), v.integer(), v.minValue(6)),
            characterSet: v.pipe(v.string(), v.minLength(8)),
          }),
        ]),
      ),
    }),
  ),
  clients: v.optional(v.array(v.record(v.string(), v.unknown()))),
  keys: v.optional(
    v.union([v.literal('generate'), v.strictObject({ idToken: v.optional(jwks), accessToken: v.optional(jwks) })]),
  ),
  now: v.optional(v.custom<() => number>((value) => typeof value === 'function')),
  onRequest: v.optional(v.custom<() => void>((value) => typeof value === 'function')),
})

/** What an option should have been, by path. The schema's own messages would repeat the value, which may be a secret. */
function expectation(path: string): string {
  if (path.startsWith('ttl.refreshToken')) return 'a duration such as "90s" or "720h", or "-1" for never'
  if (path.startsWith('deviceAuthorization.userCode')) {
    return '"high", "medium", "low", or { length: at least 6, characterSet: at least 8 characters }'
  }
  if (/^ttl\.|Period$|maxTtl$|Interval$/.test(path)) return 'a duration such as "90s", "10m" or "1h30m"'
  if (/^urls\.|^issuer$|Url$|Hook\.url$/.test(path)) return 'an absolute http or https URL'
  if (path.endsWith('Port')) return 'a port number from 0 (any free port) to 65535'
  if (path === 'accessTokenStrategy') return '"opaque" or "jwt"'
  if (path === 'scopeStrategy') return '"wildcard" or "exact"'
  if (path === 'jwt.scopeClaim') return '"list", "string" or "both"'
  if (path.startsWith('subjectTypes')) return 'a list of "public" and "pairwise"'
  if (path === 'pairwiseSalt') return 'a string of at least 8 characters'
  if (path.startsWith('dynamicRegistration')) return 'true, or { defaultScope: [...] }'
  if (path.startsWith('keys')) return '"generate", or { idToken: [JWK], accessToken: [JWK] }'
  if (path.startsWith('clients')) return 'a list of clients as POST /admin/clients takes them'
  if (path === 'onRequest') return 'a function'
  if (path === 'now') return 'a function that returns milliseconds'
  if (/Hook/.test(path)) return '{ url, auth?: { type: "api_key", config: { in, name, value } } }'
  return 'a value of the documented type'
}

function checkCombinations(options: HydraOptions): HydraOptions {
  if (options.subjectTypes?.includes('pairwise') === true && options.pairwiseSalt === undefined) {
    throw optionsError(
      'startHydra: pairwise subjects need the option "pairwiseSalt", a string of at least 8 characters.',
      'pairwiseSalt',
    )
  }
  return options
}

/**
 * Checks the options, unknown names included.
 *
 * @throws TypeError `ERR_OPTIONS`, naming the option and what it should be, never the value
 */
export function checkOptions(options: unknown): HydraOptions {
  const result = v.safeParse(schema, options)
  if (result.success) return checkCombinations(options as HydraOptions)
  const issue = result.issues[0]
  const path = v.getDotPath(issue) ?? ''
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw optionsError(`startHydra: the option "${path}" is not known. Known names are listed at HydraOptions.`, path)
  }
  throw optionsError(
    path === ''
      ? 'startHydra: give an object with options, or nothing.'
      : `startHydra: the option "${path}" must be ${expectation(path)}.`,
    path === '' ? undefined : path,
  )
}
