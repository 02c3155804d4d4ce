import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common'
import { ModuleRef, ModulesContainer, type ApplicationConfig } from '@nestjs/core'
import { HydraInstances } from '../instances.ts'
import { optionsError } from '../options-error.ts'
import { httpRoutes } from './http-routes.ts'
import { messageRoutes } from './message-routes.ts'
import type { RouteEntry } from './route-entry.ts'
import { routeTable } from './route-table.ts'

/**
 * Every route of the application with its rule: `app.get(HydraRoutes).list()` after `app.init()`. `JSON.stringify` of
 * this object is the list, for a file that CI compares.
 */
@Injectable()
export class HydraRoutes implements OnApplicationBootstrap {
  readonly #modules: ModulesContainer
  readonly #moduleRef: ModuleRef
  readonly #instances: HydraInstances

  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(ModuleRef) moduleRef: ModuleRef,
    @Inject(HydraInstances) instances: HydraInstances,
  ) {
    this.#modules = modules
    this.#moduleRef = moduleRef
    this.#instances = instances
  }

  /** The routes, resolvers and message handlers of all modules, those of imported packages too. */
  list(): readonly RouteEntry[] {
    const http = httpRoutes(this.#modules, configOf(this.#moduleRef), this.#instances)
    return [...http, ...messageRoutes(this.#modules, this.#instances)]
  }

  /** The list. */
  toJSON(): readonly RouteEntry[] {
    return this.list()
  }

  /**
   * Logs and enforces what the option `routes` says. The routes are mounted then, but the application does not listen.
   *
   * @throws TypeError `ERR_OPTIONS` under `enforce`, naming the routes that no decorator says anything about,
   *   or that no guard runs for
   * @throws Error `ERR_HYDRA_AUTH_MISSING` if a route asks for an instance that is not imported
   */
  onApplicationBootstrap(): void {
    const routes = this.list()
    const wanted = this.#instances.list().map(({ settings }) => settings.routes)
    if (wanted.some((setting) => setting !== undefined)) {
      new Logger('HydraRoutes').log(`Who may call what:\n${routeTable(routes)}`)
    }
    if (wanted.includes('enforce')) refuseUnannotated(routes)
  }
}

function refuseUnannotated(routes: readonly RouteEntry[]): void {
  const silent = routes.filter(({ annotated }) => !annotated)
  const unguarded = routes.filter(({ annotated, access }) => annotated && access === 'open')
  if (silent.length > 0) {
    throw optionsError(
      'routes',
      `No decorator says who may call ${namesOf(silent)}.`,
      'Put @Scopes(…), @RequireToken(), @OptionalAuth() or @Public() on each, or on its class.',
    )
  }
  if (unguarded.length > 0) {
    throw optionsError(
      'routes',
      `Decorators say who may call ${namesOf(unguarded)}, but no guard runs there.`,
      "Put @UseGuards(HydraGuard) on the class, or use guard: 'global'.",
    )
  }
}

function namesOf(routes: readonly RouteEntry[]): string {
  return routes.map(({ method, path, handler }) => `${method} ${path} (${handler})`).join(', ')
}

/** Nest has no token for it; it hangs on the container that every `ModuleRef` holds. */
function configOf(moduleRef: ModuleRef): ApplicationConfig | undefined {
  const { container } = moduleRef as unknown as { container?: { applicationConfig?: ApplicationConfig } }
  return container?.applicationConfig
}
