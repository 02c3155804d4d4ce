/** Typed calls for every Ory Hydra operation, on every server generation. */

export { createHydraClient } from './hydra-client.ts'
export type { HydraClient } from './hydra-client.ts'
export type { AdminAuth, DroppedField, HydraClientOptions } from './options.ts'
export type { ServerLine, ServerVersion } from './server-versions/release.ts'

// Calls
export type { CallOptions, HydraCall, HydraResponse, WithResponse } from './call.ts'
export type { ChallengeCompletion, ChallengeLookup, ClosedChallenge } from './challenge.ts'
export type { HydraList, HydraPage, PageRequest } from './paging.ts'
export type { OperationName } from './operations.ts'
export type {
  HydraDispatchController,
  HydraDispatcher,
  HydraDispatchHandler,
  HydraDispatchOptions,
} from './dispatcher.ts'

// Resources
export type { AuthorizationUrlRequest, EndSessionUrlRequest } from './browser-urls.ts'
export type { ClientCredentials } from './client-credentials.ts'
export type { ClientFilter, Clients, StoredOAuth2Client } from './clients.ts'
export type { ConsentRequests } from './consent-requests.ts'
export type { ConsentFilter, ConsentRevocation, ConsentSessions } from './consent-sessions.ts'
export type { CredentialOutcome, Credentials } from './credentials.ts'
export type { Device, DeviceAuthorizationRequest } from './device.ts'
export type { DeviceRequests } from './device-requests.ts'
export type { JsonPatchOperation } from './json-patch.ts'
export type { KeyRequest, KeySets } from './key-sets.ts'
export type { LoginRequests } from './login-requests.ts'
export type { LoginRevocation, LoginSessions } from './login-sessions.ts'
export type { LogoutRejection, LogoutRequests } from './logout-requests.ts'
export type { HealthStatus, Metadata, VersionAnswer } from './metadata.ts'
export type { Oidc, Userinfo } from './oidc.ts'
export type { Registration } from './registration.ts'
export type {
  AuthorizationCodeGrant,
  ClientCredentialsGrant,
  DeviceCodeGrant,
  ExchangeRequest,
  JwtBearerGrant,
  RefreshTokenGrant,
} from './token-exchange.ts'
export type { IntrospectRequest, RevokeRequest, Tokens } from './tokens.ts'
export type { IssuerFilter, TrustedIssuers } from './trusted-issuers.ts'

// Errors
export {
  HydraError,
  HydraHttpError,
  HydraProtocolError,
  HydraTimeoutError,
  HydraUnreachableError,
  isHydraError,
  isHydraHttpError,
  isHydraProtocolError,
  isHydraTimeoutError,
  isHydraUnreachableError,
  isUnsupportedOperationError,
  UnsupportedOperationError,
} from './errors.ts'
export { isOptionsError } from './options-error.ts'
export type { OptionsError } from './options-error.ts'
export type { HydraErrorCode, HydraHttpErrorFacts, ProtocolErrorReason, UnsupportedOperationFacts } from './errors.ts'

// What travels on the wire
export type { GrantedConsent } from './wire/consent-session.ts'
export type { AcceptDeviceUserCode, DeviceAuthorization } from './wire/device-authorization.ts'
export type { ActiveToken, InactiveToken, IntrospectedToken } from './wire/introspected-token.ts'
export type { JsonWebKey, JsonWebKeySet } from './wire/json-web-key.ts'
export type {
  AcceptConsentRequest,
  AcceptLoginRequest,
  ConsentRequest,
  ConsentSession,
  LoginRequest,
  OidcContext,
  RejectRequest,
} from './wire/login-request.ts'
export type { LogoutRequest } from './wire/logout-request.ts'
export type { Lifespan, OAuth2Client, OAuth2ClientLifespans } from './wire/oauth2-client.ts'
export type { OidcConfiguration, SupportedCredential } from './wire/oidc-configuration.ts'
export type { TokenResponse } from './wire/token-response.ts'
export type { TrustedIssuer, TrustIssuerRequest } from './wire/trusted-issuer.ts'
export type { UserinfoClaims } from './wire/userinfo.ts'
export type { CredentialNonce, CredentialRequest, VerifiableCredential } from './wire/verifiable-credential.ts'
