/** Which tokens count as access tokens. Hydra signs ID tokens with the same keys, `iss` and `typ` as JWT access tokens. */
import { ownClaim } from './claims.ts'
import type { Claims } from './claims.ts'
import type { RefusalReason } from './errors.ts'
import type { ActiveAnswer, JwtAnswer } from './token-answer.ts'

/**
 * Claims that Hydra puts into every ID token and the consent app cannot remove. It can add `client_id` and `scp` to
 * one, so their presence proves nothing.
 */
const idTokenMarks = ['at_hash', 'c_hash', 'rat', 'auth_time'] as const

/** Hydra writes `JWT`; RFC 9068 section 2.1 asks for `at+jwt`, with or without the `application/` prefix. */
const accessTokenTypes: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

/** Why a JWT is not an access token; undefined if it is one. */
export function refuseJwtKind(answer: JwtAnswer, requireAtJwt: boolean): RefusalReason | undefined {
  const { claims } = answer
  // OpenID Connect Back-Channel Logout 1.0 section 2.4.
  if (has(claims, 'events')) return 'logout_token'
  if (idTokenMarks.some((mark) => has(claims, mark))) return 'id_token'
  // RFC 7800 section 3: whoever accepts such a token without checking its proof makes it a bearer token.
  if (has(claims, 'cnf')) return 'unsupported_confirmation'
  const type = answer.type?.toLowerCase()
  if (type !== undefined && !accessTokenTypes.has(type)) return 'not_access_token'
  if (requireAtJwt && (type === undefined || type === 'jwt')) return 'not_access_token'
  if (answer.clientId === undefined || answer.clientId === '') return 'not_access_token'
  if (answer.issuer === undefined || answer.expiresAt === undefined) return 'not_access_token'
  return undefined
}

/**
 * Why an active token is not an access token; undefined if it is one. Refresh tokens are active, too, with the same
 * scopes and audience. Servers before 1.9 say the kind in `token_type`; since then that is always `Bearer`.
 */
export function refuseOpaqueKind(answer: ActiveAnswer): RefusalReason | undefined {
  const { claims } = answer
  const use = ownClaim(claims, 'token_use') ?? ownClaim(claims, 'token_type')
  if (use === 'refresh_token') return 'refresh_token'
  if (use !== 'access_token') return 'not_access_token'
  if (has(claims, 'cnf')) return 'unsupported_confirmation'
  return answer.clientId === undefined || answer.clientId === '' ? 'not_access_token' : undefined
}

function has(claims: Claims, name: string): boolean {
  return Object.hasOwn(claims, name)
}
