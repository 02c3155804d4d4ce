/** Injection tokens, in the global symbol registry as those of `HydraModule`. */
import { Inject } from '@nestjs/common'

/** The token of an instance's `LoginConsentProvider`: `overrideProvider(getLoginConsentProviderToken())` in a test. */
export function getLoginConsentProviderToken(name?: string): symbol {
  return tokenOf('login-consent-provider', name)
}

/**
 * Injects the provider of an instance, for pages of the app's own between login and consent:
 * `@InjectLoginConsentProvider() provider: LoginConsentProvider`.
 */
export function InjectLoginConsentProvider(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getLoginConsentProviderToken(name)) as ParameterDecorator & PropertyDecorator
}

/** What handler decorators need of an instance beside its provider. */
export function getLoginConsentSettingsToken(name: string | undefined): symbol {
  return tokenOf('login-consent-settings', name)
}

function tokenOf(what: string, name: string | undefined): symbol {
  return Symbol.for(`@hydra-kit/nestjs/${what}${name === undefined ? '' : `:${name}`}`)
}
