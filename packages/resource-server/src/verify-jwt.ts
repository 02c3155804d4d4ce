/** Signatures, checked with keys of the issuer's own set and nothing else. */
import type { CryptoKey } from 'jose'
import { BearerTokenError } from './errors.ts'
import type { RefusalReason } from './errors.ts'
import type { Claims } from './claims.ts'
import type { UnverifiedJws } from './jws.ts'
import type { KeySet, LoadedKeys } from './key-set.ts'
import { isSignedWith } from './signature.ts'
import { readJwtAnswer } from './token-answer.ts'
import type { JwtAnswer } from './token-answer.ts'

/** What the platform calls its errors about keys. */
const unusableKeyErrors: ReadonlySet<string> = new Set([
  'DataError',
  'NotSupportedError',
  'OperationError',
  'SyntaxError',
  'TypeError',
])

/** How many keys of one name are tried: an attacker must not choose how much work a token makes. */
const triesPerToken = 4

/**
 * Verifies a JWT's signature. Claims are only read, not judged.
 *
 * @throws {@link BearerTokenError} `bad_algorithm`, `unknown_key`, `bad_signature` or `not_access_token`.
 * @throws VerificationUnavailableError if the keys are not to be had.
 */
export async function verifyJwt(
  token: string,
  jws: UnverifiedJws,
  keySet: KeySet,
  algorithms: readonly string[],
): Promise<JwtAnswer> {
  const named = readHeader(jws.header, algorithms)
  const { kid } = named
  let keys = await keySet.load()
  let reason = await checkSignature(token, named, keys)
  if (reason === 'unknown_key' || reason === 'bad_signature') {
    // A new key since the last fetch; or, on a version 1 server, a new key under an old name.
    const newer = await keySet.refetch(keys)
    if (newer !== undefined && newer.handles.get(kid) !== keys.handles.get(kid)) {
      keys = newer
      reason = await checkSignature(token, named, keys)
    }
  }
  const key = keys.handles.get(kid)
  if (reason !== undefined || key === undefined) throw new BearerTokenError(reason ?? 'unknown_key')
  const { typ } = jws.header
  const answer = jws.claims && readJwtAnswer(jws.claims, typeof typ === 'string' ? typ : undefined, key)
  if (answer === undefined) throw new BearerTokenError('not_access_token')
  return answer
}

/** Algorithm and key, as the header names them. */
export interface NamedKey {
  readonly alg: string
  readonly kid: string
}

/**
 * Reads which key a header asks for.
 *
 * @throws {@link BearerTokenError} `bad_algorithm` or `unknown_key`.
 */
export function readHeader(header: Claims, algorithms: readonly string[]): NamedKey {
  const { alg, kid } = header
  // The list comes from the options (RFC 8725 section 3.1). No extension is understood, so none may be critical
  // (RFC 7515 section 4.1.11), and `b64` would change which bytes are signed (RFC 7797).
  const extended = Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')
  if (typeof alg !== 'string' || !algorithms.includes(alg) || extended) throw new BearerTokenError('bad_algorithm')
  if (typeof kid !== 'string') throw new BearerTokenError('unknown_key')
  return { alg, kid }
}

/** Why a signature does not count, with the keys of that name; undefined if it does. Nothing else is looked at. */
export async function checkSignature(
  token: string,
  { alg, kid }: NamedKey,
  keys: LoadedKeys,
): Promise<RefusalReason | undefined> {
  if (!keys.handles.has(kid)) return 'unknown_key'
  try {
    const isSigned = await isSignedWith(await keys.resolve({ alg, kid }), alg, token)
    return isSigned ? undefined : 'bad_signature'
  } catch (error) {
    if (codeOf(error) !== 'ERR_JWKS_MULTIPLE_MATCHING_KEYS') return reasonOf(error)
    return tryEach(token, alg, error as AsyncIterable<CryptoKey>)
  }
}

/** Several keys with one name and type: each is tried, up to a bound. */
async function tryEach(
  token: string,
  alg: string,
  candidates: AsyncIterable<CryptoKey>,
): Promise<RefusalReason | undefined> {
  let left = triesPerToken
  let reason: RefusalReason | undefined
  for await (const key of candidates) {
    if (left-- === 0) break
    try {
      if (await isSignedWith(key, alg, token)) return undefined
      reason = 'bad_signature'
    } catch (error) {
      // A key that nobody can use must not hide the others of its name.
      reason ??= reasonOf(error)
    }
  }
  return reason ?? 'bad_signature'
}

/** jose's errors are told apart by `code`: an inlined copy has classes of its own. */
function reasonOf(error: unknown): RefusalReason {
  switch (codeOf(error)) {
    // The key of that name is of another type or for another algorithm than the header says.
    case 'ERR_JWKS_NO_MATCHING_KEY':
      return 'unknown_key'
    case 'ERR_JOSE_NOT_SUPPORTED':
      return 'bad_algorithm'
    default:
      if (!isUnusableKey(error)) throw error
      return 'unknown_key'
  }
}

/**
 * The set has a key of that name that no runtime can use (a short RSA modulus, a point that is not on its curve, a use
 * that is none of a public key): it has never verified anything, so it counts as none. The platform's errors carry no
 * code of jose's.
 */
function isUnusableKey(error: unknown): boolean {
  const name = (error as { name?: unknown } | null | undefined)?.name
  return typeof name === 'string' && unusableKeyErrors.has(name)
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null | undefined)?.code
}
