export { HydraBearerStrategy } from './hydra-bearer-strategy.ts'
export type { HydraAuthInfo, PassportActions } from './hydra-bearer-strategy.ts'
export type { HydraBearerStrategyOptions, StrategyOptions } from './strategy-options.ts'
export type { SharedResourceServer } from '@hydra-kit/resource-server'
export type { HydraAuthenticateOptions } from './authenticate-options.ts'
export type { VerifyCallback, VerifyCallbackWithRequest, VerifyDone, VerifyFunction } from './verify.ts'
export type { PassportRequest } from './passport-request.ts'
export { failureOf } from './hydra-failure.ts'
export type { HydraFailure } from './hydra-failure.ts'
export { userOrException } from './nest-guard.ts'
export type { HttpExceptionClass, NestContext } from './nest-guard.ts'

// What users of this package need of the one below, so that one install is enough.
export {
  BearerTokenError,
  createResourceServer,
  isBearerTokenError,
  isOptionsError,
  isVerificationUnavailableError,
  VerificationUnavailableError,
} from '@hydra-kit/resource-server'
export type {
  HttpAnswer,
  OptionsError,
  RefusalReason,
  RequestFacts,
  Requirement,
  ResourceServer,
  ResourceServerOptions,
  Rule,
  StandardSchema,
  VerifiedToken,
} from '@hydra-kit/resource-server'
