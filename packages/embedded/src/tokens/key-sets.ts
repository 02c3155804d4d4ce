import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPair, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'

/** A JSON Web Key (RFC 7517), private members included. */
export interface Jwk {
  /** `sig` or `enc`. */
  use?: string
  /** Key type: `RSA`, `EC`, `OKP` or `oct`. */
  kty?: string
  /** Key id. */
  kid?: string
  /** Algorithm, such as `RS256`. */
  alg?: string
  /** EC and OKP: the curve. */
  crv?: string
  /** RSA: the modulus. */
  n?: string
  /** RSA: the exponent. */
  e?: string
  /** Private: RSA exponent, EC or OKP private key. */
  d?: string
  /** Private: first RSA prime. */
  p?: string
  /** Private: second RSA prime. */
  q?: string
  /** Private: first RSA factor exponent. */
  dp?: string
  /** Private: second RSA factor exponent. */
  dq?: string
  /** Private: RSA coefficient. */
  qi?: string
  /** EC and OKP: the x coordinate or public key. */
  x?: string
  /** EC: the y coordinate. */
  y?: string
  /** Private: the symmetric key of `kty: 'oct'`. */
  k?: string
  /** Certificate chain. */
  x5c?: string[]
}

/** All key sets by name, the newest key of each first. */
export type KeySets = Map<string, Jwk[]>

/** The set that signs ID tokens, logout tokens, signed userinfo and verifiable credentials. */
export const idTokenSet = 'hydra.openid.id-token'

/** The set that signs JWT access tokens. */
export const accessTokenSet = 'hydra.jwt.access-token'

const generate = promisify(generateKeyPair)

/** How to make a key for an algorithm; the list is that of Hydra's key generator. */
const generators: Readonly<Record<string, () => Promise<{ privateKey: KeyObject }>>> = {
  ...Object.fromEntries(
    ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg) => [
      alg,
      () => generate('rsa', { modulusLength: 2048 }),
    ]),
  ),
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  ES384: () => generate('ec', { namedCurve: 'P-384' }),
  ES512: () => generate('ec', { namedCurve: 'P-521' }),
  EdDSA: () => generate('ed25519', {}),
}

/** Makes a private key, `undefined` for an algorithm that Hydra doesn't generate. RSA keys have 2048 bits. */
export async function generateJwk(alg: string, kid: string = randomUUID(), use = 'sig'): Promise<Jwk | undefined> {
  const generator = Object.hasOwn(generators, alg) ? generators[alg] : undefined
  if (generator === undefined) return undefined
  const { privateKey } = await generator()
  return { use, kid, alg, ...(privateKey.export({ format: 'jwk' }) as Jwk) }
}

/** The key that signs now: the newest private one of its set. A set without any gets a new RS256 key. */
export async function currentKey(keySets: KeySets, set: string): Promise<Jwk> {
  const known = newestPrivate(keySets, set)
  if (known !== undefined) return known
  const made = (await generateJwk('RS256')) ?? {}
  // Two requests may arrive at an empty set together: the first key made is the one that counts.
  const meanwhile = newestPrivate(keySets, set)
  if (meanwhile !== undefined) return meanwhile
  keySets.set(set, [made, ...(keySets.get(set) ?? [])])
  return made
}

function newestPrivate(keySets: KeySets, set: string): Jwk | undefined {
  return keySets.get(set)?.find((key) => key.d !== undefined || key.kty === 'oct')
}

const publicMembers = ['use', 'kty', 'kid', 'crv', 'alg', 'n', 'e', 'x', 'y', 'x5c'] as const

/** The public half; `undefined` for a symmetric key, which has none. */
export function publicJwk(key: Jwk): Jwk | undefined {
  if (key.kty === 'oct') return undefined
  return Object.fromEntries(publicMembers.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]])))
}

const privateKeys = new WeakMap<Jwk, KeyObject>()
const publicKeys = new WeakMap<Jwk, KeyObject>()

/** The key object that signs; made once for each key. */
export function signingKey(key: Jwk): KeyObject {
  const known = privateKeys.get(key)
  if (known !== undefined) return known
  const made = createPrivateKey({ key: { ...key }, format: 'jwk' })
  privateKeys.set(key, made)
  return made
}

/** The key object that verifies; made once for each key. */
export function verifyingKey(key: Jwk): KeyObject {
  const known = publicKeys.get(key)
  if (known !== undefined) return known
  const made = createPublicKey({ key: { ...publicJwk(key) }, format: 'jwk' })
  publicKeys.set(key, made)
  return made
}
