/** Does a list of granted scopes cover a needed one? One function for each value of Hydra's `strategies.scope`. */

/** The values of `strategies.scope` that Hydra 2 and later take. */
export type ScopeStrategyName = 'wildcard' | 'exact'

/** Whether `granted` covers `needed`. */
export type ScopeStrategy = (granted: readonly string[], needed: string) => boolean

/** Equal strings only. */
export const exactScopeStrategy: ScopeStrategy = (granted, needed) => granted.includes(needed)

/**
 * Parts are separated by dots. `*` as a whole part stands for one part that isn't empty, as the last part for one or
 * more. Any other use of `*` is a plain character.
 */
export const wildcardScopeStrategy: ScopeStrategy = (granted, needed) =>
  granted.some((scope) => coversWildcard(scope.split('.'), needed.split('.')))

function coversWildcard(granted: readonly string[], needed: readonly string[]): boolean {
  if (granted.length > needed.length) return false
  if (granted.length < needed.length && granted.at(-1) !== '*') return false
  return granted.every((part, at) => (part === '*' ? needed[at] !== '' : part === needed[at]))
}

/** The strategy of a name. */
export function scopeStrategy(name: ScopeStrategyName): ScopeStrategy {
  return name === 'exact' ? exactScopeStrategy : wildcardScopeStrategy
}

/** Whether a scope that Hydra itself gives a meaning is among them; only there case doesn't count. */
export function hasScope(scopes: readonly string[], name: string): boolean {
  return scopes.some((scope) => scope.toLowerCase() === name)
}

/** Splits a scope parameter; empty parts don't count. */
export function splitScopes(value: string | null | undefined): string[] {
  return (value ?? '').split(' ').filter((scope) => scope !== '')
}
