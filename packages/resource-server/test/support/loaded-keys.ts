/** Key sets as an issuer would publish them, and signatures checked with them. */
import { isBearerTokenError } from '../../src/errors.ts'
import type { RefusalReason } from '../../src/errors.ts'
import { parseJws } from '../../src/jws.ts'
import { createKeySet } from '../../src/key-set.ts'
import type { LoadedKeys } from '../../src/key-set.ts'
import { signingAlgorithms } from '../../src/signature.ts'
import { checkSignature, readHeader } from '../../src/verify-jwt.ts'

/** Loads a set of these keys. */
export async function loadKeys(...keys: readonly object[]): Promise<LoadedKeys> {
  return createKeySet(async () => ({ keys }), Date.now, undefined).load()
}

/** Why the signature of a token does not count with these keys; undefined if it does. */
export async function reasonOfSignature(token: string, keys: LoadedKeys): Promise<RefusalReason | undefined> {
  const jws = parseJws(token)
  if (jws === undefined) return 'not_access_token'
  try {
    return await checkSignature(token, readHeader(jws.header, signingAlgorithms), keys)
  } catch (error) {
    if (isBearerTokenError(error)) return error.reason
    throw error
  }
}
