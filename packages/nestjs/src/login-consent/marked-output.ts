/**
 * Answers of a provider, told apart from what else a method may return. Not by their shape: a method may return what a
 * caller sent, and nobody but the provider may say status, header fields and HTML.
 */
import type { HttpOutput, LoginConsentProvider } from '@hydra-kit/login-consent'

/** In the global registry, so that two copies of this package understand each other. JSON cannot name it. */
const mark: unique symbol = Symbol.for('@hydra-kit/nestjs/output') as never

/** Marks an answer. */
export function markOutput(output: HttpOutput): HttpOutput {
  return Object.defineProperty({ ...output }, mark, { value: true })
}

/** Whether a provider has answered that. */
export function isMarkedOutput(value: unknown): value is HttpOutput {
  return typeof value === 'object' && value !== null && (value as { [mark]?: boolean })[mark] === true
}

/** The provider, whose answers may be returned by methods. */
export function markingOutputs(provider: LoginConsentProvider): LoginConsentProvider {
  return {
    ...provider,
    finishLogin: async (...args) => markOutput(await provider.finishLogin(...args)),
    showError: async (...args) => markOutput(await provider.showError(...args)),
  }
}
