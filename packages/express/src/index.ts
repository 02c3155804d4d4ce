export type { WithAccessToken } from './request-augmentation.ts'

export { hydraAuth } from './hydra-auth.ts'
export type { Middleware } from './middleware.ts'
export type { HydraAuthOptions } from './options.ts'
export type { SharedResourceServer } from '@hydra-kit/resource-server'
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
export { protectedResourceMetadata } from './protected-resource-metadata.ts'
export { toMcpAuthInfo } from './mcp-auth-info.ts'
export type { McpAuthInfo, McpAuthInfoOptions } from './mcp-auth-info.ts'

// What users of this package need of those below, so that one install is enough.
export {
  BearerTokenError,
  createResourceServer,
  isBearerTokenError,
  isOptionsError,
  isVerificationUnavailableError,
  protectedResourceMetadataUrl,
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
  ProtectedResource,
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
export {
  consent,
  createLoginConsentProvider,
  createMemoryFlowStore,
  createMemoryLimiter,
  device,
  FlowError,
  hook,
  isFlowError,
  login,
  logout,
  shippedMessages,
} from '@hydra-kit/login-consent'
export type {
  Account,
  Attempt,
  AuthenticateContext,
  AuthenticateFunction,
  AuthorizeHints,
  BeginContext,
  BeginFunction,
  Branding,
  ClaimsContext,
  ClaimsFunction,
  ConsentContext,
  ConsentDecision,
  ConsentFunction,
  Deciding,
  DescribeAccountContext,
  DescribeAccountFunction,
  DeviceContext,
  DeviceDecision,
  DeviceFunction,
  EndSessionContext,
  EndSessionFunction,
  ErrorContext,
  ErrorListener,
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
  LoginAcceptance,
  LoginConsentOptions,
  LoginConsentProvider,
  LoginDecision,
  LoginForm,
  LogoutContext,
  LogoutDecision,
  LogoutFunction,
  MapResourceFunction,
  MemoryFlowStoreOptions,
  MemoryLimiterOptions,
  Messages,
  MessageTables,
  Page,
  PageRenderers,
  PendingLogin,
  Rejection,
  ScopeOptions,
  StepName,
  TokenClaims,
} from '@hydra-kit/login-consent'
