import type {} from './request-augmentation.ts'

export { hydraAuth } from './hydra-auth.ts'
export type { Middleware } from './middleware.ts'
export type { HydraAuthOptions, SharedResourceServer } from './options.ts'
export { anyScope, requireClaims, requireScopes } from './requirements.ts'
export { requireAudience, requireFresh } from './route-rules.ts'
export { tokenOf } from './token-of.ts'
export { hydraErrors } from './hydra-errors.ts'

// What users of this package need of the one below, so that one install is enough.
export {
  BearerTokenError,
  createResourceServer,
  isBearerTokenError,
  isVerificationUnavailableError,
  VerificationUnavailableError,
} from '@hydra-kit/resource-server'
export type {
  CacheOptions,
  ClaimExpectation,
  HttpAnswer,
  IntrospectionAuth,
  IssuerOptions,
  JwtCheck,
  NamedIssuerOptions,
  OnRefused,
  OnVerified,
  RefusalReason,
  RefusedEvent,
  RequestFacts,
  ResourceServer,
  ResourceServerOptions,
  SigningAlgorithm,
  TokenFormat,
  TokenPlace,
  VerificationSource,
  VerifiedEvent,
  VerifiedToken,
} from '@hydra-kit/resource-server'
