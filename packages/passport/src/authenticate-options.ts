/** What one route asks for: the options of `passport.authenticate('hydra', { … })`. */
import { assertRequirement, assertRule, type Requirement, type Rule } from '@hydra-kit/resource-server'
import type { AuthenticateOptions } from 'passport'
import { optionsError } from './options-error.ts'

/** What the strategy reads of the options of `passport.authenticate`, beside Passport's own. */
export interface HydraAuthenticateOptions {
  /**
   * Scopes that the token must have, all of them, under Hydra's scope strategy; a text is split at spaces. Else 403
   * `insufficient_scope`.
   */
  scope?: string | string[]
  /** Scopes of which the token must have at least one. Else 403 `insufficient_scope` naming the first. */
  anyScope?: string | readonly string[]
  /** Claims by name: a value, a list of allowed values, or a function. Else 403. */
  claims?: NonNullable<Requirement['claims']>
  /** Replaces the strategy's audience on this route. Else 401. */
  audience?: string | readonly string[]
  /** How old, in seconds, the proof that the token is still good may be; 0 asks Hydra for each request. */
  freshWithinSeconds?: number
  /**
   * Lets a request without a token pass; `req.user` then stays what it was. A request with a bad token never passes.
   * Default false.
   */
  optional?: boolean
}

declare module 'passport' {
  // Passport's own types know `scope` already.
  interface AuthenticateOptions extends Omit<HydraAuthenticateOptions, 'scope'> {}
}

/** The same, looked through. */
export interface RouteRule {
  readonly rule: Rule | undefined
  readonly requirement: Requirement | undefined
  /** Named in the challenge of a request without a token. */
  readonly scope: readonly string[] | undefined
  readonly optional: boolean
}

/** Passport's own names, and the two that AuthGuard of @nestjs/passport 11 passes through. */
const namesOfPassport: ReadonlySet<string> = new Set([
  'session',
  'keepSessionInfo',
  'successRedirect',
  'successReturnToOrRedirect',
  'successFlash',
  'successMessage',
  'failureRedirect',
  'failureFlash',
  'failureMessage',
  'failWithError',
  'assignProperty',
  'authInfo',
  'userProperty',
  'pauseStream',
  'property',
  'defaultStrategy',
])

/** What a route can ask for. One of these that is there but undefined is a mistake that would open the route. */
const demandNames: ReadonlySet<string> = new Set(['scope', 'anyScope', 'claims', 'audience', 'freshWithinSeconds'])

/**
 * Reads the options. Passport only shows them to a strategy when a request comes, so a mistake is an error of that
 * request: never an open door.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function routeRule(options: AuthenticateOptions): RouteRule {
  const { scope, anyScope, claims, audience, freshWithinSeconds, optional = false, ...others } = options
  for (const name of Object.keys(others)) {
    if (!namesOfPassport.has(name)) {
      throw optionsError(
        name,
        `passport.authenticate was given ${JSON.stringify(name)}, which neither Passport nor the strategy knows.`,
        'Use scope, anyScope, claims, audience, freshWithinSeconds or optional.',
      )
    }
  }
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined && demandNames.has(name)) {
      throw optionsError(
        name,
        `${name} is undefined, so the route would not ask for it.`,
        'Leave it out, or give a value.',
      )
    }
  }
  if (options.session !== false && options.assignProperty === undefined) {
    // Passport would write the caller into the session, and a cookie would outlive the token.
    throw optionsError(
      'session',
      'passport.authenticate would start a login session for the caller of an API.',
      "Give it { session: false }, as passport.authenticate('hydra', { session: false }).",
    )
  }
  if (typeof optional !== 'boolean') {
    throw optionsError('optional', 'optional must be true or false.', 'Leave it out to demand a token.')
  }
  const all = scope === undefined ? undefined : scopesOf('scope', scope)
  const any = anyScope === undefined ? undefined : scopesOf('anyScope', anyScope)
  const requirement = demands({ all, any, claims }) as Requirement | undefined
  const rule = demands({ audience, freshWithinSeconds }) as Rule | undefined
  if (requirement !== undefined) assertRequirement(requirement)
  if (rule !== undefined) assertRule(rule)
  if (optional && (requirement ?? rule) !== undefined) {
    throw optionsError(
      'optional',
      'A route whose token is optional cannot ask anything of it.',
      'Take one of them out.',
    )
  }
  const named = [...(all ?? []), ...(any ?? []).slice(0, 1)]
  return { rule, requirement, scope: named.length > 0 ? named : undefined, optional }
}

/** RFC 6749 section 3.3: a list of scope-tokens with a space between. */
function scopesOf(option: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : []
  if (list.length === 0 || !list.every(isScopeToken)) {
    throw optionsError(
      option,
      `${option} must name at least one scope, and a scope has no spaces, quotes or backslashes.`,
      "For example { scope: ['photos.read'] }.",
    )
  }
  return list
}

function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

/** What was given; undefined if nothing was. */
function demands(members: Readonly<Record<string, unknown>>): object | undefined {
  const given = Object.entries(members).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : Object.fromEntries(given)
}
