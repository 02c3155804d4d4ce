/** For tests of applications: a resource server without a Hydra. Everything but the verification is the real thing. */
import { deepFreeze } from './claims.ts'
import { BearerTokenError, VerificationUnavailableError } from './errors.ts'
import type { RefusalReason } from './errors.ts'
import { createEventSink } from './events.ts'
import type { OnRefused, OnVerified } from './events.ts'
import type { TokenPlace } from './options.ts'
import { assembleResourceServer } from './resource-server.ts'
import type { ResourceServer } from './resource-server.ts'
import { scopeMatcher } from './scopes.ts'
import type { ScopeStrategy } from './scopes.ts'
import { createVerifiedToken } from './verified-token.ts'
import type { VerifiedToken } from './verified-token.ts'

/** Who is signed in, for {@link signedInAs}. Everything has a default. */
export interface SignedInAsOptions<Extra = Readonly<Record<string, unknown>>> {
  /** Default: none, as for client credentials. */
  readonly subject?: string | undefined
  /** Default `test-client`. */
  readonly clientId?: string | undefined
  /** Default: none. */
  readonly scopes?: readonly string[] | undefined
  /** Default: none. */
  readonly audience?: readonly string[] | undefined
  /** Default `https://hydra.test`. */
  readonly issuer?: string | undefined
  /** Default: one hour ago. */
  readonly issuedAt?: Date | undefined
  /** Default: in one hour. */
  readonly expiresAt?: Date | undefined
  /** Default `opaque`. */
  readonly format?: 'jwt' | 'opaque' | undefined
  /** The consent app's `session.access_token`. Default: empty. */
  readonly extra?: Extra | undefined
  /** Default `wildcard`. */
  readonly scopeStrategy?: ScopeStrategy | undefined
}

const hourMs = 3_600_000

/** A verified token as a handler gets it, made up for a test. */
export function signedInAs<Extra = Readonly<Record<string, unknown>>>(
  who: SignedInAsOptions<Extra> = {},
): VerifiedToken<Extra> {
  const { subject, clientId = 'test-client', scopes = [], audience = [], issuer = 'https://hydra.test' } = who
  const { format = 'opaque', extra = {} as Extra, scopeStrategy = 'wildcard' } = who
  const issuedAtSeconds = seconds(who.issuedAt ?? new Date(Date.now() - hourMs))
  const expiresAtSeconds = seconds(who.expiresAt ?? new Date(Date.now() + hourMs))
  const times = { exp: expiresAtSeconds, iat: issuedAtSeconds }
  const claims = { sub: subject, client_id: clientId, scope: scopes.join(' '), aud: audience, iss: issuer, ext: extra }
  return createVerifiedToken(
    {
      subject,
      clientId,
      issuer,
      format,
      issuedAtSeconds,
      expiresAtSeconds,
      scopes: Object.freeze([...scopes]),
      audience: Object.freeze([...audience]),
      extra: deepFreeze(extra),
      verifiedBy: format === 'jwt' ? 'keys' : 'introspection',
      claims: deepFreeze(JSON.parse(JSON.stringify({ ...claims, ...times })) as Record<string, unknown>),
    },
    scopeMatcher(scopeStrategy),
  )
}

/** Options of {@link fakeResourceServer}. */
export interface FakeResourceServerOptions<Extra = Readonly<Record<string, unknown>>> {
  /**
   * What each token means: who is signed in, the reason why it is refused, or `unavailable` to play an outage. All
   * other tokens are `inactive`.
   */
  readonly tokens: Readonly<Record<string, VerifiedToken<Extra> | RefusalReason | 'unavailable'>>
  /** As `ResourceServerOptions.tokenFrom`. */
  readonly tokenFrom?: readonly TokenPlace[] | undefined
  /** As `ResourceServerOptions.realm`. */
  readonly realm?: string | undefined
  /** As `ResourceServerOptions.resourceMetadataUrl`. */
  readonly resourceMetadataUrl?: string | undefined
  /** As `ResourceServerOptions.onRefused`. */
  readonly onRefused?: OnRefused | undefined
  /** As `ResourceServerOptions.onVerified`. */
  readonly onVerified?: OnVerified | undefined
}

/**
 * A resource server that knows its tokens by heart. Places, scopes, claims and the wording of answers are the real
 * ones; audience and expiry are not judged.
 */
export function fakeResourceServer<Extra = Readonly<Record<string, unknown>>>(
  options: FakeResourceServerOptions<Extra>,
): ResourceServer<Extra> {
  const tokens = new Map(Object.entries(options.tokens))
  const events = createEventSink(options.onVerified, options.onRefused)
  return assembleResourceServer<Extra>({
    events,
    tokenFrom: options.tokenFrom ?? ['header'],
    realm: options.realm,
    resourceMetadataUrl: options.resourceMetadataUrl,
    select: undefined,
    async verifier(raw) {
      const meaning = tokens.get(raw) ?? 'inactive'
      if (meaning === 'unavailable') {
        throw new VerificationUnavailableError('Introspection is not available.', { retryAfterSeconds: 2 })
      }
      if (typeof meaning === 'string') {
        const error = new BearerTokenError(meaning)
        events.refused(error)
        throw error
      }
      events.verified('introspection', meaning)
      return meaning
    },
    issuers: ['https://hydra.test'],
    hydrate: async () => [],
    ready: async () => ({ ready: true, problems: [] }),
    stats: () => ({ issuers: [] }),
    async close() {},
  })
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
