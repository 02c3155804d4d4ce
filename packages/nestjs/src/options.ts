/** Options of `HydraModule`, checked when the application starts. */
import {
  assertSharedResourceServer,
  type ResourceServerOptions,
  type SharedResourceServer,
} from '@hydra-kit/resource-server'
import type { ExecutionContext } from '@nestjs/common'
import {
  resolveContextSettings,
  type ContextSettings,
  type ResolvedContextSettings,
} from './contexts/context-settings.ts'
import { optionsError } from './options-error.ts'

/**
 * `global`: every route, resolver and message handler needs a token unless a decorator opens it. `per-route`: only those
 * with a decorator do, on them or on their class.
 */
export type GuardMode = 'global' | 'per-route'

/** How the module treats calls, whatever the resource server. */
export interface HydraModuleSettings extends ContextSettings {
  /**
   * With several issuers: what `selectIssuer` sees as `facts.tenant`, for example
   * `(context) => context.switchToHttp().getRequest().hostname`. Default: nothing.
   */
  readonly tenant?: ((context: ExecutionContext) => string | undefined) | undefined
  /**
   * `report` logs every route with its rule at start; `enforce` also refuses to start if no decorator says who may call a
   * route. Default: neither. The list itself is always at hand in `HydraRoutes`.
   */
  readonly routes?: 'report' | 'enforce' | undefined
  /**
   * Ask the Hydra at start whether it is the one that the options speak of, and whether it answers; refuse to start
   * otherwise. Default false: an API may start before its Hydra does.
   */
  readonly verifyOnStart?: boolean | undefined
}

/** Options of `HydraModule.forRoot`: those of a resource server, or one that exists. Unknown names are refused. */
export type HydraModuleOptions<Extra = Readonly<Record<string, unknown>>> = HydraModuleSettings &
  (ResourceServerOptions<Extra> | SharedResourceServer<Extra>)

/** What must be known before options of `forRootAsync` are: it stands beside `useFactory`. */
export interface HydraModuleExtras {
  /** Whether the providers can be injected everywhere without importing the module. Default true. */
  isGlobal?: boolean | undefined
  /** Tells several instances apart: see `@UseHydra(name)`. Default: none. */
  name?: string | undefined
  /** Which routes need a token. The same for all instances. Default `global`. */
  guard?: GuardMode | undefined
}

/** What a class for `useClass` or `useExisting` of `forRootAsync` implements. */
export interface HydraOptionsFactory<Extra = Readonly<Record<string, unknown>>> {
  createHydraOptions(): HydraModuleOptions<Extra> | Promise<HydraModuleOptions<Extra>>
}

/** Settings, every one of them present. */
export interface ResolvedSettings extends ResolvedContextSettings {
  readonly tenant: HydraModuleSettings['tenant']
  readonly routes: HydraModuleSettings['routes']
  readonly verifyOnStart: boolean
}

/** Options taken apart: those of the module, and those of the resource server. */
export interface ResolvedOptions {
  readonly settings: ResolvedSettings
  readonly server: ResourceServerOptions<unknown> | SharedResourceServer<unknown>
}

/**
 * Takes options apart and checks those of the module; `createResourceServer` checks the others.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function resolveOptions(options: HydraModuleOptions<never>): ResolvedOptions {
  if (typeof options !== 'object' || options === null) {
    throw optionsError(
      'options',
      'HydraModule needs options.',
      'Give { issuer, adminUrl, audience } or { resourceServer }.',
    )
  }
  const {
    tenant,
    routes,
    verifyOnStart = false,
    graphql,
    websocket,
    rpc,
    ...server
  } = options as HydraModuleOptions<unknown>
  if (tenant !== undefined && typeof tenant !== 'function') {
    throw optionsError(
      'tenant',
      'tenant must be a function of the execution context.',
      'For example (context) => context.switchToHttp().getRequest().hostname.',
    )
  }
  if (routes !== undefined && routes !== 'report' && routes !== 'enforce') {
    throw optionsError('routes', "routes must be 'report' or 'enforce'.", 'Leave it out for neither.')
  }
  if (typeof verifyOnStart !== 'boolean') {
    throw optionsError('verifyOnStart', 'verifyOnStart must be true or false.', 'Leave it out to ask nothing at start.')
  }
  if (isShared(server)) assertSharedResourceServer(server)
  const contexts = resolveContextSettings(graphql, websocket, rpc)
  return { settings: { tenant, routes, verifyOnStart, ...contexts }, server }
}

/** True if a resource server was given instead of options for one. */
export function isShared(server: ResolvedOptions['server']): server is SharedResourceServer<unknown> {
  return 'resourceServer' in server
}

const extraNames = new Set(['isGlobal', 'name', 'guard'])
const asyncNames = new Set(['imports', 'inject', 'useFactory', 'useClass', 'useExisting', 'provideInjectionTokensFrom'])

/**
 * Checks what stands beside `useFactory`. A typo there would be lost silently, and `guard` with it.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function assertAsyncOptions(options: object): void {
  const given = options as Readonly<Record<string, unknown>>
  for (const name of Object.keys(given)) {
    if (extraNames.has(name) || asyncNames.has(name)) continue
    throw optionsError(
      name,
      `forRootAsync has no option ${JSON.stringify(name)}.`,
      'Return it from useFactory; beside it stand imports, inject, name, guard and isGlobal.',
    )
  }
  const ways = ['useFactory', 'useClass', 'useExisting'].filter((name) => given[name] !== undefined)
  if (ways.length !== 1) {
    throw optionsError('useFactory', 'forRootAsync takes one of useFactory, useClass and useExisting.', 'Give one.')
  }
}

/**
 * Checks the extras and fills in defaults.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function resolveExtras(extras: HydraModuleExtras): {
  name: string | undefined
  guard: GuardMode
  isGlobal: boolean
} {
  const { name, guard = 'global', isGlobal = true } = extras
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw optionsError('name', 'name must be a text that is not empty.', 'Leave it out if there is one instance.')
  }
  if (guard !== 'global' && guard !== 'per-route') {
    throw optionsError('guard', "guard must be 'global' or 'per-route'.", 'Leave it out to guard every route.')
  }
  if (typeof isGlobal !== 'boolean') {
    throw optionsError('isGlobal', 'isGlobal must be true or false.', 'Leave it out to provide everything everywhere.')
  }
  return { name, guard, isGlobal }
}
