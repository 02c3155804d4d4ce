/** Embedded Hydra against what Hydra 26.2 was recorded to say: one test for each case. */
import { afterAll, beforeAll, describe, test } from '@jest/globals'
import { allCases } from '../src/cases/index.ts'
import { closeConnections } from '../src/http-client.ts'
import { profileNames } from '../src/profiles.ts'
import { applies, runCase } from '../src/run-case.ts'
import type { RunningServer } from '../src/running-server.ts'
import { startEmbedded } from '../src/targets/embedded.ts'

afterAll(closeConnections)

const embeddedCases = allCases.filter((definition) => applies(definition, { kind: 'embedded', version: '26.2' }))
const usedProfiles = profileNames.filter((profile) =>
  embeddedCases.some((definition) => definition.profile === profile),
)

describe.each(usedProfiles)('profile %s', (profile) => {
  let server: RunningServer

  beforeAll(async () => {
    server = await startEmbedded(profile)
  })
  afterAll(() => server.stop(false))

  for (const definition of embeddedCases.filter((one) => one.profile === profile)) {
    const later = definition.notYetEmbedded === true
    test(
      later ? `${definition.name} (not yet served by embedded Hydra)` : definition.name,
      async () => {
        await server.reset()
        const { problems } = await runCase(definition, server, { compare: true })
        if (!later) report(problems)
        else if (problems.length === 0) report(['passes on embedded Hydra now: remove its notYetEmbedded'])
      },
      60_000,
    )
  }
})

/** A stack trace would only point here. */
function report(problems: readonly string[]): void {
  if (problems.length === 0) return
  const error = new Error(`${problems.length} problem(s)\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`)
  error.stack = error.message
  throw error
}
