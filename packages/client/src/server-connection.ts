/** The server behind a client: its ports, its connections, and what it can do. */
import { Pool } from 'undici'
import type { HydraDispatcher } from './dispatcher.ts'
import { HydraUnreachableError, UnsupportedOperationError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { operations } from './operations.ts'
import type { OperationName } from './operations.ts'
import { checkBearer } from './options.ts'
import type { AdminAuth, HydraAddress, ResolvedOptions } from './options.ts'
import { featuresOf } from './server-versions/features.ts'
import type { ServerFeatures } from './server-versions/features.ts'
import { probeServerVersion } from './server-versions/probe.ts'
import { isAtLeast } from './server-versions/release.ts'
import { isSameEverywhere, routesOf, routesOfVersion2 } from './server-versions/routes.ts'
import { send } from './transport.ts'

/** Connections to one origin; further calls wait for one, within their time limit. */
const MAX_CONNECTIONS = 128

/** A port of the server, ready for requests. */
export interface Port {
  readonly origin: string
  readonly path: string
  readonly dispatcher: HydraDispatcher
  /** Header lists by kind of body, made once. The value of `accept` is the second entry. */
  readonly headers: { readonly none: string[]; readonly json: string[]; readonly form: string[] }
  /** Set where a token has to be asked for before every request. */
  readonly bearer: (() => string | Promise<string>) | undefined
}

/** Where an operation is found on this server. */
export interface Target {
  readonly port: Port
  /** The path, split at its `{}`. */
  readonly path: readonly string[]
}

/** Connects to one server and learns about it. */
export class ServerConnection {
  readonly #options: ResolvedOptions
  readonly #pools = new Map<string, Pool>()
  readonly #ports: { readonly admin: Port | undefined; readonly public: Port | undefined }
  readonly #targets = new Map<OperationName, Target>()
  #features: ServerFeatures | undefined
  #probe: Promise<ServerFeatures> | undefined

  constructor(options: ResolvedOptions) {
    this.#options = options
    if (options.serverVersion !== undefined) this.#features = featuresOf(options.serverVersion)
    this.#ports = {
      admin: this.#port(options.adminUrl, options.adminAuth),
      public: this.#port(options.publicUrl, undefined),
    }
    this.#override('tokens.introspect', options.introspectionUrl, options.adminAuth)
    this.#override('oidc.jwks', options.jwksUrl, undefined)
  }

  /** What is known about the server so far. */
  get knownFeatures(): ServerFeatures | undefined {
    return this.#features
  }

  /** What the server can do; asked once, on first use. A failure isn't kept: the next call asks again. */
  features(): Promise<ServerFeatures> {
    if (this.#features !== undefined) return Promise.resolve(this.#features)
    this.#probe ??= this.#askVersion().finally(() => {
      this.#probe = undefined
    })
    return this.#probe
  }

  /** The features, or `undefined` where nobody can be asked: without `adminUrl` and `serverVersion`. */
  async featuresIfKnowable(): Promise<ServerFeatures | undefined> {
    return this.#features !== undefined || this.#ports.admin !== undefined ? this.features() : undefined
  }

  /** Where an operation is, if that was found out before. */
  knownTarget(operation: OperationName): Target | undefined {
    return this.#targets.get(operation)
  }

  /**
   * Where an operation is; asks for the server's version if it depends on that.
   *
   * @throws TypeError `ERR_OPTIONS` if the port's address isn't given; UnsupportedOperationError
   */
  async findTarget(operation: OperationName): Promise<Target> {
    const { port: name, since, until } = operations[operation]
    const port = this.#ports[name]
    if (port === undefined) throw optionsError(`\`${operation}\` needs the \`${name}Url\` option of the client`)
    let routes = routesOfVersion2
    if (!isSameEverywhere(operation)) {
      const release = (await this.featuresIfKnowable())?.version.release
      if (release !== undefined) {
        const tooOld = since !== undefined && !isAtLeast(release, since)
        const tooNew = until !== undefined && isAtLeast(release, until)
        if (tooOld || tooNew) throw new UnsupportedOperationError(operation, { serverVersion: release, since, until })
        routes = routesOf(release)
      }
    }
    const target = { port, path: (port.path + routes[operation]).split('{}') }
    this.#targets.set(operation, target)
    return target
  }

  /** Closes all connections of ours, after the calls that are under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()))
  }

  async #askVersion(): Promise<ServerFeatures> {
    const port = this.#ports.admin
    if (port === undefined) {
      throw optionsError('the server version can only be asked with `adminUrl`; set `adminUrl` or `serverVersion`')
    }
    const { timeoutMs, retries, maxResponseBytes, now } = this.#options
    const headers = [...port.headers.none]
    if (port.bearer !== undefined) headers.push('authorization', await askBearer(port.bearer, 'metadata.version'))
    const version = await probeServerVersion(port.origin + port.path, (path) =>
      send({
        operation: 'metadata.version',
        dispatcher: port.dispatcher,
        options: { origin: port.origin, path: port.path + path, method: 'GET', headers, body: null },
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
    const always = ['accept', 'application/json', 'user-agent', 'hydra-kit', ...this.#options.headers.flat()]
    if (auth !== undefined && 'basic' in auth) {
      const credentials = Buffer.from(`${auth.basic.username}:${auth.basic.password}`).toString('base64')
      always.push('authorization', `Basic ${credentials}`)
    } else if (auth !== undefined && typeof auth.bearer === 'string') {
      always.push('authorization', `Bearer ${auth.bearer}`)
    }
    return {
      ...address,
      dispatcher: this.#options.dispatcher ?? this.#pool(address.origin),
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
      pool = new Pool(origin, { connections: MAX_CONNECTIONS })
      this.#pools.set(origin, pool)
    }
    return pool
  }
}

/** Asks the user's function for a token, and makes the header's value of it. */
export async function askBearer(bearer: () => string | Promise<string>, operation: OperationName): Promise<string> {
  let token: unknown
  try {
    token = await bearer()
  } catch (cause) {
    throw new HydraUnreachableError(operation, 'the function `adminAuth.bearer` failed to give a token', { cause })
  }
  return `Bearer ${checkBearer(token, 'what the function `adminAuth.bearer` returned')}`
}
