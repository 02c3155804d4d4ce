import type { OptionsError } from '@hydra-kit/resource-server'
import { setHidden } from './hidden-property.ts'

/** A configuration mistake. Only names and sentences of ours go in: a received value could be a secret. */
export function optionsError(option: string, problem: string, cure: string): OptionsError {
  const error = new TypeError(`${problem} ${cure}`)
  setHidden(error, 'code', 'ERR_OPTIONS')
  setHidden(error, 'option', option)
  return error as OptionsError
}
