/** The login, consent, logout and device pages of an Ory Hydra, and receivers for its token hooks. */

// The provider
export { createLoginConsentProvider } from './provider.ts'
export type { Deciding, LoginConsentProvider, PendingLogin } from './provider.ts'
export type { StepName } from './exchange.ts'
export type {
  ContentSecurityPolicy,
  LimitOptions,
  LoginConsentOptions,
  ProviderHydra,
  ScopeOptions,
  UserCodeOptions,
} from './options.ts'
export type { HttpFacts, HttpInput, HttpOutput } from './http.ts'
export type { Secret } from './signing.ts'
export type { ErrorContext, ErrorListener } from './reporting.ts'

// Decisions
export { consent, device, login, logout } from './decisions.ts'
export type {
  Account,
  ConsentDecision,
  DeviceDecision,
  DeviceRetryDetails,
  HandleTarget,
  LoginAcceptance,
  LoginDecision,
  LogoutDecision,
  Rejection,
  RetryDetails,
} from './decisions.ts'
export type {
  AuthenticateContext,
  AuthenticateFunction,
  BeginContext,
  BeginFunction,
  ClaimsContext,
  ClaimsFunction,
  ConsentContext,
  ConsentFunction,
  DecidingContext,
  DescribeAccountContext,
  DescribeAccountFunction,
  DeviceContext,
  DeviceFunction,
  EndSessionContext,
  EndSessionFunction,
  LoginForm,
  LogoutContext,
  LogoutFunction,
  MapResourceFunction,
  TokenClaims,
} from './deciding-functions.ts'
export type { AuthorizeHints } from './authorize-request.ts'

// Stores and limits
export { createMemoryFlowStore } from './flow-store.ts'
export type { FlowStore, MemoryFlowStoreOptions } from './flow-store.ts'
export { createMemoryLimiter } from './limiter.ts'
export type { Attempt, LimitCallback, MemoryLimiterOptions } from './limiter.ts'

// Pages
export { shippedMessages } from './messages/messages.ts'
export type { MessageKey, Messages, MessageTables } from './messages/messages.ts'
export type { Branding } from './pages/layout.ts'
export type { Page, PageRenderer, PageRenderers } from './pages/page-renderers.ts'
export type {
  AccountModel,
  AccountView,
  ClientView,
  ConsentModel,
  DeviceModel,
  ErrorModel,
  FormError,
  LoginModel,
  LogoutModel,
  NoticeModel,
  PageModels,
  PageName,
  ScopeView,
  UnavailableModel,
} from './pages/page-models.ts'

// Hooks
export { refreshHook, tokenHook } from './hooks/hook-receiver.ts'
export type { HookHandler, HookOptions, HookReceiver } from './hooks/hook-receiver.ts'
export { hook } from './hooks/hook-decisions.ts'
export type { HookClaims, HookDecision } from './hooks/hook-decisions.ts'
export type { Claims, HookRequest, HookSession } from './hooks/hook-request.ts'

// Errors
export { FlowError, isFlowError } from './errors.ts'
export { isOptionsError } from '@hydra-kit/client'
export type { OptionsError } from '@hydra-kit/client'
export type { FlowErrorReason } from './errors.ts'
