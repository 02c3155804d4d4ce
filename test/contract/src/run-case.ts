/** Runs one case on one server and judges it: its facts, its operations, its transcript. */
import { CaseContext } from './case-context.ts'
import type { Check } from './checks.ts'
import type { ContractCase } from './contract-case.ts'
import { knownDifferences, sortOut } from './known-differences.ts'
import type { Operation } from './operations.ts'
import type { RunningServer } from './running-server.ts'
import { isAtLeast, isAtMost } from './server-version.ts'
import { compareExchanges, describeDifference, type Difference } from './transcript/compare.ts'
import type { RecordedExchange } from './transcript/exchange.ts'
import { readTranscript } from './transcript/store.ts'

/** What became of one case. */
export interface CaseResult {
  readonly name: string
  readonly problems: readonly string[]
  readonly checks: readonly Check[]
  readonly operations: ReadonlySet<Operation>
  readonly exchanges: readonly RecordedExchange[]
}

/** Whether a case is for this server at all. */
export function applies(definition: ContractCase, server: Pick<RunningServer, 'kind' | 'version'>): boolean {
  if (definition.embeddedOnly === true && server.kind !== 'embedded') return false
  if (definition.since !== undefined && !isAtLeast(server.version, definition.since)) return false
  return definition.until === undefined || isAtMost(server.version, definition.until)
}

/** Runs a case. With `compare` its exchanges must also be those that were recorded. */
export async function runCase(
  definition: ContractCase,
  server: RunningServer,
  { compare }: { readonly compare: boolean },
): Promise<CaseResult> {
  const t = new CaseContext(server)
  const problems: string[] = []
  try {
    await definition.run(t)
  } catch (error) {
    problems.push(`stopped: ${messageOf(error)}`)
  }
  try {
    await t.runCleanups()
  } catch (error) {
    problems.push(`cleaning up: ${messageOf(error)}`)
  }
  const { all } = t.checks
  problems.unshift(...all.filter(({ ok }) => !ok).map(({ message }) => message))
  if (problems.length === 0) {
    if (all.length === 0) problems.push('states no fact: use t.equal, t.status, t.error …')
    const missing = definition.operations.filter((operation) => !t.called.has(operation))
    for (const operation of missing) problems.push(`claims to be about ${operation} and never calls it`)
  }
  const { exchanges } = t.recorder
  if (compare && definition.embeddedOnly !== true) problems.push(...compareWithRecorded(definition, server, exchanges))
  return { name: definition.name, problems, checks: all, operations: t.called, exchanges }
}

function compareWithRecorded(
  { name, profile }: ContractCase,
  { kind, version }: Pick<RunningServer, 'kind' | 'version'>,
  exchanges: readonly RecordedExchange[],
): string[] {
  const transcript = readTranscript(version, profile, name)
  if (transcript === undefined) {
    return [`no transcript of ${version}: npm run contract -- --hydra-bin PATH --case ${name} --record`]
  }
  const differences = compareExchanges(transcript.exchanges, exchanges)
  // The list is embedded Hydra's own; a real server has to say what it said before.
  const { unexpected, unused } = sortOut(name, differences, kind === 'embedded' ? knownDifferences : [])
  return [
    ...describeAll(unexpected),
    ...unused.map(({ step, path }) => `known difference no longer occurs, remove its line: step "${step}" ${path}`),
  ]
}

/** Differences in words; steps that were never reached share a line, and a flood is cut. */
function describeAll(differences: readonly Difference[]): string[] {
  const unreached = differences.filter(({ path, seen }) => path === '' && seen === undefined).map(({ step }) => step)
  const others = differences.filter(({ path, seen }) => path !== '' || seen !== undefined)
  const shown = others.slice(0, 40).map(describeDifference)
  if (others.length > shown.length) shown.push(`… and ${others.length - shown.length} more differences`)
  if (unreached.length > 0) shown.push(`recorded and not reached: ${unreached.join(' | ')}`)
  return shown
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
}
