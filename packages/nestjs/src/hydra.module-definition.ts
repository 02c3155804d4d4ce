/** The static methods of the module, built by Nest's own builder. */
import {
  ConfigurableModuleBuilder,
  type ConfigurableModuleCls,
  type DynamicModule,
  type Provider,
} from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { createResourceServer, type ResourceServer } from '@hydra-kit/resource-server'
import { HydraGuard } from './guards/hydra.guard.ts'
import { HydraCoreModule } from './hydra-core.module.ts'
import { HydraInstances, type HydraInstance } from './instances.ts'
import { clientToInject, issuerClients, type IssuerClient } from './issuer-clients.ts'
import { isShared, resolveExtras, resolveOptions } from './options.ts'
import type { HydraModuleExtras, HydraModuleOptions, ResolvedOptions } from './options.ts'
import { getHydraClientToken, getResourceServerToken } from './tokens.ts'

/** The options as they were given. */
const givenOptions: symbol = Symbol.for('@hydra-kit/nestjs/given-options')
const resolvedOptions: symbol = Symbol.for('@hydra-kit/nestjs/resolved-options')
const clientsOfIssuers: symbol = Symbol.for('@hydra-kit/nestjs/issuer-clients')

/** The token of {@link Connections}, inside one instance of the module. */
export const connections: symbol = Symbol.for('@hydra-kit/nestjs/connections')

/** What an instance of the module is made of, for its start and its end. */
export interface Connections {
  readonly instance: HydraInstance
  /** Whether the resource server was made here, and so is closed here. */
  readonly ownsResourceServer: boolean
}

/** Resource servers that were made here. One that a test put in their place is not closed. */
const made = new WeakSet<ResourceServer<unknown>>()

function makeResourceServer({ server }: ResolvedOptions): ResourceServer<unknown> {
  if (isShared(server)) return server.resourceServer
  const resourceServer = createResourceServer(server)
  made.add(resourceServer)
  return resourceServer
}

/** The class that `HydraModule` extends. */
export const HydraModuleBase: ConfigurableModuleCls<
  HydraModuleOptions<never>,
  'forRoot',
  'createHydraOptions',
  HydraModuleExtras
> = new ConfigurableModuleBuilder<HydraModuleOptions<never>>({
  moduleName: 'Hydra',
  optionsInjectionToken: givenOptions,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createHydraOptions')
  // The names must be there, or Nest takes them for options.
  .setExtras<HydraModuleExtras>({ isGlobal: true, name: undefined, guard: 'global' }, define)
  .build().ConfigurableModuleClass

function define(definition: DynamicModule, extras: HydraModuleExtras): DynamicModule {
  const { name, guard, isGlobal } = resolveExtras(extras)
  const resourceServer = getResourceServerToken(name)
  const client = getHydraClientToken(name)
  const providers: Provider[] = [
    { provide: resolvedOptions, inject: [givenOptions], useFactory: resolveOptions },
    { provide: resourceServer, inject: [resolvedOptions], useFactory: makeResourceServer },
    // Behind the resource server, whose messages about wrong addresses say more.
    { provide: clientsOfIssuers, inject: [resolvedOptions, resourceServer], useFactory: issuerClients },
    { provide: client, inject: [resolvedOptions, clientsOfIssuers], useFactory: clientToInject },
    {
      provide: connections,
      inject: [HydraInstances, resolvedOptions, resourceServer, clientsOfIssuers],
      useFactory: (
        instances: HydraInstances,
        options: ResolvedOptions,
        server: ResourceServer<unknown>,
        clients: readonly IssuerClient[],
      ): Connections => {
        const instance = { name, guard, resourceServer: server, settings: options.settings, clients }
        instances.add(instance)
        return { instance, ownsResourceServer: made.has(server) }
      },
    },
    ...(guard === 'global' ? [{ provide: APP_GUARD, useExisting: HydraGuard }] : []),
  ]
  return {
    ...definition,
    global: isGlobal,
    imports: [...(definition.imports ?? []), HydraCoreModule],
    providers: [...(definition.providers ?? []), ...providers],
    exports: [...(definition.exports ?? []), resourceServer, client],
  }
}
