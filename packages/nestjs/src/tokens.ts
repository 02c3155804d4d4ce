/**
 * Injection tokens. In the global symbol registry, so that a CommonJS and an ES module copy of this package name the same
 * provider.
 */
import { Inject } from '@nestjs/common'

/** The token of an instance's `ResourceServer`: `overrideProvider(getResourceServerToken())` in a test. */
export function getResourceServerToken(name?: string): symbol {
  return tokenOf('resource-server', name)
}

/** The token of an instance's `HydraClient`. */
export function getHydraClientToken(name?: string): symbol {
  return tokenOf('hydra-client', name)
}

/** Injects the `ResourceServer` of an instance, to verify tokens that no guard sees: `@InjectResourceServer() auth: ResourceServer`. */
export function InjectResourceServer(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getResourceServerToken(name)) as ParameterDecorator & PropertyDecorator
}

/**
 * Injects the `HydraClient` of an instance: `@InjectHydraClient() hydra: HydraClient`. There is one if the options have
 * `adminUrl`, or a `client` that is one; without, its first use throws and says so.
 */
export function InjectHydraClient(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(getHydraClientToken(name)) as ParameterDecorator & PropertyDecorator
}

function tokenOf(what: string, name: string | undefined): symbol {
  return Symbol.for(`@hydra-kit/nestjs/${what}${name === undefined ? '' : `:${name}`}`)
}
