/**
 * Project Wycheproof's vectors for JSON Web Signatures through our check of signatures. They are not part of this repository:
 * give the path of `testvectors_v1/json_web_signature_test.json` of https://github.com/C2SP/wycheproof. Prints a line per
 * group, and what differs; fails if an invalid signature counts. At the root of the repository:
 *
 *     TSX_TSCONFIG_PATH=tsconfig.json node --import tsx packages/resource-server/test/wycheproof.ts PATH
 *
 * Its kinds of attack are made anew by attack-vectors.test.ts, which runs with the others.
 */
import { readFileSync } from 'node:fs'
import { loadKeys, reasonOfSignature } from './support/loaded-keys.ts'

interface Group {
  readonly comment: string
  readonly public?: Readonly<Record<string, unknown>>
  readonly private: Readonly<Record<string, unknown>>
  readonly tests: readonly { tcId: number; comment: string; jws: string; result: 'valid' | 'invalid' | 'acceptable' }[]
}

void main(process.argv[2])

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error('Usage: wycheproof.ts PATH')
  const { testGroups } = JSON.parse(readFileSync(path, 'utf8')) as { testGroups: readonly Group[] }
  let accepted = 0
  for (const group of testGroups) {
    const key: Readonly<Record<string, unknown>> & { kid: string } = {
      kid: 'wycheproof',
      ...(group.public ?? group.private),
    }
    const keys = await loadKeys(key)
    const counts: Record<string, number> = {}
    for (const { tcId, comment, jws, result } of group.tests) {
      const reason = await reasonOfSignature(jws, keys)
      const verdict = `${result}: ${reason ?? 'accepted'}`
      counts[verdict] = (counts[verdict] ?? 0) + 1
      if (reason !== undefined || result !== 'invalid') continue
      accepted += 1
      process.stdout.write(`accepted although invalid: ${tcId} ${comment}\n`)
    }
    process.stdout.write(`${group.comment}, ${String(key['alg'] ?? key['kty'])}: ${JSON.stringify(counts)}\n`)
  }
  process.exitCode = accepted === 0 ? 0 : 1
}
