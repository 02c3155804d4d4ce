/** A key set as the issuer would publish it, loaded. */
import { createKeySet } from '../../src/key-set.ts'
import type { LoadedKeys } from '../../src/key-set.ts'

export async function loadKeys(...keys: readonly object[]): Promise<LoadedKeys> {
  return createKeySet(async () => ({ keys }), Date.now, undefined).load()
}
