/** The options of a client: validated and completed once, into a shape without optional fields. */
import type { HydraDispatcher } from './dispatcher.ts'
import { optionsError } from './options-error.ts'
import { isLoopbackHost, isPrivateHost } from './plain-http.ts'
import { parseServerVersion } from './server-versions/release.ts'
import type { ServerLine, ServerVersion } from './server-versions/release.ts'

/** Credentials for a proxy in front of Hydra's admin port; Hydra itself checks none. */
export type AdminAuth =
  | {
      /** HTTP Basic (RFC 7617). */
      basic: {
        /** Without a colon. */
        username: string
        /** Any text. */
        password: string
      }
    }
  | {
      /**
       * A token (RFC 6750), or a function that gives one; the function is asked before every call and should keep its
       * token while it is fresh.
       */
      bearer: string | (() => string | Promise<string>)
    }

/** Options of {@link createHydraClient}. At least one address is needed. */
export interface HydraClientOptions {
  /**
   * Where this process reaches Hydra's public port (default port 4444), needed by `oidc`, `device`, `registration`,
   * `credentials`, `tokens.revoke` and `tokens.exchange`. A path is kept. Plain http: loopback and private hosts only.
   */
  publicUrl?: string | undefined
  /** Hydra's admin port (default port 4445), without `/admin`, needed by everything else. Plain http: as `publicUrl`. */
  adminUrl?: string | undefined
  /** The key set's full address. Default: `publicUrl` + `/.well-known/jwks.json`. */
  jwksUrl?: string | undefined
  /** The introspection endpoint's full address, for an API that needs no more of that port. Default: below `adminUrl`. */
  introspectionUrl?: string | undefined
  /**
   * Which Hydra this is: a line (`'1.11'`), a release (`'1.11.10'`) or `'auto'`, which asks the admin port once, on
   * first use. Without `adminUrl` nothing can be asked, and operations of the public port are sent as they are.
   * Default: `'auto'`.
   */
  serverVersion?: 'auto' | ServerLine | `${number}.${number}.${number}` | undefined
  /** Sent to the admin port and to `introspectionUrl`, never to the public port. Default: none. */
  adminAuth?: AdminAuth | undefined
  /**
   * Sent with every request, to both ports. For calls inside a cluster to a Hydra that expects TLS to be ended before
   * it (`serve.tls.allow_termination_from`): `{ 'x-forwarded-proto': 'https' }`. Default: none.
   */
  headers?: Readonly<Record<string, string>> | undefined
  /** Time limit of a call in milliseconds, over connecting, headers, body and all tries. Default 5 000, at most 60 000. */
  timeoutMs?: number | undefined
  /** Tries after the first of operations that may be repeated, 0 – 5, with growing jittered pauses that obey `Retry-After`. Default 2. */
  retries?: number | undefined
  /** Largest answer that is read, in bytes. Default 1 MiB; a key set is never read past 512 KiB. */
  maxResponseBytes?: number | undefined
  /** Plain http to any host: tokens and secrets then cross the network readable. Default `false`. */
  allowInsecureHttp?: boolean | undefined
  /**
   * An undici dispatcher (ProxyAgent, Agent with client certificates, MockAgent …). It isn't closed by `close()`.
   * Default: a pool of this client's own.
   */
  dispatcher?: HydraDispatcher | undefined
  /** The time in milliseconds since 1970, for `Retry-After` dates. Default `Date.now`. */
  now?: (() => number) | undefined
  /**
   * Told about each member of a request body that was left out because the server doesn't know it: servers up to 2.3
   * refuse accept and reject bodies with unknown members. Default: left out silently.
   */
  onDroppedField?: ((dropped: DroppedField) => void) | undefined
}

/** A member that was left out of a request body. */
export interface DroppedField {
  /** The operation, such as `loginRequests.accept`. */
  operation: string
  /** The member, such as `identity_provider_session_id`. */
  field: string
  /** The server's release. */
  serverVersion: string
  /** The first release that knows the member, if any does. */
  since?: string
}

/** An address, taken apart once. */
export interface HydraAddress {
  readonly origin: string
  /** Without a slash at the end: empty for the root. */
  readonly path: string
}

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly publicUrl: HydraAddress | undefined
  readonly adminUrl: HydraAddress | undefined
  readonly jwksUrl: HydraAddress | undefined
  readonly introspectionUrl: HydraAddress | undefined
  readonly serverVersion: ServerVersion | undefined
  readonly adminAuth: AdminAuth | undefined
  readonly headers: readonly [string, string][]
  readonly timeoutMs: number
  readonly retries: number
  readonly maxResponseBytes: number
  readonly dispatcher: HydraDispatcher | undefined
  readonly now: () => number
  readonly onDroppedField: ((dropped: DroppedField) => void) | undefined
}

const MAX_TIMEOUT_MS = 60_000
const MAX_RETRIES = 5
const KNOWN: Record<keyof HydraClientOptions, true> = {
  publicUrl: true,
  adminUrl: true,
  jwksUrl: true,
  introspectionUrl: true,
  serverVersion: true,
  adminAuth: true,
  headers: true,
  timeoutMs: true,
  retries: true,
  maxResponseBytes: true,
  allowInsecureHttp: true,
  dispatcher: true,
  now: true,
  onDroppedField: true,
}

/**
 * Checks options and fills in defaults.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function resolveOptions(options: HydraClientOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null)
    throw optionsError('createHydraClient needs an object of options')
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(KNOWN, name)) {
      throw optionsError(`unknown option ${JSON.stringify(name)}; known are ${Object.keys(KNOWN).join(', ')}`, name)
    }
  }
  const insecure = check(options.allowInsecureHttp ?? false, isBoolean, 'allowInsecureHttp', 'true or false')
  const resolved: ResolvedOptions = {
    publicUrl: address(options.publicUrl, 'publicUrl', insecure),
    adminUrl: address(options.adminUrl, 'adminUrl', insecure),
    jwksUrl: address(options.jwksUrl, 'jwksUrl', insecure),
    introspectionUrl: address(options.introspectionUrl, 'introspectionUrl', insecure),
    serverVersion: serverVersion(options.serverVersion),
    adminAuth: adminAuth(options.adminAuth),
    headers: extraHeaders(options.headers),
    timeoutMs: checkTimeoutMs(options.timeoutMs ?? 5_000),
    retries: checkRetries(options.retries ?? 2),
    maxResponseBytes: whole(options.maxResponseBytes ?? 1_048_576, 'maxResponseBytes', 1_024, 104_857_600, 'bytes'),
    dispatcher: check(options.dispatcher, isDispatcher, 'dispatcher', 'an undici dispatcher (with a dispatch method)'),
    now: check(options.now ?? Date.now, isFunction, 'now', 'a function that returns milliseconds since 1970'),
    onDroppedField: check(options.onDroppedField, isOptionalFunction, 'onDroppedField', 'a function'),
  }
  if (!resolved.publicUrl && !resolved.adminUrl && !resolved.jwksUrl && !resolved.introspectionUrl) {
    throw optionsError(
      'no address given: set `publicUrl`, `adminUrl` or both (or `jwksUrl`, `introspectionUrl` for these alone)',
    )
  }
  return resolved
}

/** @throws TypeError `ERR_OPTIONS` if it isn't a number of milliseconds from 1 to 60 000 */
export function checkTimeoutMs(value: number): number {
  return whole(value, 'timeoutMs', 1, MAX_TIMEOUT_MS, 'milliseconds')
}

/** @throws TypeError `ERR_OPTIONS` if it isn't a whole number from 0 to 5 */
export function checkRetries(value: number): number {
  return whole(value, 'retries', 0, MAX_RETRIES, 'tries after the first')
}

function address(value: string | undefined, name: string, insecure: boolean): HydraAddress | undefined {
  if (value === undefined) return undefined
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw optionsError(`\`${name}\` must be an absolute http(s) URL such as https://auth.example.com`, name)
  }
  if (url.username !== '' || url.password !== '') {
    throw optionsError(
      `\`${name}\` must not contain credentials; set \`adminAuth: { basic: { username, password } }\``,
      name,
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw optionsError(`\`${name}\` must not have a query or a fragment; give the address alone`, name)
  }
  if (url.protocol === 'http:' && !insecure && !isLoopbackHost(url.hostname) && !isPrivateHost(url.hostname)) {
    throw optionsError(
      `\`${name}\` is plain http to the public host ${url.hostname}: secrets and tokens would be readable on the way. Use https, or set \`allowInsecureHttp: true\` if you really want that`,
      name,
    )
  }
  const path = url.pathname.replace(/\/+$/, '')
  return { origin: url.origin, path }
}

function serverVersion(value: unknown): ServerVersion | undefined {
  if (value === undefined || value === 'auto') return undefined
  const version = typeof value === 'string' ? parseServerVersion(value, 'option') : undefined
  if (version === undefined) {
    throw optionsError(
      "`serverVersion` must be 'auto', a line such as '1.11' or '26.2', or a release such as '1.11.10'",
      'serverVersion',
    )
  }
  return version
}

function adminAuth(value: AdminAuth | undefined): AdminAuth | undefined {
  if (value === undefined) return undefined
  const cure = '`adminAuth` must be `{ basic: { username, password } }` or `{ bearer: token or function }`'
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1)
    throw optionsError(cure, 'adminAuth')
  if ('basic' in value) {
    const { username, password } = value.basic ?? {}
    if (typeof username !== 'string' || typeof password !== 'string') throw optionsError(cure, 'adminAuth')
    // RFC 7617 section 2: the user-id ends at the first colon.
    if (username.includes(':'))
      throw optionsError('`adminAuth.basic.username` must not contain a colon', 'adminAuth.basic.username')
    return { basic: { username, password } }
  }
  if (typeof value.bearer === 'string')
    return { bearer: checkBearer(value.bearer, '`adminAuth.bearer`', 'adminAuth.bearer') }
  if (typeof value.bearer !== 'function') throw optionsError(cure, 'adminAuth')
  return { bearer: value.bearer }
}

/** @throws TypeError `ERR_OPTIONS` if it isn't a token of RFC 6750 section 2.1; the message doesn't contain it */
export function checkBearer(token: unknown, name: string, option?: string): string {
  if (typeof token !== 'string' || !/^[\w.~+/-]+=*$/.test(token)) {
    throw optionsError(
      `${name} is not a bearer token: letters, digits and -._~+/ only (is there a line break at the end?)`,
      option,
    )
  }
  return token
}

function extraHeaders(value: unknown): [string, string][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null)
    throw optionsError('`headers` must be an object of strings', 'headers')
  return Object.entries(value).map(([name, content]) => {
    const lower = name.toLowerCase()
    if (
      !/^[!#$%&'*+.^_`|~\w-]+$/.test(name) ||
      typeof content !== 'string' ||
      !/^[\t\x20-\x7e\x80-\xff]*$/.test(content)
    ) {
      throw optionsError(
        `\`headers\`: ${JSON.stringify(name)} is not a header name with a one-line string as its value`,
        'headers',
      )
    }
    if (lower === 'authorization')
      throw optionsError('`headers` must not contain Authorization; use `adminAuth`', 'headers')
    if (OWN_HEADERS.has(lower))
      throw optionsError(`\`headers\` must not contain ${name}: the client sets it`, 'headers')
    return [lower, content]
  })
}

const OWN_HEADERS = new Set(['accept', 'content-type', 'content-length', 'transfer-encoding', 'connection'])

function whole(value: unknown, name: string, least: number, most: number, unit: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw optionsError(`\`${name}\` must be a whole number from ${least} to ${most} (${unit})`, name)
  }
  return value
}

function check<T>(value: T, holds: (value: unknown) => boolean, name: string, what: string): T {
  if (!holds(value)) throw optionsError(`\`${name}\` must be ${what}`, name)
  return value
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

function isOptionalFunction(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

function isDispatcher(value: unknown): boolean {
  return value === undefined || typeof (value as HydraDispatcher | null)?.dispatch === 'function'
}
