/**
 * Calls every operation of a running Hydra 26.2 or 1.11 and says what differs from what is expected.
 *
 *     HYDRA_PUBLIC_URL=http://127.0.0.1:4444 HYDRA_ADMIN_URL=http://127.0.0.1:4445 \
 *       npx tsx --tsconfig tsconfig.json packages/client/test/real-server/every-operation.ts
 *
 * Dynamic registration must be enabled. Don't point it at a server that anybody needs.
 */
import { createHydraClient } from '@hydra-kit/client'
import { liveThrough } from '../support/whole-life.ts'

const { HYDRA_PUBLIC_URL: publicUrl, HYDRA_ADMIN_URL: adminUrl } = process.env
if (publicUrl === undefined || adminUrl === undefined) throw new Error('set HYDRA_PUBLIC_URL and HYDRA_ADMIN_URL')

const hydra = createHydraClient({ publicUrl, adminUrl, timeoutMs: 30_000 })
const { line, release } = await hydra.serverVersion()
const outcomes = await liveThrough(hydra, publicUrl, line === '1.11' ? '1.11' : '26.2')
await hydra.close()

const wrong = outcomes.filter(({ expected, happened }) => expected !== happened)
for (const { step, expected, happened } of wrong) {
  process.stdout.write(`FAILED ${step}: expected ${expected}, happened ${happened}\n`)
}
process.stdout.write(`Hydra ${release}: ${outcomes.length - wrong.length} passed, ${wrong.length} failed\n`)
process.exitCode = wrong.length === 0 ? 0 : 1
