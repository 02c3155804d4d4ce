/** `npm run contract`: the suite on embedded Hydra, on a running server, or on a server binary. */
import { parseArgs } from 'node:util'
import { allCases } from './cases/index.ts'
import type { ContractCase } from './contract-case.ts'
import { closeConnections } from './http-client.ts'
import { isProfileName, profileNames, type ProfileName } from './profiles.ts'
import { applies, runCase, type CaseResult } from './run-case.ts'
import type { RunningServer } from './running-server.ts'
import type { TestedVersion } from './server-version.ts'
import { configurationFile, settingsFor } from './settings.ts'
import { operationTable, totals } from './summary.ts'
import { startBinary, versionOfBinary } from './targets/binary.ts'

import { fixedAppPort, useUrlPair } from './targets/url-pair.ts'
import { writeTranscript } from './transcript/store.ts'

const help = `npm run contract -- [options]

Without options the cases run on embedded Hydra and are compared with what Hydra 26.2 was recorded to say.

  --hydra-bin PATH   start this Hydra (26.2 or 1.11), once for each profile, and run the cases there
  --profile NAME     only this profile: ${profileNames.join(', ')}
  --case TEXT        only cases whose name contains TEXT
  --record           write the transcripts anew (real servers only)
  --settings VERSION print the configuration file of the profile for a server of that version (26.2 or 1.11)
  --list             name the cases and stop
  --help             this text

A server that already runs: set HYDRA_PUBLIC_URL, HYDRA_ADMIN_URL and HYDRA_PROFILE. Its urls.* must point to
http://127.0.0.1:${fixedAppPort} (HYDRA_APP_PORT changes the port); --settings prints the rest of its configuration.

The exit code is 0 when every case passed, 1 when one failed, 2 when the run could not begin.`

interface Options {
  readonly binary: string | undefined
  readonly profiles: readonly ProfileName[]
  readonly text: string
  readonly record: boolean
}

interface SettingsOptions {
  readonly settings: TestedVersion
  readonly profile: ProfileName
}

function testedVersion(text: string): TestedVersion {
  if (text === '26.2' || text === '1.11') return text
  throw new Error(`--settings takes 26.2 or 1.11, not "${text}"`)
}

/** For a server on Hydra's usual ports, and the applications on theirs. */
function settingsFile({ settings, profile }: SettingsOptions): string {
  const { HYDRA_PUBLIC_URL: publicUrl = 'http://127.0.0.1:4444', HYDRA_APP_PORT: port = `${fixedAppPort}` } =
    process.env
  return configurationFile(settingsFor(settings, profile, { publicUrl, app: `http://127.0.0.1:${port}` }))
}

function readOptions(): Options | SettingsOptions | 'help' | 'list' {
  const { values } = parseArgs({
    options: {
      'hydra-bin': { type: 'string' },
      profile: { type: 'string' },
      case: { type: 'string', default: '' },
      record: { type: 'boolean', default: false },
      settings: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  if (values.list) return 'list'
  const { HYDRA_PUBLIC_URL: publicUrl, HYDRA_PROFILE: given = 'default' } = process.env
  const wanted = publicUrl === undefined ? values.profile : given
  if (wanted !== undefined && !isProfileName(wanted)) {
    throw new Error(`there is no profile "${wanted}", only ${profileNames.join(', ')}`)
  }
  if (values.settings !== undefined) return { settings: testedVersion(values.settings), profile: wanted ?? 'default' }
  if (values.record && values['hydra-bin'] === undefined && publicUrl === undefined) {
    throw new Error('--record needs a real server: give --hydra-bin, or HYDRA_PUBLIC_URL and HYDRA_ADMIN_URL')
  }
  return {
    binary: values['hydra-bin'],
    profiles: wanted === undefined ? profileNames : [wanted],
    text: values.case,
    record: values.record,
  }
}

/** Which server the options and the environment ask for. */
async function chooseTarget(binary: string | undefined): Promise<(profile: ProfileName) => Promise<RunningServer>> {
  const { HYDRA_PUBLIC_URL: publicUrl, HYDRA_ADMIN_URL: adminUrl, HYDRA_APP_PORT: appPort } = process.env
  if (binary !== undefined) {
    const version = await versionOfBinary(binary)
    return (profile) => startBinary(binary, version, profile)
  }
  if (publicUrl === undefined && adminUrl === undefined) return (await import('./targets/embedded.ts')).startEmbedded
  if (publicUrl === undefined || adminUrl === undefined) {
    throw new Error('set both HYDRA_PUBLIC_URL and HYDRA_ADMIN_URL, or neither')
  }
  const port = appPort === undefined ? fixedAppPort : Number(appPort)
  return (profile) => useUrlPair({ publicUrl, adminUrl, profile, appPort: port })
}

/** What an interrupted run has to end. */
let running: RunningServer | undefined

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    void (running?.stop(false) ?? Promise.resolve()).finally(() => process.exit(code))
  })
}

async function runProfile(
  server: RunningServer,
  cases: readonly ContractCase[],
  record: boolean,
): Promise<CaseResult[]> {
  const results: CaseResult[] = []
  for (const definition of cases) {
    await server.reset()
    const result = judge(definition, server, await runCase(definition, server, { compare: !record }))
    if (result === undefined) continue
    results.push(result)
    if (record && result.problems.length === 0) {
      writeTranscript(server.version, {
        case: definition.name,
        profile: definition.profile,
        exchanges: result.exchanges,
      })
    }
    report(result)
  }
  return results
}

/** Turns the result of a case that embedded can't serve yet around; `undefined` when it failed as expected. */
function judge(definition: ContractCase, server: RunningServer, result: CaseResult): CaseResult | undefined {
  if (server.kind !== 'embedded' || definition.notYetEmbedded !== true) return result
  if (result.problems.length === 0) return { ...result, problems: ['passes on embedded Hydra: remove notYetEmbedded'] }
  console.log(`  skip  ${definition.name} (not yet served by embedded Hydra)`)
  return undefined
}

function report({ name, problems, checks, exchanges }: CaseResult): void {
  if (problems.length === 0) console.log(`  ok    ${name} (${checks.length} checks, ${exchanges.length} exchanges)`)
  else console.log(`  FAIL  ${name}\n${problems.map((problem) => `    - ${problem}`).join('\n')}`)
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options === 'help') {
    console.log(help)
    return 0
  }
  if (options === 'list') {
    for (const { profile, name } of allCases) console.log(`${profile.padEnd(12)} ${name}`)
    return 0
  }
  if ('settings' in options) {
    console.log(settingsFile(options))
    return 0
  }
  const start = await chooseTarget(options.binary)
  const results: CaseResult[] = []
  for (const profile of options.profiles) {
    const cases = allCases.filter((one) => one.profile === profile && one.name.includes(options.text))
    if (cases.length === 0) continue
    const server = await start(profile)
    running = server
    const applicable = cases.filter((one) => applies(one, server))
    console.log(`${server.kind} ${server.version}, profile ${profile}: ${applicable.length} cases`)
    const mine = await runProfile(server, applicable, options.record).catch(async (error: unknown) => {
      await server.stop(true)
      throw error
    })
    const log = await server.stop(mine.some(({ problems }) => problems.length > 0))
    running = undefined
    if (log !== undefined) console.log(`  log of this server: ${log}`)
    results.push(...mine)
  }
  const whole = options.text === '' && options.profiles.length === profileNames.length
  const failed = results.filter(({ problems }) => problems.length > 0).length
  const { checks, exchanges } = totals(results)
  console.log(`\nCases and checks for each operation\n${operationTable(results, whole)}`)
  console.log(
    `${results.length} cases, ${checks} checks, ${exchanges} exchanges ${options.record ? 'recorded' : 'compared'}`,
  )
  console.log(`${results.length - failed} passed, ${failed} failed`)
  return failed === 0 && results.length > 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(typeof error === 'object' && error !== null && 'message' in error ? error.message : error)
  process.exitCode = 2
} finally {
  closeConnections()
}
