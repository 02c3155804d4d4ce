export { HydraModule } from './hydra.module.ts'
export type { HydraModuleAsyncOptions } from './hydra.module.ts'
export type {
  GuardMode,
  HydraModuleExtras,
  HydraModuleOptions,
  HydraModuleSettings,
  HydraOptionsFactory,
} from './options.ts'
export type {
  ContextSettings,
  GraphqlSettings,
  RpcMessage,
  RpcSettings,
  WebSocketHandshake,
  WebSocketSettings,
} from './contexts/context-settings.ts'
export { handshakeOf, tokenOfSocket } from './contexts/websocket.ts'
export type { RefusalFacts } from './contexts/refusal-facts.ts'
export { getHydraClientToken, getResourceServerToken, InjectHydraClient, InjectResourceServer } from './tokens.ts'
export { HydraGuard } from './guards/hydra.guard.ts'
export { HydraExceptionFilter } from './filters/hydra-exception.filter.ts'
export { HydraRoutes } from './routes/hydra-routes.ts'
export type { RouteEntry } from './routes/route-entry.ts'
export { HydraHealthIndicator } from './health/hydra-health.indicator.ts'
export type { HydraHealth, HydraHealthOptions } from './health/hydra-health.indicator.ts'
export { addHydraSecurity } from './open-api/add-hydra-security.ts'
export type { OpenApiDocument, OpenApiSecurityOptions } from './open-api/add-hydra-security.ts'
export { tokenOf } from './token-of.ts'

export { CurrentToken } from './decorators/current-token.ts'
export type { Pipe } from './decorators/current-token.ts'
export { AnyScope } from './decorators/any-scope.ts'
export { OptionalAuth } from './decorators/optional-auth.ts'
export { Public } from './decorators/public.ts'
export { RequireAudience } from './decorators/require-audience.ts'
export { RequireClaims } from './decorators/require-claims.ts'
export { RequireFresh } from './decorators/require-fresh.ts'
export { RequireToken } from './decorators/require-token.ts'
export { Scopes } from './decorators/scopes.ts'
export type { RouteDecorator } from './decorators/route-decorator.ts'
export { UseHydra } from './decorators/use-hydra.ts'

export { LoginConsentModule } from './login-consent/login-consent.module.ts'
export type { LoginConsentModuleAsyncOptions } from './login-consent/login-consent.module.ts'
export type {
  LoginConsentModuleExtras,
  LoginConsentModuleOptions,
  LoginConsentOptionsFactory,
} from './login-consent/options.ts'
export { getLoginConsentProviderToken, InjectLoginConsentProvider } from './login-consent/tokens.ts'
export { ConsentHandler } from './login-consent/handlers/consent-handler.ts'
export { DeviceHandler } from './login-consent/handlers/device-handler.ts'
export { ErrorPage } from './login-consent/handlers/error-page.ts'
export { LoginHandler } from './login-consent/handlers/login-handler.ts'
export { LogoutHandler } from './login-consent/handlers/logout-handler.ts'
export { RefreshHook, TokenHook } from './login-consent/handlers/hooks.ts'
export type { HookHandlerOptions } from './login-consent/handlers/hooks.ts'
export type { Decides, HandlerDecorator, HandlerOptions } from './login-consent/handlers/handler-decorator.ts'
export {
  BeginHandler,
  ClaimsHandler,
  DescribeAccountHandler,
  EndSessionHandler,
  MapResourceHandler,
  SignUpHandler,
} from './login-consent/handlers/deciders.ts'
export type { DeciderDecorator } from './login-consent/handlers/deciders.ts'
export { LoginForm } from './login-consent/params/login-form.ts'
export type { ParamPipe } from './login-consent/params/param-pipe.ts'
export {
  ConsentRequest,
  DeviceRequest,
  ErrorRequest,
  FlowContext,
  HookRequest,
  LoginRequest,
  LogoutRequest,
} from './login-consent/params/requests.ts'
export type { DecisionParam } from './login-consent/params/decision-param.ts'
export { FlowInput, FlowPage } from './login-consent/flow-page.ts'
export { nestOf } from './login-consent/http-exchange.ts'
export type { NestNative } from './login-consent/http-exchange.ts'

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
// Types whose names are those of decorators here go by `Hydra…` and `TokenHookRequest`: compilers that emit decorator
// metadata would take the decorator for the class of the parameter.
export type {
  ConsentRequest as HydraConsentRequest,
  LoginRequest as HydraLoginRequest,
  LogoutRequest as HydraLogoutRequest,
} from '@hydra-kit/client'
export {
  consent,
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
  HookOptions,
  HookRequest as TokenHookRequest,
  HttpInput,
  HttpOutput,
  LimitCallback,
  LoginAcceptance,
  LoginConsentOptions,
  LoginConsentProvider,
  LoginDecision,
  LogoutContext,
  LogoutDecision,
  LogoutFunction,
  MapResourceFunction,
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
export type { SharedResourceServer } from '@hydra-kit/resource-server'
