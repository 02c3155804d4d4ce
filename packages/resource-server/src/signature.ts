/**
 * One signature (RFC 7515 section 5.2) with one key that jose has selected and imported for the algorithm. Node's crypto
 * checks it at once: the way of Web Crypto, through promises and a thread of the pool, takes more than half as much CPU
 * again.
 */
import { constants, KeyObject, verify } from 'node:crypto'
import type { VerifyKeyObjectInput } from 'node:crypto'
import type { CryptoKey } from 'jose'

/** How Node is told about an algorithm of RFC 7518 section 3.1 or RFC 8037 section 3.1. */
interface Scheme {
  readonly keyType: 'rsa' | 'ec' | 'ed25519'
  /** Null: the scheme has its own (RFC 8032 section 5.1). */
  readonly digest: string | null
  readonly parameters: Omit<VerifyKeyObjectInput, 'key'>
}

const schemes: ReadonlyMap<string, Scheme> = new Map([
  ['RS256', rsa('sha256')],
  ['RS384', rsa('sha384')],
  ['RS512', rsa('sha512')],
  ['PS256', rsaPss('sha256', 32)],
  ['PS384', rsaPss('sha384', 48)],
  ['PS512', rsaPss('sha512', 64)],
  ['ES256', ecdsa('sha256')],
  ['ES384', ecdsa('sha384')],
  ['ES512', ecdsa('sha512')],
  ['EdDSA', ed25519()],
  ['Ed25519', ed25519()],
])

/** Every algorithm that signatures can be checked for; none with a shared secret. */
export const signingAlgorithms: readonly string[] = [...schemes.keys()]

/** RFC 7518 sections 3.3 and 3.5. */
const leastModulusBits = 2048

/**
 * RFC 8017 section 3.1 begins with 3: under 1 the signature is what is signed, and anybody can write it. Go, which Hydra
 * is written in, ends here, and with a longer one a check takes as long as signing does.
 */
const [leastExponent, greatestExponent] = [3n, 2n ** 31n - 1n]

/** Hydra makes keys of this size. */
const greatestQuickBits = 4096

/**
 * Whether `token`, three parts of base64url, is signed with this key under this algorithm. A promise for keys that take
 * a millisecond or more: whoever sends many tokens must not stop the event loop with them.
 *
 * @throws TypeError if the key is no public key for the algorithm, or too weak for anything.
 */
export function isSignedWith(key: CryptoKey, alg: string, token: string): boolean | Promise<boolean> {
  const scheme = schemes.get(alg)
  if (scheme === undefined) throw new TypeError('Not a signature algorithm')
  const { publicKey, isSlow } = usableKey(key, scheme)
  const end = token.lastIndexOf('.')
  const spelled = token.slice(end + 1)
  const signature = Buffer.from(spelled, 'base64url')
  // Bits behind the last byte (RFC 4648 section 3.5) would give one token many spellings, each to be remembered.
  if (signature.toString('base64url') !== spelled) return false
  const signed = Buffer.from(token.slice(0, end), 'latin1')
  const input = { ...scheme.parameters, key: publicKey }
  if (isSlow) return verifyAside(scheme.digest, signed, input, signature)
  return verify(scheme.digest, signed, input, signature)
}

/** On a thread of the pool. */
function verifyAside(
  digest: string | null,
  signed: Buffer,
  input: VerifyKeyObjectInput,
  signature: Buffer,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(digest, signed, input, signature, (error, good) => (error === null ? resolve(good) : reject(error)))
  })
}

interface UsableKey {
  readonly publicKey: KeyObject
  readonly isSlow: boolean
}

const known = new WeakMap<CryptoKey, UsableKey>()

function usableKey(key: CryptoKey, { keyType }: Scheme): UsableKey {
  let usable = known.get(key)
  if (usable === undefined) {
    usable = readKey(KeyObject.from(key as Parameters<typeof KeyObject.from>[0]))
    known.set(key, usable)
  }
  const object = usable.publicKey
  if (object.type !== 'public' || object.asymmetricKeyType !== keyType)
    throw new TypeError('Not a key for this algorithm')
  return usable
}

function readKey(publicKey: KeyObject): UsableKey {
  const { modulusLength: bits, publicExponent: exponent, namedCurve: curve } = publicKey.asymmetricKeyDetails ?? {}
  if (bits !== undefined && bits < leastModulusBits) throw new TypeError('The RSA key is too short')
  if (exponent !== undefined && (exponent < leastExponent || exponent > greatestExponent))
    throw new TypeError('Not an RSA exponent')
  const isSlow = bits === undefined ? curve !== undefined && curve !== 'prime256v1' : bits > greatestQuickBits
  return { publicKey, isSlow }
}

function rsa(digest: string): Scheme {
  return { keyType: 'rsa', digest, parameters: { padding: constants.RSA_PKCS1_PADDING } }
}

/** RFC 7518 section 3.5: the salt is as long as the digest, which the mask is made with, too. */
function rsaPss(digest: string, saltLength: number): Scheme {
  return { keyType: 'rsa', digest, parameters: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } }
}

/** RFC 7518 section 3.4: r and s side by side, each as long as the curve's order. jose has seen to the curve. */
function ecdsa(digest: string): Scheme {
  return { keyType: 'ec', digest, parameters: { dsaEncoding: 'ieee-p1363' } }
}

function ed25519(): Scheme {
  return { keyType: 'ed25519', digest: null, parameters: {} }
}
