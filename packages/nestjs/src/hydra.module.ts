import {
  Inject,
  Module,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common'
import { connections, HydraModuleBase, type Connections } from './hydra.module-definition.ts'
import { assertAsyncOptions } from './options.ts'
import type { HydraModuleExtras, HydraModuleOptions } from './options.ts'
import { verifyConfiguration } from './verify-on-start.ts'

/** Options of `HydraModule.forRootAsync`. */
export type HydraModuleAsyncOptions<Extra = Readonly<Record<string, unknown>>> = ConfigurableModuleAsyncOptions<
  HydraModuleOptions<Extra>,
  'createHydraOptions'
> &
  HydraModuleExtras

/**
 * Protects a Nest application: every route needs an access token that Hydra issued for this API, unless a decorator says
 * otherwise.
 *
 * Provides the resource server (`@InjectResourceServer()`), a client for Hydra's API (`@InjectHydraClient()`), the guard
 * ({@link HydraGuard}) and the list of routes ({@link HydraRoutes}).
 *
 * @example
 * \@Module({ imports: [HydraModule.forRoot({ issuer, introspectionUrl, audience: 'https://api.example.com' })] })
 * class AppModule {}
 */
@Module({})
export class HydraModule extends HydraModuleBase implements OnModuleInit, OnApplicationShutdown {
  readonly #connections: Connections

  constructor(@Inject(connections) connections: Connections) {
    super()
    this.#connections = connections
  }

  /**
   * The module with options that are known when it is imported. Mistakes in them throw a TypeError `ERR_OPTIONS` when the
   * application starts, naming the option and the cure.
   *
   * @throws TypeError `ERR_OPTIONS` for `name`, `guard` and `isGlobal`
   */
  static override forRoot<Extra = Readonly<Record<string, unknown>>>(
    options: HydraModuleOptions<Extra> & HydraModuleExtras,
  ): DynamicModule {
    return super.forRoot(options as HydraModuleOptions<never>)
  }

  /**
   * The module with options that come from elsewhere, such as `ConfigService`: `useFactory` (with `inject` and `imports`),
   * `useClass` or `useExisting` (a {@link HydraOptionsFactory}). `name`, `guard` and `isGlobal` stand beside them.
   *
   * @throws TypeError `ERR_OPTIONS` for `name`, `guard`, `isGlobal` and unknown names
   */
  static override forRootAsync<Extra = Readonly<Record<string, unknown>>>(
    options: HydraModuleAsyncOptions<Extra>,
  ): DynamicModule {
    assertAsyncOptions(options)
    return super.forRootAsync(options as HydraModuleAsyncOptions<never>)
  }

  /** @throws (rejects) if `verifyOnStart` is set and the Hydra is another one, or does not answer */
  async onModuleInit(): Promise<void> {
    const { instance, ownsResourceServer } = this.#connections
    if (!instance.settings.verifyOnStart) return
    await verifyConfiguration(instance.resourceServer, ownsResourceServer ? instance.clients : [])
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    const { instance, ownsResourceServer } = this.#connections
    const closing = instance.clients.map((client) => client.close())
    await Promise.all([...closing, ownsResourceServer ? instance.resourceServer.close() : undefined])
  }
}
