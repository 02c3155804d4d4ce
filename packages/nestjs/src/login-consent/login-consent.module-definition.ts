/** The static methods of the module, built by Nest's own builder. */
import { createLoginConsentProvider, type LoginConsentProvider } from '@hydra-kit/login-consent'
import {
  ConfigurableModuleBuilder,
  type ConfigurableModuleCls,
  type DynamicModule,
  type Provider,
} from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { decidersOf } from './deciders.ts'
import { createDefaultPages, type DefaultPages } from './default-pages.ts'
import { markingOutputs } from './marked-output.ts'
import { resolveLoginConsentExtras, resolveLoginConsentOptions } from './options.ts'
import type {
  LoginConsentModuleExtras,
  LoginConsentModuleOptions,
  LoginConsentSettings,
  ResolvedLoginConsentOptions,
} from './options.ts'
import { getLoginConsentProviderToken, getLoginConsentSettingsToken } from './tokens.ts'

/** The options as they were given. */
const givenOptions: symbol = Symbol.for('@hydra-kit/nestjs/given-login-consent-options')
const resolvedOptions: symbol = Symbol.for('@hydra-kit/nestjs/resolved-login-consent-options')

/** The token of {@link LoginConsentInstance}, inside one instance of the module. */
export const loginConsentInstance: symbol = Symbol.for('@hydra-kit/nestjs/login-consent-instance')

/** What an instance of the module is made of, for its start and its end. */
export interface LoginConsentInstance {
  readonly name: string | undefined
  readonly options: ResolvedLoginConsentOptions
  readonly pages: DefaultPages
}

/** The class that `LoginConsentModule` extends. */
export const LoginConsentModuleBase: ConfigurableModuleCls<
  LoginConsentModuleOptions,
  'forRoot',
  'createLoginConsentOptions',
  LoginConsentModuleExtras
> = new ConfigurableModuleBuilder<LoginConsentModuleOptions>({
  moduleName: 'LoginConsent',
  optionsInjectionToken: givenOptions,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createLoginConsentOptions')
  // The names must be there, or Nest takes them for options.
  .setExtras<LoginConsentModuleExtras>({ isGlobal: true, name: undefined }, define)
  .build().ConfigurableModuleClass

function define(definition: DynamicModule, extras: LoginConsentModuleExtras): DynamicModule {
  const { name, isGlobal } = resolveLoginConsentExtras(extras)
  const pages = createDefaultPages(name)
  const provider = getLoginConsentProviderToken(name)
  const settings = getLoginConsentSettingsToken(name)
  const providers: Provider[] = [
    {
      provide: resolvedOptions,
      inject: [givenOptions, ModulesContainer],
      useFactory(given: LoginConsentModuleOptions, modules: ModulesContainer): ResolvedLoginConsentOptions {
        const options = resolveLoginConsentOptions(given)
        return { ...options, provider: { ...options.provider, ...decidersOf(modules, name, options.provider) } }
      },
    },
    {
      provide: provider,
      inject: [resolvedOptions],
      useFactory: (options: ResolvedLoginConsentOptions): LoginConsentProvider =>
        markingOutputs(createLoginConsentProvider(options.provider)),
    },
    {
      provide: settings,
      inject: [resolvedOptions],
      useFactory: (options: ResolvedLoginConsentOptions): LoginConsentSettings => ({
        pages: options.provider.pages ?? {},
        hooks: options.hooks,
      }),
    },
    {
      provide: loginConsentInstance,
      inject: [resolvedOptions],
      useFactory: (options: ResolvedLoginConsentOptions): LoginConsentInstance => ({ name, options, pages }),
    },
  ]
  return {
    ...definition,
    global: isGlobal,
    controllers: [pages],
    providers: [...(definition.providers ?? []), ...providers],
    exports: [...(definition.exports ?? []), provider, settings],
  }
}
