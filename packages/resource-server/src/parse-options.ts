/** Options are read once, checked against each other, and copied into a form without optional members. */
import { isQuotable } from './challenge.ts'
import type { IntrospectionCacheOptions } from './introspection-cache.ts'
import type { IntrospectionGateOptions } from './introspection-gate.ts'
import { assertIssuerUrl, parseUrl } from './issuer-url.ts'
import type { PublicKeySet } from './key-set.ts'
import { openClient } from './open-client.ts'
import { optionsError } from './options-error.ts'
import { assertOptionsShape } from './options-schema.ts'
import type {
  CacheOptions,
  IssuerOptions,
  NamedIssuerOptions,
  ResourceServerOptions,
  SharedOptions,
  TokenPlace,
} from './options.ts'
import type { Policy } from './policy.ts'
import { withoutSlash } from './policy.ts'
import type { RequestFacts } from './request-facts.ts'
import { scopeMatcher } from './scopes.ts'
import type { ScopeMatcher } from './scopes.ts'
import { signingAlgorithms } from './signature.ts'
import type { StandardSchema } from './standard-schema.ts'
import type { Telemetry } from './telemetry.ts'
import type { VerificationClient } from './verification-client.ts'

/** One issuer with every default filled in. */
export interface ResolvedIssuer extends Policy {
  /** Undefined if there is just one. */
  readonly name: string | undefined
  readonly client: VerificationClient
  /** Closes a client that was opened here. */
  readonly close: () => Promise<void>
  readonly acceptsJwt: boolean
  readonly acceptsOpaque: boolean
  /** True if introspection is configured. */
  readonly introspects: boolean
  /** `jwtCheck` in milliseconds: how old introspection of a JWT may be. Undefined: keys alone. */
  readonly recheckMs: number | undefined
  readonly savedKeys: PublicKeySet | undefined
  readonly algorithms: readonly string[]
  readonly covers: ScopeMatcher
  readonly gate: Omit<IntrospectionGateOptions, 'now'>
  readonly cache: Omit<IntrospectionCacheOptions, 'now'> & { readonly maxAgeMs: number }
}

/** Options with every default filled in. */
export interface ResolvedOptions<Extra> {
  readonly issuers: readonly ResolvedIssuer[]
  readonly selectIssuer: ((facts: RequestFacts) => string | undefined) | undefined
  readonly tokenFrom: readonly TokenPlace[]
  readonly extra: StandardSchema<Extra> | undefined
  readonly realm: string | undefined
  readonly resourceMetadataUrl: string | undefined
  readonly now: () => number
  readonly onRefused: SharedOptions<Extra>['onRefused']
  readonly onVerified: SharedOptions<Extra>['onVerified']
  readonly telemetry: Telemetry | undefined
}

/**
 * Checks the options and fills in defaults.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure, never a received value.
 */
export function parseOptions<Extra>(options: ResourceServerOptions<Extra>): ResolvedOptions<Extra> {
  assertOptionsShape(options)
  const { tokenFrom = ['header'], extra, realm, resourceMetadataUrl, now = Date.now } = options
  const { onRefused, onVerified, telemetry } = options
  assertQuotable('realm', realm)
  assertQuotable('resourceMetadataUrl', resourceMetadataUrl)
  if (resourceMetadataUrl !== undefined && parseUrl(resourceMetadataUrl) === undefined) {
    const cure = 'As https://api.example.com/.well-known/oauth-protected-resource.'
    throw optionsError('resourceMetadataUrl', 'resourceMetadataUrl must be an absolute URL.', cure)
  }
  assertSynchronous(extra)
  const list: readonly (IssuerOptions | NamedIssuerOptions)[] = options.issuers ?? [options]
  const several = options.issuers !== undefined
  list.forEach((issuer, index) => assertIssuer(issuer, several ? `issuers[${index}].` : ''))
  if (several) assertDistinct(options.issuers, options.selectIssuer !== undefined)
  const issuers = list.map((issuer) => resolveIssuer(issuer, now))
  const selectIssuer = options.selectIssuer
  const own = { tokenFrom: [...tokenFrom], extra, realm, resourceMetadataUrl, now, onRefused, onVerified, telemetry }
  return { issuers, selectIssuer, ...own }
}

function assertQuotable(option: string, value: string | undefined): void {
  if (value === undefined || isQuotable(value)) return
  const cure = 'Use printable ASCII without quotes and backslashes (RFC 6750 section 3).'
  throw optionsError(option, `${option} contains characters that cannot stand in a header field.`, cure)
}

function assertSynchronous(extra: StandardSchema<unknown> | undefined): void {
  if (extra === undefined) return
  let result: unknown
  try {
    result = extra['~standard'].validate({})
  } catch {
    // A validator may throw on data it was not made for; then nothing is known, and it is watched at use.
    return
  }
  if (typeof (result as PromiseLike<unknown> | null)?.then === 'function') throw asyncExtra()
}

/** The mistake of an asynchronous validator. */
export function asyncExtra(): Error {
  const problem = 'extra must be a synchronous validator: the result is kept with the token.'
  return optionsError('extra', problem, 'Move look-ups that need to wait into the route.')
}

/** Options that only make sense without `client`, which has its own. */
const clientOptions = [
  'publicUrl',
  'jwksUrl',
  'adminUrl',
  'adminAuth',
  'introspectionUrl',
  'introspectionAuth',
  'headers',
  'serverVersion',
  'dispatcher',
] as const

function assertIssuer(options: IssuerOptions, at: string): void {
  assertIssuerUrl(options.issuer, `${at}issuer`, options.allowInsecureHttp ?? false)
  for (const name of options.client === undefined ? [] : clientOptions) {
    if (options[name] === undefined) continue
    throw optionsError(
      `${at}${name}`,
      `${at}${name} cannot stand beside client.`,
      'Set it where the client is created.',
    )
  }
  assertPair(options, at, 'introspectionUrl', 'adminUrl')
  for (const [auth, url] of [
    ['adminAuth', 'adminUrl'],
    ['introspectionAuth', 'introspectionUrl'],
  ] as const) {
    if (options[auth] === undefined || options[url] !== undefined) continue
    throw optionsError(`${at}${auth}`, `${at}${auth} needs ${url}.`, `Give ${url}, or remove ${auth}.`)
  }
  const introspects = canIntrospect(options)
  if (acceptsOpaque(options) && !introspects) {
    throw optionsError(
      `${at}introspectionUrl`,
      'Opaque tokens are checked by introspection, and no address for it is given.',
      "Give introspectionUrl (or adminUrl, or client), or accept: ['jwt'] to refuse opaque tokens.",
    )
  }
  if ((options.jwtCheck ?? 'keys') === 'keys') return
  if (!introspects) {
    const cure = 'Give introspectionUrl, adminUrl or client.'
    throw optionsError(`${at}jwtCheck`, `${at}jwtCheck needs introspection, and no address for it is given.`, cure)
  }
  if (options.accept?.includes('jwt') === false) {
    throw optionsError(`${at}jwtCheck`, `${at}jwtCheck is about JWTs, which are not accepted.`, 'Remove one of both.')
  }
}

function assertPair(options: IssuerOptions, at: string, one: keyof IssuerOptions, other: keyof IssuerOptions): void {
  if (options[one] === undefined || options[other] === undefined) return
  throw optionsError(`${at}${one}`, `${at}${one} and ${at}${other} are two ways to the same.`, 'Give one of them.')
}

function acceptsOpaque({ accept }: IssuerOptions): boolean {
  return accept === undefined || accept.includes('opaque')
}

function canIntrospect(options: IssuerOptions): boolean {
  return options.client !== undefined || options.adminUrl !== undefined || options.introspectionUrl !== undefined
}

function assertDistinct(issuers: readonly NamedIssuerOptions[], selects: boolean): void {
  const names = new Set(issuers.map((issuer) => issuer.name))
  const urls = new Set(issuers.map((issuer) => withoutSlash(issuer.issuer)))
  if (names.size < issuers.length) {
    throw optionsError('issuers', 'Two issuers have the same name.', 'Give each its own.')
  }
  if (urls.size < issuers.length) {
    throw optionsError('issuers', 'Two entries have the same issuer: a JWT could not be routed.', 'List each once.')
  }
  if (issuers.length > 1 && !selects && issuers.some(acceptsOpaque)) {
    throw optionsError(
      'selectIssuer',
      'Nothing in an opaque token says which of several issuers it belongs to.',
      "Give selectIssuer, or accept: ['jwt'] for every issuer.",
    )
  }
}

function resolveIssuer(options: IssuerOptions & { readonly name?: string }, now: () => number): ResolvedIssuer {
  const { audience, accept = ['jwt', 'opaque'], jwtCheck = 'keys', cache = {} } = options
  const maxAgeMs = (cache.maxAgeSeconds ?? 10) * 1000
  const own = options.client === undefined ? openClient(options, now) : undefined
  return {
    name: options.name,
    issuer: withoutSlash(options.issuer),
    audience: typeof audience === 'string' ? [audience] : audience && [...audience],
    clockToleranceSeconds: options.clockToleranceSeconds ?? 5,
    client: own ?? options.client!,
    close: async () => own?.close(),
    acceptsJwt: accept.includes('jwt'),
    acceptsOpaque: accept.includes('opaque'),
    introspects: canIntrospect(options),
    recheckMs:
      jwtCheck === 'keys' ? undefined : jwtCheck === 'introspection' ? maxAgeMs : jwtCheck.recheckSeconds * 1000,
    requireAtJwt: options.requireAtJwt ?? false,
    savedKeys: options.savedKeys,
    algorithms: [...(options.algorithms ?? signingAlgorithms)],
    covers: scopeMatcher(options.scopeStrategy ?? 'wildcard'),
    gate: {
      timeoutMs: options.introspectionTimeoutMs ?? 2000,
      maxConcurrent: options.introspectionMaxConcurrent ?? 64,
      maxQueued: options.introspectionMaxQueued ?? 256,
      openAfterFailures: options.breaker?.openAfterFailures ?? 5,
      breakMs: (options.breaker?.retryAfterSeconds ?? 2) * 1000,
    },
    cache: resolveCache(cache, maxAgeMs),
  }
}

function resolveCache(cache: CacheOptions, maxAgeMs: number): ResolvedIssuer['cache'] {
  const maxEntries = cache.maxEntries ?? 50_000
  return {
    maxAgeMs,
    maxEntries,
    negativeMaxAgeMs: (cache.negativeMaxAgeSeconds ?? 5) * 1000,
    staleWhileRevalidateMs: (cache.staleWhileRevalidateSeconds ?? 0) * 1000,
    staleIfErrorMs: (cache.staleIfErrorSeconds ?? 0) * 1000,
    maxBytes: cache.maxBytes ?? maxEntries * 2048,
    negativeMaxEntries: cache.negativeMaxEntries ?? 5_000,
  }
}
