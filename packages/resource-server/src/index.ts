export { createResourceServer } from './resource-server.ts'
export type { ResourceServer, RouteContext } from './resource-server.ts'
export { authenticateAtOnce, isPending } from './at-once.ts'
export { assertSharedResourceServer, resourceServerFrom } from './shared-resource-server.ts'
export type { SharedResourceServer } from './shared-resource-server.ts'
export type {
  BreakerOptions,
  CacheOptions,
  IntrospectionAuth,
  IssuerOptions,
  JwtCheck,
  NamedIssuerOptions,
  OneIssuerOptions,
  ResourceServerOptions,
  SeveralIssuersOptions,
  SharedOptions,
  SigningAlgorithm,
  TokenFormat,
  TokenPlace,
} from './options.ts'
export type { StandardResult, StandardSchema } from './standard-schema.ts'
export type { VerificationCallOptions, VerificationClient } from './verification-client.ts'

export type { RequestFacts, Rule, VerifyRule } from './request-facts.ts'
export { authorizationValues, headersOf } from './node-headers.ts'
export type { NodeHeaders } from './node-headers.ts'
export { factsOfRequest } from './node-request-facts.ts'
export type { FrameworkRequest } from './node-request-facts.ts'
export type { VerifiedToken } from './verified-token.ts'
export type { ScopeStrategy } from './scopes.ts'

export { assertRequirement } from './requirement.ts'
export { assertRule } from './rule.ts'
export type { Requirement } from './requirement.ts'
export type { ClaimExpectation } from './claims.ts'

export type { OnRefused, OnVerified, RefusedEvent, VerificationSource, VerifiedEvent } from './events.ts'

export {
  BearerTokenError,
  isBearerTokenError,
  isVerificationUnavailableError,
  VerificationUnavailableError,
} from './errors.ts'
export type { RefusalReason, ResourceServerErrorCode } from './errors.ts'
export { isOptionsError } from '@hydra-kit/client'
export type { OptionsError } from '@hydra-kit/client'
export type {
  Telemetry,
  UpstreamCall,
  UpstreamOutcome,
  VerificationOutcome,
  Watch,
  WatchedIssuer,
} from './telemetry.ts'
export type { HttpAnswer } from './to-http-error.ts'

export type { BreakerState } from './introspection-gate.ts'
export type { PublicKeySet } from './key-set.ts'
export type { HydratedKeys, IssuerStats, Readiness, ResourceServerStats } from './stats.ts'
export { protectedResourceMetadataUrl } from './protected-resource-metadata.ts'
export type { MetadataAnswer, ProtectedResource } from './protected-resource-metadata.ts'
