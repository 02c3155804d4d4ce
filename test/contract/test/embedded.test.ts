/** Embedded Hydra against what Hydra 26.2 was recorded to say: one test for each case. */
import { afterAll, beforeAll, describe, test } from '@jest/globals'
import { allCases } from '../src/cases/index.ts'
import { closeConnections } from '../src/http-client.ts'
import { profileNames } from '../src/profiles.ts'
import { applies, runCase } from '../src/run-case.ts'
import type { RunningServer } from '../src/running-server.ts'
import { startEmbedded } from '../src/targets/embedded.ts'

afterAll(closeConnections)

describe.each(profileNames)('profile %s', (profile) => {
  let server: RunningServer

  beforeAll(async () => {
    server = await startEmbedded(profile)
  })
  afterAll(() => server.stop(false))

  const mine = allCases.filter(
    (definition) => definition.profile === profile && applies(definition, { kind: 'embedded', version: '26.2' }),
  )
  for (const definition of mine) {
    const title =
      definition.notYetEmbedded === true ? `${definition.name} (not yet served by embedded Hydra)` : definition.name
    test(title, async () => {
      await server.reset()
      const { problems } = await runCase(definition, server, { compare: true })
      if (definition.notYetEmbedded !== true) report(problems)
      else if (problems.length === 0) report(['passes on embedded Hydra now: remove its notYetEmbedded'])
    })
  }
})

/** A stack trace would only point here. */
function report(problems: readonly string[]): void {
  if (problems.length === 0) return
  const error = new Error(`${problems.length} problem(s)\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`)
  error.stack = error.message
  throw error
}
