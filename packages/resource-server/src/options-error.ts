/** A configuration mistake, thrown when something is created. `code` is `ERR_OPTIONS`. */
export interface OptionsError extends TypeError {
  readonly code: 'ERR_OPTIONS'
  /** Path of the option, as `cache.maxAgeSeconds` or `issuers[1].audience`. */
  readonly option: string
}

/**
 * Builds the `TypeError` for a configuration mistake. Only names and our own sentences go in: a received value could
 * be a secret.
 */
export function optionsError(option: string, problem: string, cure: string): OptionsError {
  const error = new TypeError(`${problem} ${cure}`)
  return Object.assign(error, { code: 'ERR_OPTIONS' as const, option })
}
