import { readFileSync } from 'node:fs'
import { scrypt, timingSafeEqual } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Injectable } from '@nestjs/common'

/** A user, as the app shows one. */
export interface User {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: string
}

interface StoredUser extends User {
  /** `salt:hash` */
  readonly password: string
}

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)
/** OWASP's recommendation of cost for scrypt: 2^17 (128 MiB), block 8, parallel 1. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const nobody = `${Buffer.alloc(16).toString('base64url')}:${Buffer.alloc(32).toString('base64url')}`

/** Users in a JSON file, passwords as scrypt hashes. */
@Injectable()
export class UsersService {
  readonly #users = JSON.parse(readFileSync(join(import.meta.dirname, '../users.json'), 'utf8')) as StoredUser[]

  /** The user whose password that is. */
  async check(email: string, password: string): Promise<User | undefined> {
    const found = this.#users.find((user) => user.email === email.toLowerCase())
    // An unknown address takes as long as a wrong password: nobody learns who has an account.
    const [salt = '', hash = ''] = (found?.password ?? nobody).split(':')
    const derived = await derive(password, Buffer.from(salt, 'base64url'), 32, cost)
    return timingSafeEqual(derived, Buffer.from(hash, 'base64url')) ? found : undefined
  }

  byId(id: string): User | undefined {
    return this.#users.find((user) => user.id === id)
  }
}
