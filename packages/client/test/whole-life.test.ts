/** Every operation against embedded Hydra, over real HTTP. `real-server/` runs the same against servers. */
import { expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import { startHydra } from '@hydra-kit/embedded'
import { operations } from '../src/operations.ts'
import { liveThrough } from './support/whole-life.ts'

test('every operation, success and refusals', async () => {
  await using server = await startHydra({ dynamicRegistration: true })
  await using hydra = createHydraClient({ publicUrl: server.publicUrl, adminUrl: server.adminUrl })
  const outcomes = await liveThrough(hydra, server.publicUrl, '26.2')
  expect(outcomes.filter(({ expected, happened }) => expected !== happened)).toEqual([])
  const called = new Set(outcomes.map(({ step }) => step.split(',')[0]))
  expect(Object.keys(operations).filter((name) => !called.has(name))).toEqual([])
})
