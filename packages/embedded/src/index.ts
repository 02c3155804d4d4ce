export { type EmbeddedHydra, startHydra } from './start.ts'
export type {
  ClientInput,
  CorsOptions,
  DiscoveryOptions,
  WebhookOptions,
  HydraOptions,
  TtlOptions,
  UrlOptions,
} from './options.ts'
export { isOptionsError } from './options-error.ts'
export type { OptionsError } from './options-error.ts'
export type { Clock } from './clock.ts'
export type { ActiveFault, Fault, FaultKind, Faults, FaultTarget } from './faults.ts'
export type { Inspect, ReceivedRequest, RequestFilter, SeenConsent, SeenLoginSession, SeenToken } from './inspect.ts'
export type {
  Defect,
  Mint,
  MintAccessTokenOptions,
  MintIdTokenOptions,
  MintLogoutTokenOptions,
  MintOptions,
  MintTokenOptions,
} from './mint.ts'
export type { Jwk } from './tokens/key-sets.ts'
export type { ScopeStrategyName } from './scopes.ts'
export type { Port } from './http/request.ts'
