/** Users in a JSON file, passwords as scrypt hashes. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** A user, as the app shows one. */
export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
}

/** All users. */
export interface Users {
  /** The user whose password that is. */
  check(email: string, password: string): Promise<User | undefined>
  byId(id: string): User | undefined
}

interface StoredUser extends User {
  readonly password: string
}

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)
/** OWASP's recommendation of cost for scrypt: 2^17 (128 MiB), block 8, parallel 1. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }

/** Reads them. */
export function readUsers(file: string): Users {
  const list = JSON.parse(readFileSync(file, 'utf8')) as StoredUser[]
  return {
    async check(email, password) {
      const found = list.find((user) => user.email === email.toLowerCase())
      // An unknown address takes as long as a wrong password: nobody learns who has an account.
      const isRight = await verify(password, found?.password ?? nobody)
      return isRight ? found : undefined
    },
    byId: (id) => list.find((user) => user.id === id),
  }
}

/** A hash to store: `salt:hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('base64url')}:${(await derive(password, salt, 32, cost)).toString('base64url')}`
}

const nobody = `${Buffer.alloc(16).toString('base64url')}:${Buffer.alloc(32).toString('base64url')}`

async function verify(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split(':')
  const derived = await derive(password, Buffer.from(salt, 'base64url'), 32, cost)
  return timingSafeEqual(derived, Buffer.from(hash, 'base64url'))
}
