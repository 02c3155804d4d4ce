/** Turns an operation into a request for the server at hand, and its answer into a result or an error. */
import { Pool } from 'undici'
import { Answer } from './answer.ts'
import { checkCallOptions, toHydraCall } from './call.ts'
import type { CallOptions, HydraCall, ResponseSlot } from './call.ts'
import type { HydraDispatcher } from './dispatcher.ts'
import { encodeFields, encodeSegment } from './encoding.ts'
import type { FieldValue } from './encoding.ts'
import { readErrorBody } from './error-body.ts'
import type { ErrorBody } from './error-body.ts'
import {
  HydraHttpError,
  HydraProtocolError,
  HydraUnreachableError,
  optionsError,
  UnsupportedOperationError,
} from './errors.ts'
import { operations } from './operations.ts'
import type { OperationName } from './operations.ts'
import { checkBearer } from './options.ts'
import type { AdminAuth, HydraAddress, ResolvedOptions } from './options.ts'
import { redact } from './redact.ts'
import { parseRetryAfter } from './retry.ts'
import { featuresOf } from './server-versions/features.ts'
import type { ServerFeatures } from './server-versions/features.ts'
import { probeServerVersion } from './server-versions/probe.ts'
import { isAtLeast } from './server-versions/release.ts'
import { isSameEverywhere, routesOf, routesOfVersion2 } from './server-versions/routes.ts'
import { send } from './transport.ts'
import type { WireRequest } from './transport.ts'
import { waitWithin } from './wait-within.ts'

/** One call of one operation. */
export interface OperationCall<T> {
  operation: OperationName
  /** Ids for the `{}` of the route, in order. */
  ids?: readonly string[]
  query?: Readonly<Record<string, FieldValue>>
  form?: Readonly<Record<string, FieldValue>>
  json?: unknown
  /** For operations of the public port: their own credentials. */
  authorization?: string | undefined
  /** Default `application/json`. */
  accept?: string
  /** Smaller limit than the client's. */
  maxResponseBytes?: number
  /** Reads a successful answer. */
  read: (answer: Answer) => T
  /** Turns a documented refusal into a result; `undefined` leaves it an error. */
  readRefusal?: (status: number, body: ErrorBody) => { result: T } | undefined
  options?: CallOptions | undefined
}

/** A port of the server, ready for requests. */
interface Port {
  origin: string
  path: string
  dispatcher: HydraDispatcher
  /** Header lists by kind of body, made once. */
  headers: { none: string[]; json: string[]; form: string[] }
  bearer: (() => string | Promise<string>) | undefined
}

/** An operation on the server at hand. */
interface Target {
  port: Port
  /** The path, split at its `{}`. */
  path: readonly string[]
}

const EMPTY: CallOptions = {}

/** Holds the connections and what is known about the server. */
export class Caller {
  readonly options: ResolvedOptions
  readonly #pools = new Map<string, Pool>()
  readonly #ports: { admin: Port | undefined; public: Port | undefined }
  readonly #targets = new Map<OperationName, Target>()
  #features: ServerFeatures | undefined
  #probe: Promise<ServerFeatures> | undefined

  constructor(options: ResolvedOptions) {
    this.options = options
    if (options.serverVersion !== undefined) this.#features = featuresOf(options.serverVersion)
    this.#ports = {
      admin: this.#port(options.adminUrl, options.adminAuth),
      public: this.#port(options.publicUrl, undefined),
    }
    this.#override('tokens.introspect', options.introspectionUrl, options.adminAuth)
    this.#override('oidc.jwks', options.jwksUrl, undefined)
  }

  /** Sends one operation. */
  call<T>(call: OperationCall<T>): HydraCall<T> {
    const slot: ResponseSlot = {}
    return toHydraCall(this.run(call, slot), slot)
  }

  /** Like {@link call}, for methods that need several requests: `work` puts the deciding answer into the slot. */
  compose<T>(work: (slot: ResponseSlot) => Promise<T>): HydraCall<T> {
    const slot: ResponseSlot = {}
    return toHydraCall(work(slot), slot)
  }

  /** What the server can do; asked once, on first use. A failure isn't kept: the next call asks again. */
  features(): Promise<ServerFeatures> {
    if (this.#features !== undefined) return Promise.resolve(this.#features)
    this.#probe ??= this.#askVersion().finally(() => {
      this.#probe = undefined
    })
    return this.#probe
  }

  /** The public port's address for building URLs. */
  publicAddress(method: string): HydraAddress {
    if (this.options.publicUrl === undefined)
      throw optionsError(`\`${method}\` needs the \`publicUrl\` option of the client`)
    return this.options.publicUrl
  }

  /** Closes all connections of ours, after the calls that are under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  /** Sends one operation and leaves its answer in `slot`. */
  async run<T>(call: OperationCall<T>, slot: ResponseSlot): Promise<T> {
    const options = call.options ?? EMPTY
    if (options !== EMPTY) checkCallOptions(options)
    let target = this.#targets.get(call.operation)
    let timeoutMs = options.timeoutMs ?? this.options.timeoutMs
    let authorization = call.authorization
    if (target === undefined || target.port.bearer !== undefined) {
      const startedAt = performance.now()
      const limit = { operation: call.operation, timeoutMs, signal: options.signal }
      target ??= await waitWithin(this.#findTarget(call.operation), limit)
      if (target.port.bearer !== undefined)
        authorization = await waitWithin(ask(target.port.bearer, call.operation), limit)
      timeoutMs = Math.max(1, Math.ceil(timeoutMs - (performance.now() - startedAt)))
    }
    const request = this.#toRequest(call, target, options, timeoutMs, authorization)
    const answer = await send(request)
    slot.response = answer
    return this.#read(call, answer, request)
  }

  #toRequest<T>(
    call: OperationCall<T>,
    target: Target,
    options: CallOptions,
    timeoutMs: number,
    authorization: string | undefined,
  ): WireRequest {
    const { operation } = call
    const facts = operations[operation]
    const { port } = target
    let path = target.path[0]!
    if (call.ids !== undefined) path = this.#fillIn(target.path, call.ids)
    if (call.query !== undefined) path += `?${encodeFields(call.query)}`
    let headers = port.headers.none
    let body: string | null = null
    if (call.form !== undefined) {
      headers = port.headers.form
      body = encodeFields(call.form)
    } else if (call.json !== undefined) {
      headers = port.headers.json
      body = JSON.stringify(call.json)
    }
    if (authorization !== undefined) headers = [...headers, 'authorization', authorization]
    if (call.accept !== undefined) headers = headers.with(1, call.accept)
    return {
      operation,
      dispatcher: port.dispatcher,
      options: { origin: port.origin, path, method: facts.method, headers, body },
      timeoutMs,
      retries: facts.retry === 'safe' ? (options.retries ?? this.options.retries) : 0,
      maxResponseBytes: Math.min(call.maxResponseBytes ?? Infinity, this.options.maxResponseBytes),
      signal: options.signal,
      now: this.options.now,
    }
  }

  #read<T>(call: OperationCall<T>, answer: Answer, request: WireRequest): T {
    const { operation } = call
    const { status } = answer
    if (status === operations[operation].success) return call.read(answer)
    if (status < 300) {
      throw new HydraProtocolError(operation, 'status', `Hydra doesn't answer this with ${status}`, status)
    }
    if (status < 400) {
      const hint = 'redirects are not followed; is this the address of something else, such as a sign-in proxy?'
      throw new HydraProtocolError(
        operation,
        'redirect',
        `${request.options.origin} redirects (${status}); ${hint}`,
        status,
      )
    }
    const body = readErrorBody(status, answer.text())
    const outcome = call.readRefusal?.(status, body)
    if (outcome !== undefined) return outcome.result
    throw this.#refusal(operation, answer, body, request)
  }

  #refusal(operation: OperationName, answer: Answer, body: ErrorBody, request: WireRequest): HydraHttpError {
    const { status } = answer
    return new HydraHttpError(operation, {
      status,
      error: redact(body.error, request.options),
      description: redact(body.description, request.options),
      hint: body.hint === undefined ? undefined : redact(body.hint, request.options),
      retryAfterMs: parseRetryAfter(answer.header('retry-after'), this.options.now),
    })
  }

  #fillIn(parts: readonly string[], ids: readonly string[]): string {
    const slashAllowed = this.#features?.slashInPath ?? true
    return parts.reduce((path, part, i) => path + encodeSegment(ids[i - 1], slashAllowed) + part)
  }

  /** Learns the server's version if the operation depends on it, and refuses what that server lacks. */
  async #findTarget(operation: OperationName): Promise<Target> {
    const { port: name, since, until } = operations[operation]
    const port = this.#ports[name]
    if (port === undefined) throw optionsError(`\`${operation}\` needs the \`${name}Url\` option of the client`)
    let routes = routesOfVersion2
    if (!isSameEverywhere(operation)) {
      const mayAsk = this.#features !== undefined || this.#ports.admin !== undefined
      const version = mayAsk ? (await this.features()).version : undefined
      if (version !== undefined) {
        const tooOld = since !== undefined && !isAtLeast(version.release, since)
        const tooNew = until !== undefined && isAtLeast(version.release, until)
        if (tooOld || tooNew) {
          throw new UnsupportedOperationError(operation, {
            serverVersion: version.release,
            ...(since !== undefined ? { since } : {}),
            ...(until !== undefined ? { until } : {}),
          })
        }
        routes = routesOf(version.release)
      }
    }
    const target = { port, path: (port.path + routes[operation]).split('{}') }
    this.#targets.set(operation, target)
    return target
  }

  async #askVersion(): Promise<ServerFeatures> {
    const port = this.#ports.admin
    if (port === undefined) {
      throw optionsError('the server version can only be asked with `adminUrl`; set `adminUrl` or `serverVersion`')
    }
    const { timeoutMs, retries, maxResponseBytes, now } = this.options
    const authorization = port.bearer === undefined ? undefined : await ask(port.bearer, 'metadata.version')
    const version = await probeServerVersion(port.origin + port.path, (path) =>
      send({
        operation: 'metadata.version',
        dispatcher: port.dispatcher,
        options: {
          origin: port.origin,
          path: port.path + path,
          method: 'GET',
          headers:
            authorization === undefined ? port.headers.none : [...port.headers.none, 'authorization', authorization],
          body: null,
        },
        timeoutMs,
        retries,
        maxResponseBytes,
        signal: undefined,
        now,
      }),
    )
    this.#features = featuresOf(version)
    return this.#features
  }

  #override(operation: OperationName, address: HydraAddress | undefined, auth: AdminAuth | undefined): void {
    const port = this.#port(address, auth)
    if (port !== undefined) this.#targets.set(operation, { port, path: [port.path === '' ? '/' : port.path] })
  }

  #port(address: HydraAddress | undefined, auth: AdminAuth | undefined): Port | undefined {
    if (address === undefined) return undefined
    const always = ['accept', 'application/json', 'user-agent', 'hydra-kit', ...this.options.headers.flat()]
    if (auth !== undefined && 'basic' in auth) {
      const credentials = Buffer.from(`${auth.basic.username}:${auth.basic.password}`).toString('base64')
      always.push('authorization', `Basic ${credentials}`)
    } else if (auth !== undefined && typeof auth.bearer === 'string') {
      always.push('authorization', `Bearer ${auth.bearer}`)
    }
    return {
      ...address,
      dispatcher: this.options.dispatcher ?? this.#pool(address.origin),
      headers: {
        none: always,
        json: [...always, 'content-type', 'application/json'],
        form: [...always, 'content-type', 'application/x-www-form-urlencoded'],
      },
      bearer: auth !== undefined && 'bearer' in auth && typeof auth.bearer === 'function' ? auth.bearer : undefined,
    }
  }

  #pool(origin: string): Pool {
    let pool = this.#pools.get(origin)
    if (pool === undefined) {
      pool = new Pool(origin)
      this.#pools.set(origin, pool)
    }
    return pool
  }
}

/** Asks the user's function for a token. */
async function ask(bearer: () => string | Promise<string>, operation: OperationName): Promise<string> {
  let token: unknown
  try {
    token = await bearer()
  } catch (cause) {
    throw new HydraUnreachableError(operation, 'the function `adminAuth.bearer` failed to give a token', { cause })
  }
  return `Bearer ${checkBearer(token, 'what the function `adminAuth.bearer` returned')}`
}
