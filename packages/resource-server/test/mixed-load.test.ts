/** A short run of the mixed load. The long one, which also judges the heap, is started by hand: see mixed-load/main.ts. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from '@jest/globals'

const root = join(__dirname, '../../..')

test('under mixed load with random faults no good token is refused and no bad one accepted', async () => {
  const main = join(__dirname, 'mixed-load/main.ts')
  // A process of its own: an unhandled rejection ends it.
  const load = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', main, '10', '20260401'], {
    cwd: root,
    env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, errors, [exitCode]] = await Promise.all([text(load.stdout), text(load.stderr), once(load, 'exit')])
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
  const report = JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, number>
  expect(report).toMatchObject({ seed: 20260401, problems: [] })
  for (const name of ['accepted', 'refused', 'unavailable', 'faults']) expect(report[name]).toBeGreaterThan(3)
}, 120_000)
