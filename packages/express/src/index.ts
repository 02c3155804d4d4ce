export type { WithAccessToken } from './request-augmentation.ts'

export { hydraAuth } from './hydra-auth.ts'
export type { Middleware } from './middleware.ts'
export type { HydraAuthOptions, SharedResourceServer } from './options.ts'
export { anyScope, requireClaims, requireScopes } from './requirements.ts'
export { requireAudience, requireFresh } from './route-rules.ts'
export { tokenOf } from './token-of.ts'
export { hydraErrors } from './hydra-errors.ts'
export {
  expressOf,
  finishLogin,
  httpInput,
  loginConsentErrors,
  loginConsentHandler,
  loginConsentRouter,
  readFlow,
  sendOutput,
} from './login-consent-router.ts'
export type { ExpressNative } from './login-consent-router.ts'
export { refreshHook, tokenHook } from './token-hook.ts'

// What users of this package need of those below, so that one install is enough.
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
export {
  consent,
  createLoginConsentProvider,
  createMemoryFlowStore,
  createMemoryLimiter,
  FlowError,
  hook,
  isFlowError,
  login,
  logout,
  shippedMessages,
} from '@hydra-kit/login-consent'
export type {
  Attempt,
  AuthorizeHints,
  ConsentDecision,
  Deciding,
  FlowErrorReason,
  FlowStore,
  HookClaims,
  HookDecision,
  HookHandler,
  HookOptions,
  HookRequest,
  HttpInput,
  HttpOutput,
  LimitCallback,
  LoginConsentOptions,
  LoginConsentProvider,
  LoginDecision,
  LoginForm,
  LogoutDecision,
  Messages,
  MessageTables,
  Page,
  PageRenderers,
  PendingLogin,
  ScopeOptions,
  StepName,
} from '@hydra-kit/login-consent'
