/**
 * What a call can end in, one class per thing that a caller handles differently.
 *
 * The classes are recognised by a registered symbol, never by `instanceof`: two copies of this package (ESM beside
 * CJS, two versions in one tree) and other realms (Jest) then still understand each other's errors.
 */
import type { OperationName } from './operations.ts'

const BRAND: unique symbol = Symbol.for('@hydra-kit/client.error')

/** Every `code` that an error of this package can have. */
export type HydraErrorCode =
  | 'ERR_HYDRA_HTTP'
  | 'ERR_HYDRA_UNREACHABLE'
  | 'ERR_HYDRA_TIMEOUT'
  | 'ERR_HYDRA_PROTOCOL'
  | 'ERR_HYDRA_UNSUPPORTED'
  | 'ERR_OPTIONS'

/** What all errors of a call have in common. Wrong options and arguments are another kind: `OptionsError`. */
export abstract class HydraError extends Error {
  /** Stable; see the error page of the documentation. */
  abstract readonly code: HydraErrorCode
  /** The method that failed, such as `tokens.introspect`. */
  readonly operation: OperationName

  constructor(operation: OperationName, message: string, options?: { cause?: unknown }) {
    super(`${operation}: ${message}`, options)
    this.operation = operation
  }
}

/** The facts of a refusal; texts are Hydra's own, with every secret of the request blanked out. */
export interface HydraHttpErrorFacts {
  /** The HTTP status. */
  status: number
  /** Hydra's `error`. */
  error: string
  /** Hydra's `error_description`. */
  description: string
  /** Hydra's `error_hint`. */
  hint?: string | undefined
  /** What `Retry-After` asked for. */
  retryAfterMs?: number | undefined
}

/** Hydra (or a proxy in front of it) answered, and said no. */
export class HydraHttpError extends HydraError {
  readonly code: 'ERR_HYDRA_HTTP' = 'ERR_HYDRA_HTTP' as const
  /** The HTTP status; since 1.9 no error body of Hydra repeats it. */
  readonly status: number
  /**
   * Hydra's `error` member: an OAuth 2.0 code on token, revocation, introspection and device endpoints, but often a
   * whole sentence on the admin port. `http_<status>` if the answer had none (HTML or text of a proxy).
   */
  readonly error: string
  /** Hydra's `error_description`; empty if it sent none. */
  readonly description: string
  /** Hydra's `error_hint`, a member of its own only up to 1.8 (later it is part of the description). */
  declare readonly hint?: string
  /** What `Retry-After` asked for, in milliseconds. */
  declare readonly retryAfterMs?: number

  constructor(operation: OperationName, facts: HydraHttpErrorFacts) {
    super(operation, describeRefusal(facts))
    this.status = facts.status
    this.error = facts.error
    this.description = facts.description
    if (facts.hint !== undefined) this.hint = facts.hint
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs
  }
}

/** No answer: refused, unknown host, TLS failure, connection lost before the answer was complete. `cause` says which. */
export class HydraUnreachableError extends HydraError {
  readonly code: 'ERR_HYDRA_UNREACHABLE' = 'ERR_HYDRA_UNREACHABLE' as const
}

/** No complete answer within the time limit, which covers connecting, headers, body and all tries. */
export class HydraTimeoutError extends HydraError {
  readonly code: 'ERR_HYDRA_TIMEOUT' = 'ERR_HYDRA_TIMEOUT' as const
  /** The limit that was exceeded, in milliseconds. */
  readonly timeoutMs: number

  constructor(operation: OperationName, timeoutMs: number) {
    super(operation, `no complete answer within ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}

/** In what way an answer was not one of Hydra's. */
export type ProtocolErrorReason = 'redirect' | 'status' | 'not_json' | 'shape' | 'too_large' | 'not_http'

/** There was an answer, but Hydra doesn't send such an answer: most often the address is that of something else. */
export class HydraProtocolError extends HydraError {
  readonly code: 'ERR_HYDRA_PROTOCOL' = 'ERR_HYDRA_PROTOCOL' as const
  /** In what way. */
  readonly reason: ProtocolErrorReason
  /** The HTTP status of that answer, if it was HTTP. */
  declare readonly status?: number

  constructor(operation: OperationName, reason: ProtocolErrorReason, message: string, status?: number) {
    super(operation, message)
    this.reason = reason
    if (status !== undefined) this.status = status
  }
}

/** What a server lacks. */
export interface UnsupportedOperationFacts {
  /** The server's release. */
  serverVersion: string
  /** The first release that has it. */
  since?: string | undefined
  /** The first release that no longer has it. */
  until?: string | undefined
  /** The argument, if the operation itself exists. */
  argument?: string | undefined
}

/** The server that this client talks to doesn't have the operation, or not that argument of it. Nothing was sent. */
export class UnsupportedOperationError extends HydraError {
  readonly code: 'ERR_HYDRA_UNSUPPORTED' = 'ERR_HYDRA_UNSUPPORTED' as const
  /** The release of the server, such as `1.11.10`. */
  readonly serverVersion: string
  /** The first release that has it. */
  declare readonly since?: string
  /** The first release that no longer has it. */
  declare readonly until?: string
  /** The argument that the server would ignore or refuse; absent if it lacks the whole operation. */
  declare readonly argument?: string

  constructor(operation: OperationName, { serverVersion, since, until, argument }: UnsupportedOperationFacts) {
    const what = argument === undefined ? '' : `\`${argument}\` is `
    const when = until !== undefined && since === undefined ? `it was removed in ${until}` : `it exists since ${since}`
    super(operation, `${what}not supported by Hydra ${serverVersion}, ${when}`)
    this.serverVersion = serverVersion
    if (since !== undefined) this.since = since
    if (until !== undefined) this.until = until
    if (argument !== undefined) this.argument = argument
  }
}

/** Whether `value` is any error of a call, from any copy of this package. */
export function isHydraError(value: unknown): value is HydraError {
  return typeof value === 'object' && value !== null && typeof (value as Branded)[BRAND] === 'string'
}

/** Whether `value` is a {@link HydraHttpError}, from any copy of this package. */
export function isHydraHttpError(value: unknown): value is HydraHttpError {
  return isBranded(value, 'ERR_HYDRA_HTTP')
}

/** Whether `value` is a {@link HydraUnreachableError}, from any copy of this package. */
export function isHydraUnreachableError(value: unknown): value is HydraUnreachableError {
  return isBranded(value, 'ERR_HYDRA_UNREACHABLE')
}

/** Whether `value` is a {@link HydraTimeoutError}, from any copy of this package. */
export function isHydraTimeoutError(value: unknown): value is HydraTimeoutError {
  return isBranded(value, 'ERR_HYDRA_TIMEOUT')
}

/** Whether `value` is a {@link HydraProtocolError}, from any copy of this package. */
export function isHydraProtocolError(value: unknown): value is HydraProtocolError {
  return isBranded(value, 'ERR_HYDRA_PROTOCOL')
}

/** Whether `value` is an {@link UnsupportedOperationError}, from any copy of this package. */
export function isUnsupportedOperationError(value: unknown): value is UnsupportedOperationError {
  return isBranded(value, 'ERR_HYDRA_UNSUPPORTED')
}

interface Branded {
  readonly [BRAND]?: unknown
}

function isBranded(value: unknown, brand: HydraErrorCode): boolean {
  return typeof value === 'object' && value !== null && (value as Branded)[BRAND] === brand
}

function describeRefusal({ status, error, description }: HydraHttpErrorFacts): string {
  return `Hydra answered ${status} ${error}${description === '' ? '' : `: ${description}`}`
}

const classes: [abstract new (...args: never[]) => HydraError, HydraErrorCode][] = [
  [HydraHttpError, 'ERR_HYDRA_HTTP'],
  [HydraUnreachableError, 'ERR_HYDRA_UNREACHABLE'],
  [HydraTimeoutError, 'ERR_HYDRA_TIMEOUT'],
  [HydraProtocolError, 'ERR_HYDRA_PROTOCOL'],
  [UnsupportedOperationError, 'ERR_HYDRA_UNSUPPORTED'],
]
for (const [{ prototype, name }, code] of classes) {
  Object.defineProperty(prototype, BRAND, { value: code })
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true })
}
