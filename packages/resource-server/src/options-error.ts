import type { OptionsError } from '@hydra-kit/client'

/**
 * Builds the `TypeError` for a configuration mistake. Only names and our own sentences go in: a received value could
 * be a secret.
 */
export function optionsError(
  option: string,
  problem: string,
  cure: string,
): OptionsError & { readonly option: string } {
  const error = new TypeError(`${problem} ${cure}`)
  return Object.assign(error, { code: 'ERR_OPTIONS' as const, option })
}
