/** `npm run bench`: our built packages beside other people's, in one run. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from './children.js'
import { readCommandLine } from './command-line.js'
import { asText, judge } from './report.js'
import { writeTokens } from './tokens.js'

/** Against hanging, not a measure: on a busy machine the hundred thousand tokens take minutes. */
const BENCH_LIMIT_MS = 600_000

/**
 * A slot's young garbage fits and is collected at the slot's end: no slot pays by chance for two collections, or for none.
 * No helper threads, which spin for each other where cores are few.
 */
const GC_FLAGS = ['--expose-gc', '--single-threaded-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']

async function main() {
  const command = readCommandLine(process.argv.slice(2))
  if (command.help) return process.stdout.write(command.help)
  const results = await runAll(command)
  process.stdout.write(command.json ? `${JSON.stringify(results, null, 2)}\n` : asText(results))
  if (results.errors.length > 0) process.exitCode = 1
}

async function runAll({ benches, quick }) {
  const results = { machine: machine(), quick, rivals: rivals(), goals: [], tables: [], errors: [] }
  const folder = mkdtempSync(join(tmpdir(), 'hydra-kit-bench-'))
  try {
    const jwts = Math.max(100, ...benches.map((bench) => bench.jwts ?? 0))
    await timed('signing tokens', () => writeTokens(folder, quick ? Math.ceil(jwts / 4) : jwts))
    for (const { bench, settings, goals, table } of benches) {
      const label = [bench, ...Object.values(settings ?? {})].join(' ')
      try {
        const measured = await timed(label, () => inOwnProcess(bench, { ...settings, folder, quick }))
        for (const goal of goals) results.goals.push(judge(goal, measured[goal.id]))
        if (table) results.tables.push({ ...table, ...measured[table.id] })
      } catch (error) {
        results.errors.push({ bench: label, message: error.message })
      }
    }
    return results
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inOwnProcess(bench, settings) {
  const execArgv = [...GC_FLAGS, ...process.execArgv] // such as --cpu-prof
  const { child, first } = await startChild('run-bench.js', [bench, JSON.stringify(settings)], {
    execArgv,
    timeoutMs: BENCH_LIMIT_MS,
  })
  if (child.exitCode === null) await once(child, 'exit')
  return first
}

function machine() {
  const [{ model }] = cpus()
  return {
    node: process.version,
    cores: cpus().length,
    cpu: model.trim(),
    load: Number(loadavg()[0].toFixed(1)),
    date: new Date().toISOString(),
  }
}

/** What stands beside us: exact versions, from our own list. */
function rivals() {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')).dependencies
}

async function timed(label, work) {
  const begun = performance.now()
  process.stderr.write(`${label} …`)
  try {
    return await work()
  } finally {
    process.stderr.write(` ${((performance.now() - begun) / 1000).toFixed(1)} s\n`)
  }
}

await main().catch((error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
