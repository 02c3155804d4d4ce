import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Engine } from '../engine.ts'

/** The kinds of opaque tokens and the prefix of each. On input the prefix may be missing, but not be another's. */
export const prefixes = {
  access: 'ory_at_',
  refresh: 'ory_rt_',
  code: 'ory_ac_',
  device: 'ory_dc_',
} as const

/** A kind of opaque token. */
export type OpaqueKind = keyof typeof prefixes

/** A token and the part of it that is stored. */
export interface NewToken {
  readonly token: string
  readonly signature: string
}

/** Makes a token: 32 random bytes and their HMAC-SHA512/256. */
export function newOpaqueToken(engine: Engine, kind: OpaqueKind): NewToken {
  const key = randomBytes(32)
  const signature = sign(engine, key)
  return { token: `${prefixes[kind]}${key.toString('base64url')}.${signature}`, signature }
}

/** The stored part of a token, "" if it is none. Says nothing about whether the token was made here. */
export function opaqueSignature(token: string): string {
  const parts = token.split('.')
  return parts.length === 2 ? (parts[1] ?? '') : ''
}

/** What is wrong with a token that was found by its signature. */
export type OpaqueProblem = 'undecodable' | 'mismatch'

/** Whether a token was made by this server and is of this kind; `undefined` if so. */
export function opaqueProblem(engine: Engine, kind: OpaqueKind, token: string): OpaqueProblem | undefined {
  const bare = token.startsWith(prefixes[kind]) ? token.slice(prefixes[kind].length) : token
  const [key = '', signature = ''] = bare.split('.')
  if (![key, signature].every(isBase64Url)) return 'undecodable'
  const expected = Buffer.from(sign(engine, Buffer.from(key, 'base64url')))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected) ? undefined : 'mismatch'
}

/** Without padding; a single character at the end of a group of four holds no byte. */
function isBase64Url(text: string): boolean {
  return /^[\w-]+$/.test(text) && text.length % 4 !== 1
}

/** Whether a token was made by this server and is of this kind. */
export function isGenuine(engine: Engine, kind: OpaqueKind, token: string): boolean {
  return opaqueProblem(engine, kind, token) === undefined
}

function sign(engine: Engine, key: Buffer): string {
  return createHmac('sha512-256', engine.state.secrets.token).update(key).digest('base64url')
}
