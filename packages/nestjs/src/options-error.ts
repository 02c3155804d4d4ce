/**
 * Builds the `TypeError` for a configuration mistake, `code` `ERR_OPTIONS`. Only names and sentences of ours go in: a
 * received value could be a secret.
 */
export function optionsError(option: string, problem: string, cure: string): TypeError {
  const error = new TypeError(`${problem} ${cure}`)
  return Object.assign(error, { code: 'ERR_OPTIONS' as const, option })
}
