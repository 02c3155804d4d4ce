/** Per-route rules, looked through once and then remembered. */
import { optionsError } from './options-error.ts'
import type { RoutePolicy } from './policy.ts'
import type { VerifyRule } from './request-facts.ts'

const none: RoutePolicy = Object.freeze({})
const known = new WeakMap<VerifyRule, RoutePolicy>()

/**
 * The policy of a rule.
 *
 * @throws TypeError `ERR_OPTIONS` for an unknown member or an impossible value: a typo must not loosen a route.
 */
export function routePolicy(rule: VerifyRule | undefined): RoutePolicy {
  if (rule === undefined) return none
  const remembered = known.get(rule)
  if (remembered !== undefined) return remembered
  const policy = readRule(rule)
  known.set(rule, policy)
  return policy
}

/**
 * Refuses a rule that could not be followed. Adapters call it when a route is set up, so that the mistake shows at
 * start.
 *
 * @throws TypeError `ERR_OPTIONS`.
 */
export function assertRule(rule: VerifyRule): void {
  routePolicy(rule)
}

function readRule(rule: VerifyRule): RoutePolicy {
  const { audience, freshWithinSeconds, issuer: _issuer, ...unknown } = rule
  for (const name of Object.keys(unknown)) {
    throw optionsError(name, `A rule has no member ${JSON.stringify(name)}.`, 'Use audience or freshWithinSeconds.')
  }
  for (const name of ['audience', 'freshWithinSeconds'] as const) {
    // `{ audience: settings.audience }` with a setting that is missing must not become a rule that asks for less.
    if (!Object.hasOwn(rule, name) || rule[name] !== undefined) continue
    throw optionsError(
      name,
      `${name} is undefined, so the rule would not ask for it.`,
      'Leave it out, or give a value.',
    )
  }
  const list = typeof audience === 'string' ? [audience] : audience
  if (list !== undefined && (!Array.isArray(list) || list.length === 0 || !list.every(isName))) {
    throw optionsError('audience', 'audience must be a string or a list of strings that is not empty.', 'Correct it.')
  }
  if (freshWithinSeconds !== undefined && !isSeconds(freshWithinSeconds)) {
    throw optionsError('freshWithinSeconds', 'freshWithinSeconds must be a number of seconds from 0.', 'Correct it.')
  }
  const freshWithinMs = freshWithinSeconds === undefined ? undefined : freshWithinSeconds * 1000
  return { audience: list && [...list], freshWithinMs }
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}
