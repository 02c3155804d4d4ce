/** The same for the output of a program: `tsx scan.ts < FILE` fails if a token, a code or a private key stands in it. */
import { text } from 'node:stream/consumers'
import { findSecrets } from './secrets.ts'

const found = findSecrets(await text(process.stdin))
for (const finding of found) console.error(finding)
process.exitCode = found.length === 0 ? 0 : 1
