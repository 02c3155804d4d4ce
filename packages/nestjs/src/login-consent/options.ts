/** Options of `LoginConsentModule`, checked when the application starts. */
import { createHydraClient, type HydraClientOptions } from '@hydra-kit/client'
import type { ErrorListener, HookOptions, LoginConsentOptions, ProviderHydra } from '@hydra-kit/login-consent'
import { optionsError } from '../options-error.ts'
import { logErrors } from './log-errors.ts'

/** Options of `LoginConsentModule.forRoot`: those of a provider, and a few of the module. Unknown names are refused. */
export interface LoginConsentModuleOptions extends Omit<LoginConsentOptions, 'hydra'> {
  /**
   * Hydra's admin port: options for a client, such as `{ adminUrl: 'http://hydra-admin:4445' }`, or a client that exists,
   * such as the one of `HydraModule` (`inject: [getHydraClientToken()]`). A client that exists is not closed by the module.
   */
  readonly hydra: HydraClientOptions | ProviderHydra
  /**
   * Serve the provider's pages, each unless a handler decorator serves it: `/login`, `/consent`, `/logout`, `/device`,
   * `/device/done`, `/signed-out`, `/error`. Default true.
   */
  readonly defaultPages?: boolean | undefined
  /** Options of `@TokenHook` and `@RefreshHook`, which may replace single ones. Default: none, so that they must give a key. */
  readonly hooks?: HookOptions | undefined
}

/** What must be known before options of `forRootAsync` are: it stands beside `useFactory`. */
export interface LoginConsentModuleExtras {
  /** Whether the provider can be injected everywhere without importing the module. Default true: handlers may be anywhere. */
  isGlobal?: boolean | undefined
  /** Tells several instances apart: handler decorators name theirs by `{ instance }`. Default: none. */
  name?: string | undefined
}

/** What a class for `useClass` or `useExisting` of `forRootAsync` implements. */
export interface LoginConsentOptionsFactory {
  createLoginConsentOptions(): LoginConsentModuleOptions | Promise<LoginConsentModuleOptions>
}

/** Options taken apart. */
export interface ResolvedLoginConsentOptions {
  readonly provider: LoginConsentOptions
  readonly defaultPages: boolean
  readonly hooks: Partial<HookOptions>
  /** Closes a client that was opened here. */
  close(): Promise<void>
}

/** What handler decorators need of an instance beside its provider. */
export interface LoginConsentSettings {
  readonly pages: NonNullable<LoginConsentOptions['pages']>
  readonly hooks: Partial<HookOptions>
}

/**
 * Takes options apart and checks those of the module; `createLoginConsentProvider` checks the others.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function resolveLoginConsentOptions(options: LoginConsentModuleOptions): ResolvedLoginConsentOptions {
  if (typeof options !== 'object' || options === null) {
    throw optionsError(
      'options',
      'LoginConsentModule needs options.',
      'Give { hydra: { adminUrl }, issuer, publicUrl, secret }.',
    )
  }
  const { hydra, defaultPages = true, hooks, ...rest } = options
  if (typeof defaultPages !== 'boolean') {
    throw optionsError('defaultPages', 'defaultPages must be true or false.', 'Leave it out to serve all pages.')
  }
  if (hooks !== undefined && (typeof hooks !== 'object' || hooks === null)) {
    throw optionsError('hooks', 'hooks must be an object.', 'Give { apiKey }, or leave it out.')
  }
  const onError: ErrorListener = rest.onError ?? logErrors
  return {
    ...openClient(hydra, (client) => ({ ...rest, onError, hydra: client })),
    defaultPages,
    hooks: { onError, ...hooks },
  }
}

function openClient(
  hydra: LoginConsentModuleOptions['hydra'],
  optionsWith: (client: ProviderHydra) => LoginConsentOptions,
): Pick<ResolvedLoginConsentOptions, 'provider' | 'close'> {
  if (typeof hydra !== 'object' || hydra === null) {
    throw optionsError('hydra', 'hydra is missing.', "Give { adminUrl: 'http://hydra-admin:4445' }, or a client.")
  }
  if ('loginRequests' in hydra) return { provider: optionsWith(hydra), async close() {} }
  if (hydra.adminUrl === undefined) {
    throw optionsError(
      'hydra.adminUrl',
      'hydra.adminUrl is missing: logins and consents are accepted at the admin port.',
      "Give it, such as 'http://hydra-admin:4445'.",
    )
  }
  const client = createHydraClient(hydra)
  return { provider: optionsWith(client), close: () => client.close() }
}

const asyncNames = ['imports', 'inject', 'useFactory', 'useClass', 'useExisting', 'provideInjectionTokensFrom']

/**
 * Checks what stands beside `useFactory`: a typo there would be lost silently.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function assertAsyncLoginConsentOptions(options: object): void {
  const given = options as Readonly<Record<string, unknown>>
  for (const name of Object.keys(given)) {
    if (name === 'isGlobal' || name === 'name' || asyncNames.includes(name)) continue
    throw optionsError(
      name,
      `LoginConsentModule.forRootAsync has no option ${JSON.stringify(name)}.`,
      'Return it from useFactory; beside it stand imports, inject, name and isGlobal.',
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
export function resolveLoginConsentExtras({ name, isGlobal = true }: LoginConsentModuleExtras): {
  name: string | undefined
  isGlobal: boolean
} {
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw optionsError('name', 'name must be a text that is not empty.', 'Leave it out if there is one instance.')
  }
  if (typeof isGlobal !== 'boolean') {
    throw optionsError('isGlobal', 'isGlobal must be true or false.', 'Leave it out to provide everything everywhere.')
  }
  return { name, isGlobal }
}
