/**
 * Mixed load with random faults, for so many seconds; at most ten minutes. Prints a line per piece and a report as JSON.
 * Fails if a good token was refused or a bad one accepted, and, from two minutes on, if the heap after the last piece is
 * not within 5 % of its size after the first minute. An unhandled rejection ends the process. At the root of the
 * repository:
 *
 *     TSX_TSCONFIG_PATH=tsconfig.json node --expose-gc --import tsx packages/resource-server/test/mixed-load/main.ts 600
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Order, Ready } from './hydra.ts'
import { createMixedLoad } from './load.ts'

const minuteMs = 60_000
const tolerance = 0.05

const seconds = Math.min(Number(process.argv[2] ?? 600), 600)
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31)
if (!(seconds > 0) || !Number.isSafeInteger(seed)) throw new Error('Usage: main.ts [SECONDS, at most 600] [SEED]')

void main()

async function main(): Promise<void> {
  const hydra = fork(join(import.meta.dirname, 'hydra.ts'))
  try {
    const [ready] = (await once(hydra, 'message')) as [Ready]
    const obey = async (order: Order): Promise<void> => {
      const done = once(hydra, 'message')
      hydra.send(order)
      await done
    }
    const load = createMixedLoad(ready, obey, seed)
    const heaps: number[] = []
    for (let leftMs = seconds * 1000; leftMs > 0; leftMs -= minuteMs) {
      await load.run(Math.min(leftMs, minuteMs))
      heaps.push(heapAfterCollection())
      const { problems, ...counts } = load.report
      print({ heapMiB: mebibytes(heaps.at(-1)!), ...counts, problems: problems.length })
    }
    await load.close()
    const growth = heaps.at(-1)! / heaps[0]! - 1
    const heapHeld = heaps.length < 2 || Math.abs(growth) <= tolerance
    const { problems, ...counts } = load.report
    print({ seed, seconds, ...counts, heapGrowthPercent: Number((growth * 100).toFixed(2)), problems })
    process.exitCode = problems.length === 0 && heapHeld ? 0 : 1
  } finally {
    hydra.kill()
  }
}

function heapAfterCollection(): number {
  for (let round = 0; round < 3; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

function mebibytes(bytes: number): number {
  return Number((bytes / 2 ** 20).toFixed(2))
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
