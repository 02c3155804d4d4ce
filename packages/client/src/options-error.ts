/** Mistakes in how a package is used, as opposed to what a call can end in (`errors.ts`). */

/**
 * A wrong option or argument, thrown before anything is sent. Every package throws the same kind: a `TypeError` whose
 * message names the option and the cure, never the value, which may be a secret.
 */
export interface OptionsError extends TypeError {
  /** Always `ERR_OPTIONS`. */
  readonly code: 'ERR_OPTIONS'
  /** The option, with its path: `cache.maxAgeSeconds`. Absent for arguments, and where no single option is at fault. */
  readonly option?: string
}

/**
 * Whether a caught value is an {@link OptionsError}, of whichever package of `@hydra-kit`. Told by `name` and `code`, so
 * that other copies of a package and other realms make no difference.
 */
export function isOptionsError(value: unknown): value is OptionsError {
  if (typeof value !== 'object' || value === null) return false
  const { name, code } = value as { name?: unknown; code?: unknown }
  return name === 'TypeError' && code === 'ERR_OPTIONS'
}

/** A wrong option or argument: what is wrong, and what to do about it. */
export function optionsError(message: string, option?: string): OptionsError {
  const code = 'ERR_OPTIONS' as const
  return Object.assign(new TypeError(message), option === undefined ? { code } : { code, option })
}
