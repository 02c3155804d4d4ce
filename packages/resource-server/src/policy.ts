/** The verdict: judged on every request, from a fresh answer and from a kept one alike. */
import type { RefusalReason } from './errors.ts'
import { refuseJwtKind, refuseOpaqueKind } from './token-kind.ts'
import type { ActiveAnswer, IntrospectionAnswer, JwtAnswer, TypedClaims } from './token-answer.ts'

/** Everything that is known about a token: a verified JWT, introspection, or both. */
export interface Evidence {
  readonly jwt?: JwtAnswer | undefined
  readonly introspection?: IntrospectionAnswer | undefined
}

/** What a route adds to its issuer's {@link Policy}. */
export interface RoutePolicy {
  /** Replaces the issuer's audience. */
  readonly audience?: readonly string[] | undefined
  /** How old the proof may be. */
  readonly freshWithinMs?: number | undefined
}

/** What an issuer's tokens must look like. */
export interface Policy {
  /** Without a trailing slash. */
  readonly issuer: string
  /** Null: any. */
  readonly audience: readonly string[] | null
  readonly clockToleranceSeconds: number
  readonly requireAtJwt: boolean
}

/** Why a token is refused; undefined if it is accepted. */
export function judge(
  evidence: Evidence,
  policy: Policy,
  route: RoutePolicy,
  nowMs: number,
): RefusalReason | undefined {
  const { jwt, introspection } = evidence
  const audience = route.audience ?? policy.audience
  if (introspection !== undefined) {
    if (!introspection.active) return 'inactive'
    const reason = judgeKind(introspection, policy) ?? judgeClaims(introspection, policy, audience, nowMs)
    if (reason !== undefined || jwt === undefined) return reason
  }
  if (jwt === undefined) return 'inactive'
  const reason = judgeKind(jwt, policy) ?? judgeClaims(jwt, policy, audience, nowMs)
  return reason ?? (introspection === undefined ? judgeFreshness(jwt, policy, route, nowMs) : undefined)
}

/** Once for each answer: neither its claims nor the issuer whose policy it stands under ever change. */
function judgeKind(answer: JwtAnswer | ActiveAnswer, policy: Policy): RefusalReason | undefined {
  if (answer.refusedKind === undefined) {
    const reason = answer.format === 'jwt' ? refuseJwtKind(answer, policy.requireAtJwt) : refuseOpaqueKind(answer)
    answer.refusedKind = reason ?? null
  }
  return answer.refusedKind ?? undefined
}

/** Without introspection, the last time that Hydra vouched for a JWT is when it was issued. */
function judgeFreshness(jwt: JwtAnswer, policy: Policy, route: RoutePolicy, nowMs: number): RefusalReason | undefined {
  if (route.freshWithinMs === undefined) return undefined
  const oldest = nowMs - route.freshWithinMs - policy.clockToleranceSeconds * 1000
  return jwt.issuedAt === undefined || jwt.issuedAt * 1000 < oldest ? 'stale' : undefined
}

function judgeClaims(
  claims: TypedClaims,
  policy: Policy,
  audience: readonly string[] | null,
  nowMs: number,
): RefusalReason | undefined {
  // Servers before 1.9 leave `iss` out of introspection answers; a JWT without it never gets here.
  if (claims.issuer !== undefined && withoutSlash(claims.issuer) !== policy.issuer) return 'wrong_issuer'
  const tolerance = policy.clockToleranceSeconds * 1000
  // RFC 7519 section 4.1.4: not accepted "on or after" that time.
  if (claims.expiresAt !== undefined && nowMs >= claims.expiresAt * 1000 + tolerance) return 'expired'
  if (claims.notBefore !== undefined && nowMs < claims.notBefore * 1000 - tolerance) return 'not_yet_valid'
  return judgeAudience(claims.audience, audience)
}

/** RFC 7519 section 4.1.3, by exact comparison; the prefix rule of Hydra's allow-list is for issuing only. */
function judgeAudience(actual: readonly string[], accepted: readonly string[] | null): RefusalReason | undefined {
  if (accepted === null || actual.some((audience) => accepted.includes(audience))) return undefined
  return actual.length === 0 ? 'audience_missing' : 'wrong_audience'
}

/** Version 1 servers end their issuer in a slash; the same server is meant. */
export function withoutSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : issuer
}
