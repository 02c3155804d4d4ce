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

// Login and consent.
holds<Same<ours.OidcContext, theirs.OAuth2ConsentRequestOpenIDConnectContext>>()
holds<Same<Omit<ours.LoginRequest, 'client'>, Omit<theirs.OAuth2LoginRequest, 'client'>>>()
holds<Same<ours.AcceptLoginRequest, theirs.AcceptOAuth2LoginRequest>>()
holds<Same<Omit<ours.ConsentRequest, 'client'>, Omit<theirs.OAuth2ConsentRequest, 'client'>>>()
holds<Same<ours.AcceptConsentRequest, theirs.AcceptOAuth2ConsentRequest>>()
holds<Same<ours.ConsentSession, theirs.AcceptOAuth2ConsentRequestSession>>()
holds<Same<ours.RejectRequest, theirs.RejectOAuth2Request>>()

// Keys, discovery, tokens.
holds<Same<ours.JsonWebKey, theirs.JsonWebKey>>()
holds<Same<ours.JsonWebKeySet, theirs.JsonWebKeySet>>()
// Credential types are a draft: client leaves them open.
holds<Same<ours.OidcConfiguration, theirs.OidcConfiguration, 'credentials_supported_draft_00'>>()
// Client tells active and inactive tokens apart by type, so only this direction can hold.
holds<Extends<Comparable<ours.IntrospectedToken>, Comparable<theirs.IntrospectedOAuth2Token>>>()
holds<SameNames<ours.ActiveToken, theirs.IntrospectedOAuth2Token>>()
