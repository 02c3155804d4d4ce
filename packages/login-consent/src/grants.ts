/**
 * What is granted: never more than was asked for. Hydra checks neither scopes nor audience at accept: what was never
 * asked for is issued, and breaks at the next refresh.
 */

/** The members of `chosen` that were asked for, in the order they were asked for, once each. */
export function grantable(chosen: Iterable<string>, requested: readonly string[] | null | undefined): string[] {
  const wanted = new Set(chosen)
  return [...new Set(requested ?? [])].filter((name) => wanted.has(name))
}
