/**
 * Client's wire types beside those of `@ory/hydra-client` 26.2: where both describe the same thing, they must name the
 * same members and agree on each member's type. Nothing here runs; the compiler is the test.
 *
 * Two differences are meant and looked past: client says `null` where servers send it (the SDK's generator can't), and
 * what is required differs, because client speaks to eleven server generations.
 */
import type * as ours from '../../../packages/client/dist/index.js'
import type * as theirs from '@ory/hydra-client'

/** A type without `null` and with every member optional, all the way down. */
type Comparable<T> = T extends readonly (infer Item)[]
  ? Comparable<Item>[]
  : T extends object
    ? { [Name in keyof T]?: Comparable<NonNullable<T[Name]>> }
    : NonNullable<T>

/** Only the members that a type names, without its index signature. */
type Declared<T> = { [Name in keyof T as string extends Name ? never : Name]: T[Name] }

type Extends<A, B> = [A] extends [B] ? true : false
type SameNames<A, B> = [keyof A, keyof B] extends [keyof B, keyof A] ? true : false

/** `true` if both name the same members (but for `Only`, which the other side doesn't have) and agree on their types. */
type Same<Ours, Theirs, Only extends PropertyKey = never> =
  SameNames<Omit<Ours, Only>, Omit<Theirs, Only>> extends true
    ? Extends<Comparable<Omit<Ours, Only>>, Comparable<Omit<Theirs, Only>>> extends true
      ? Extends<Comparable<Omit<Theirs, Only>>, Comparable<Omit<Ours, Only>>>
      : false
    : false

function holds<_Verdict extends true>(): void {}

// The measure itself can say no.
// @ts-expect-error a member of another type
holds<Same<{ a: string }, { a?: number }>>()
// @ts-expect-error a member too many
holds<Same<{ a: string; b: string }, { a: string }>>()
// @ts-expect-error a member too few
holds<Same<{ a: string }, { a: string; b?: string }>>()
// @ts-expect-error a difference further down
holds<Same<{ a: { b: string }[] }, { a: { b: number }[] }>>()
holds<Same<{ a: string | null }, { a?: string }>>()

// Clients. Old servers have lifespans of the password grant, too.
type PasswordGrant = 'password_grant_access_token_lifespan' | 'password_grant_refresh_token_lifespan'
holds<Same<ours.OAuth2Client, theirs.OAuth2Client, PasswordGrant>>()
holds<Same<ours.OAuth2ClientLifespans, theirs.OAuth2ClientTokenLifespans, PasswordGrant>>()
// `op` is a plain string there.
holds<Same<Omit<ours.JsonPatchOperation, 'op'>, Omit<theirs.JsonPatch, 'op'>>>()

// Login, consent, logout, device requests. `client` is compared above.
holds<Same<ours.OidcContext, theirs.OAuth2ConsentRequestOpenIDConnectContext>>()
holds<Same<Omit<ours.LoginRequest, 'client'>, Omit<theirs.OAuth2LoginRequest, 'client'>>>()
holds<Same<ours.AcceptLoginRequest, theirs.AcceptOAuth2LoginRequest>>()
holds<Same<Omit<ours.ConsentRequest, 'client'>, Omit<theirs.OAuth2ConsentRequest, 'client'>>>()
holds<Same<ours.AcceptConsentRequest, theirs.AcceptOAuth2ConsentRequest>>()
holds<Same<ours.ConsentSession, theirs.AcceptOAuth2ConsentRequestSession>>()
holds<Same<ours.RejectRequest, theirs.RejectOAuth2Request>>()
holds<Same<Omit<ours.LogoutRequest, 'client'>, Omit<theirs.OAuth2LogoutRequest, 'client'>>>()
holds<Same<ours.AcceptDeviceUserCode, theirs.AcceptDeviceUserCodeRequest>>()
holds<Same<Omit<ours.GrantedConsent, 'consent_request'>, Omit<theirs.OAuth2ConsentSession, 'consent_request'>>>()

// Keys, discovery, trust.
holds<Same<ours.JsonWebKey, theirs.JsonWebKey>>()
holds<Same<ours.JsonWebKeySet, theirs.JsonWebKeySet>>()
holds<Same<ours.KeyRequest, theirs.CreateJsonWebKeySet>>()
holds<Same<ours.TrustIssuerRequest, theirs.TrustOAuth2JwtGrantIssuer>>()
holds<Same<ours.TrustedIssuer, theirs.TrustedOAuth2JwtGrantIssuer>>()
// Credential types are a draft: client leaves them open.
holds<Same<ours.OidcConfiguration, theirs.OidcConfiguration, 'credentials_supported_draft_00'>>()

// Tokens. The SDK's type lacks what the credential scope adds.
type CredentialNonce = 'c_nonce_draft_00' | 'c_nonce_expires_in_draft_00'
holds<Same<ours.TokenResponse, theirs.OAuth2TokenExchange, CredentialNonce>>()
holds<Same<ours.DeviceAuthorization, theirs.DeviceAuthorization>>()
// Client tells active and inactive tokens apart by type, so only this direction can hold.
holds<Extends<Comparable<ours.IntrospectedToken>, Comparable<theirs.IntrospectedOAuth2Token>>>()
holds<SameNames<ours.ActiveToken, theirs.IntrospectedOAuth2Token>>()
// The SDK's type lacks the claims that say how and for whom the user signed in.
type SignInClaims = 'iss' | 'aud' | 'iat' | 'rat' | 'auth_time' | 'acr' | 'amr'
holds<Same<Declared<ours.UserinfoClaims>, theirs.OidcUserInfo, SignInClaims>>()

// Verifiable credentials. The SDK's nonce is also an error body.
type ErrorBody = 'error' | 'error_debug' | 'error_description' | 'error_hint' | 'status_code'
holds<Same<ours.CredentialRequest, theirs.CreateVerifiableCredentialRequestBody>>()
holds<Same<ours.VerifiableCredential, theirs.VerifiableCredentialResponse>>()
holds<Same<ours.CredentialNonce, theirs.VerifiableCredentialPrimingResponse, ErrorBody>>()
