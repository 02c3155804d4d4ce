import { type JsonWebKey, createPublicKey } from 'node:crypto'
import { decodeError, decodeMembers, isObject } from '../http/go-json.ts'
import type { Jwk } from './key-sets.ts'

/** Every member of a key that is kept, in the order in which Hydra lists them. */
const members = ['use', 'kty', 'kid', 'crv', 'alg', 'k', 'x', 'y', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

const kinds = Object.fromEntries(members.map((name) => [name, 'string'])) as Record<(typeof members)[number], 'string'>

/** Members that hold bytes. */
const binary = ['k', 'x', 'y', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** Bytes of a coordinate, by curve. */
const coordinateBytes: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

/** Reads a key from a body. @throws DecodeError for one that is not valid */
export function decodeJwk(document: unknown): Jwk {
  const given = decodeMembers(document, kinds) as Partial<Record<(typeof members)[number], string>>
  const problem = problemOf(given)
  if (problem !== undefined) throw decodeError(problem)
  const key: Record<string, unknown> = {}
  for (const name of members) if (given[name]) key[name] = given[name]
  if (isObject(document) && Array.isArray(document['x5c'])) key['x5c'] = document['x5c']
  return key as Jwk
}

function problemOf(key: Partial<Record<(typeof members)[number], string>>): string | undefined {
  const broken = binary.find((name) => !/^[\w-]*=*$/.test(key[name] ?? ''))
  if (broken !== undefined) return `the member ${broken} of a key must be base64url`
  if (key.kty === 'RSA') return key.n && key.e ? undefined : 'an RSA key needs n and e'
  if (key.kty === 'oct') return key.k ? undefined : 'a symmetric key needs k'
  if (key.kty === 'OKP') return key.crv === 'Ed25519' && key.x ? undefined : 'an OKP key needs the curve Ed25519 and x'
  if (key.kty !== 'EC') return 'the key type is not known'
  const size = coordinateBytes[key.crv ?? '']
  if (size === undefined) return 'the curve is not known'
  const fits = (value = ''): boolean => Buffer.from(value, 'base64url').length === size
  if (!fits(key.x) || !fits(key.y)) return 'the coordinates of an EC key must fit its curve'
  return isOnCurve(key) ? undefined : 'the point of an EC key must lie on its curve'
}

function isOnCurve({ kty, crv, x, y }: { kty?: string; crv?: string; x?: string; y?: string }): boolean {
  try {
    return createPublicKey({ key: { kty, crv, x, y } as JsonWebKey, format: 'jwk' }).type === 'public'
  } catch {
    return false
  }
}

/** Reads a set from a body; `null` if it names no keys. @throws DecodeError */
export function decodeJwks(document: unknown): Jwk[] | null {
  if (document === null) return null
  if (!isObject(document)) throw decodeError('a JSON object was expected')
  const name = Object.keys(document).find((candidate) => candidate.toLowerCase() === 'keys')
  const keys = name === undefined ? null : document[name]
  if (keys === null) return null
  if (!Array.isArray(keys)) throw decodeError('the member keys has the wrong type')
  return keys.map(decodeJwk)
}
