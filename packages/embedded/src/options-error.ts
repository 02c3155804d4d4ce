/** A wrong option or argument: a `TypeError` whose message names it and the cure, never the value. */
export interface OptionsError extends TypeError {
  /** Always `ERR_OPTIONS`. */
  readonly code: 'ERR_OPTIONS'
  /** The option, with its path: `ttl.accessToken`. Absent for arguments, and where no single option is at fault. */
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

/** The way this package refuses a wrong option or argument. */
export function optionsError(message: string, option?: string): OptionsError {
  const code = 'ERR_OPTIONS' as const
  return Object.assign(new TypeError(message), option === undefined ? { code } : { code, option })
}
