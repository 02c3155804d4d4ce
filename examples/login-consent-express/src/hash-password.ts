/** `npm run hash-password`: reads a password from standard input and prints what belongs into `users.json`. */
import { text } from 'node:stream/consumers'
import { hashPassword } from './users.ts'

console.log(await hashPassword((await text(process.stdin)).replace(/\r?\n$/, '')))
