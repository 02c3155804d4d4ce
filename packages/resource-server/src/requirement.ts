import { claimMatches, requiredClaim } from './claims.ts'
import type { ClaimExpectation } from './claims.ts'
import { BearerTokenError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { isScopeToken } from './scopes.ts'
import type { VerifiedToken } from './verified-token.ts'

/**
 * What a route demands. At least one member must be given, and none may be empty or `undefined`: the route would demand
 * less than is written there.
 */
export interface Requirement {
  /** Every one of these scopes. */
  readonly all?: readonly string[]
  /** At least one of these scopes. */
  readonly any?: readonly string[]
  /**
   * Claims by name: a value, a list of allowed values, or a function. Names that Hydra writes itself (`sub`,
   * `client_id` …) are read from the token, all others from `session.access_token`. A claim that is a list fits when
   * one member does.
   */
  readonly claims?: Readonly<Record<string, ClaimExpectation>>
}

/**
 * Checks a verified token against a requirement.
 *
 * @throws {@link BearerTokenError} 403 `insufficient_scope` or `claim_mismatch`.
 * @throws TypeError `ERR_OPTIONS` if the requirement demands nothing or names an impossible scope.
 */
export function authorizeToken(token: VerifiedToken<unknown>, requirement: Requirement): void {
  assertRequirement(requirement)
  const { all = [], any = [], claims } = requirement
  if (!all.every((scope) => token.hasScope(scope)) || (any.length > 0 && !any.some((scope) => token.hasScope(scope)))) {
    throw new BearerTokenError('insufficient_scope', { requiredScopes: [...new Set([...all, ...any.slice(0, 1)])] })
  }
  if (claims === undefined) return
  for (const [name, expected] of Object.entries(claims)) {
    if (!claimMatches(requiredClaim(token.claims, token.format, name), expected)) {
      throw new BearerTokenError('claim_mismatch')
    }
  }
}

/** Requirements are written once and checked on every request, so each is only looked through the first time. */
const seen = new WeakSet<Requirement>()

/**
 * Refuses a requirement that demands nothing. Adapters call it when a route is set up, so that the mistake shows at
 * start.
 *
 * @throws TypeError `ERR_OPTIONS`.
 */
export function assertRequirement(requirement: Requirement): void {
  if (seen.has(requirement)) return
  const { all, any, claims, ...unknown } = requirement
  for (const name of Object.keys(unknown)) {
    throw optionsError(name, `A requirement has no member ${JSON.stringify(name)}.`, 'Use all, any or claims.')
  }
  for (const name of ['all', 'any', 'claims'] as const) {
    // `{ all: settings.scopes }` with a setting that is missing must not become a requirement that demands less.
    if (!Object.hasOwn(requirement, name) || requirement[name] !== undefined) continue
    throw optionsError(name, `${name} is undefined, so nothing would be demanded.`, 'Leave it out, or give a value.')
  }
  for (const [name, scopes] of Object.entries({ all, any })) {
    if (scopes === undefined) continue
    if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isScopeToken)) {
      const cure = 'Name at least one; a scope has no spaces, quotes or backslashes (RFC 6749 section 3.3).'
      throw optionsError(name, `${name} must be a list of scopes that is not empty.`, cure)
    }
  }
  if (claims !== undefined && Object.keys(claims).length === 0) {
    throw optionsError('claims', 'claims must name at least one claim.', 'Leave it out to demand none.')
  }
  if (all === undefined && any === undefined && claims === undefined) {
    throw optionsError('requirement', 'The requirement demands nothing.', 'Give all, any or claims.')
  }
  seen.add(requirement)
}
