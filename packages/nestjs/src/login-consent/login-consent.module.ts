import {
  Inject,
  Module,
  type ConfigurableModuleAsyncOptions,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
  type OnApplicationShutdown,
} from '@nestjs/common'
import { ApplicationConfig, ModulesContainer } from '@nestjs/core'
import { optionsError } from '../options-error.ts'
import { assertDecidersReachable } from './deciders.ts'
import { defaultSteps, mountDefaultPages } from './default-pages.ts'
import {
  loginConsentInstance,
  LoginConsentModuleBase,
  type LoginConsentInstance,
} from './login-consent.module-definition.ts'
import { handledSteps } from './mounted-handlers.ts'
import { assertAsyncLoginConsentOptions } from './options.ts'
import type { LoginConsentModuleExtras, LoginConsentModuleOptions } from './options.ts'

/** Options of `LoginConsentModule.forRootAsync`. */
export type LoginConsentModuleAsyncOptions = ConfigurableModuleAsyncOptions<
  LoginConsentModuleOptions,
  'createLoginConsentOptions'
> &
  LoginConsentModuleExtras

/**
 * The login, consent, logout and device pages of a Hydra. With `authenticate` in the options there is nothing else to
 * write; or methods of controllers decide (`@LoginHandler`, `@ConsentHandler`, …), and the pages that have none are ours.
 *
 * Independent of `HydraModule`. Beside it, these pages are open to browsers that have no token.
 *
 * @example
 * \@Module({
 *   imports: [LoginConsentModule.forRoot({ hydra: { adminUrl }, issuer, publicUrl, secret })],
 *   controllers: [AccountController],
 * })
 * class AppModule {}
 */
@Module({})
export class LoginConsentModule extends LoginConsentModuleBase implements NestModule, OnApplicationShutdown {
  readonly #instance: LoginConsentInstance
  readonly #modules: ModulesContainer
  readonly #config: ApplicationConfig

  constructor(
    @Inject(loginConsentInstance) instance: LoginConsentInstance,
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(ApplicationConfig) config: ApplicationConfig,
  ) {
    super()
    this.#instance = instance
    this.#modules = modules
    this.#config = config
  }

  /**
   * The module with options that are known when it is imported. Mistakes in them throw a TypeError `ERR_OPTIONS` when the
   * application starts, naming the option and the cure.
   *
   * @throws TypeError `ERR_OPTIONS` for `name` and `isGlobal`
   */
  static override forRoot(options: LoginConsentModuleOptions & LoginConsentModuleExtras): DynamicModule {
    return super.forRoot(options)
  }

  /**
   * The module with options that come from elsewhere, such as `ConfigService`: `useFactory` (with `inject` and `imports`),
   * `useClass` or `useExisting` (a {@link LoginConsentOptionsFactory}). `name` and `isGlobal` stand beside them.
   *
   * @throws TypeError `ERR_OPTIONS` for `name`, `isGlobal` and unknown names
   */
  static override forRootAsync(options: LoginConsentModuleAsyncOptions): DynamicModule {
    assertAsyncLoginConsentOptions(options)
    return super.forRootAsync(options)
  }

  /**
   * Not for middleware: this is when all providers exist and the global prefix is known, and routes are not yet.
   *
   * @throws TypeError `ERR_OPTIONS` if two decide the same, or nobody decides about logins
   */
  configure(_consumer: MiddlewareConsumer): void {
    const { name, options, pages } = this.#instance
    assertDecidersReachable(this.#modules, name)
    const handled = handledSteps(this.#modules, name, options.provider)
    const steps = options.defaultPages ? defaultSteps.filter((step) => !handled.has(step as never)) : []
    if (steps.includes('login')) this.#assertLoginDecided()
    mountDefaultPages(pages, steps, this.#mountPaths())
  }

  /** After the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.#instance.options.close()
  }

  #assertLoginDecided(): void {
    const { authenticate, begin } = this.#instance.options.provider
    if (authenticate !== undefined || begin !== undefined) return
    throw optionsError(
      'authenticate',
      'The login page has nobody to decide about it.',
      'Give authenticate, or put @LoginHandler on a method of a controller.',
    )
  }

  /**
   * Where our pages are: below the global prefix. Without one, below the path of `publicUrl`, and at the top for a proxy
   * that strips this path.
   */
  #mountPaths(): string[] {
    const path = new URL(this.#instance.options.provider.publicUrl).pathname.replace(/\/+$/, '')
    return this.#config.getGlobalPrefix() === '' && path !== '' ? ['', path] : ['']
  }
}
