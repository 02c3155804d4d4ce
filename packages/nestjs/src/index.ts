export { HydraModule } from './hydra.module.ts'
export type { HydraModuleAsyncOptions } from './hydra.module.ts'
export type {
  GuardMode,
  HydraModuleExtras,
  HydraModuleOptions,
  HydraModuleSettings,
  HydraOptionsFactory,
  SharedResourceServer,
} from './options.ts'
export { getHydraClientToken, getResourceServerToken, InjectHydraClient, InjectResourceServer } from './tokens.ts'
export { HydraGuard } from './guards/hydra.guard.ts'
export { HydraExceptionFilter } from './filters/hydra-exception.filter.ts'
export { HydraRoutes } from './routes/hydra-routes.ts'
export type { RouteEntry } from './routes/route-entry.ts'
export { tokenOf } from './token-of.ts'

export { CurrentToken } from './decorators/current-token.ts'
export { AnyScope } from './decorators/any-scope.ts'
export { OptionalAuth } from './decorators/optional-auth.ts'
export { Public } from './decorators/public.ts'
export { RequireAudience } from './decorators/require-audience.ts'
export { RequireClaims } from './decorators/require-claims.ts'
export { RequireFresh } from './decorators/require-fresh.ts'
export { RequireToken } from './decorators/require-token.ts'
export { Scopes } from './decorators/scopes.ts'
export { UseHydra } from './decorators/use-hydra.ts'

// What users of this package need of those below, so that one install is enough.
export {
  BearerTokenError,
  createResourceServer,
  isBearerTokenError,
  isOptionsError,
  isVerificationUnavailableError,
  VerificationUnavailableError,
} from '@hydra-kit/resource-server'
export type {
  BreakerOptions,
  CacheOptions,
  ClaimExpectation,
  HttpAnswer,
  IntrospectionAuth,
  IssuerOptions,
  JwtCheck,
  NamedIssuerOptions,
  OneIssuerOptions,
  OnRefused,
  OnVerified,
  OptionsError,
  RefusalReason,
  RefusedEvent,
  RequestFacts,
  Requirement,
  ResourceServer,
  ResourceServerOptions,
  Rule,
  ScopeStrategy,
  SeveralIssuersOptions,
  SigningAlgorithm,
  StandardSchema,
  TokenFormat,
  TokenPlace,
  VerificationSource,
  VerifiedEvent,
  VerifiedToken,
} from '@hydra-kit/resource-server'
export { createHydraClient, isHydraError, isHydraHttpError } from '@hydra-kit/client'
export type { HydraClient, HydraClientOptions } from '@hydra-kit/client'
