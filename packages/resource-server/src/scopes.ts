/** Hydra's rules for "do the granted scopes cover the needed one?", and the only parser of scope lists. */

/** Hydra's `strategies.scope`; `hierarchical` exists on version 1 servers only. */
export type ScopeStrategy = 'wildcard' | 'exact' | 'hierarchical'

/** Says whether granted scopes cover a needed one. */
export type ScopeMatcher = (granted: readonly string[], needed: string) => boolean

/** The matcher of a strategy. */
export function scopeMatcher(strategy: ScopeStrategy): ScopeMatcher {
  return matchers[strategy]
}

/** True for a `scope-token` of RFC 6749 section 3.3: printable ASCII without space, quote and backslash. */
export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

/**
 * Reads a scope list as Hydra writes it: `scp` is a list, `scope` a string separated by single spaces. Returns
 * undefined for anything else: half of a broken list must not become a grant.
 */
export function parseScopes(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return parseScopeString(value)
  if (Array.isArray(value) && value.every(isScopeToken)) return value
  return undefined
}

function parseScopeString(text: string): readonly string[] | undefined {
  if (text === '') return []
  const scopes = text.split(' ')
  return scopes.every(isScopeToken) ? scopes : undefined
}

/** What both lists contain, in the order of the first. */
export function intersectScopes(first: readonly string[], second: readonly string[]): readonly string[] {
  const wanted = new Set(second)
  return first.filter((scope) => wanted.has(scope))
}

const matchers: Readonly<Record<ScopeStrategy, ScopeMatcher>> = {
  exact: (granted, needed) => granted.includes(needed),

  // `*` as a whole part covers one part that is not empty; as the last part it covers all that follow.
  wildcard(granted, needed) {
    if (granted.includes(needed)) return true
    return granted.some((grant) => grant.includes('*') && wildcardCovers(grant.split('.'), needed.split('.')))
  },

  // A granted scope covers itself and everything below it: `photos` covers `photos.read`.
  hierarchical: (granted, needed) => granted.some((grant) => needed === grant || needed.startsWith(`${grant}.`)),
}

function wildcardCovers(grant: readonly string[], needed: readonly string[]): boolean {
  if (grant.length > needed.length) return false
  if (grant.length < needed.length && grant.at(-1) !== '*') return false
  return grant.every((part, index) => part === needed[index] || (part === '*' && needed[index] !== ''))
}
