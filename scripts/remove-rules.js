/**
 * Removes one rule at a time from a copy of the sources, runs the tests that should hold it, and prints rule → failing
 * test. What the packages' `scripts/mutate.js` share.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MARK } from './first-failure.js'

const root = join(import.meta.dirname, '..')
const LIMIT_MS = 180_000

/**
 * Sets the exit status to 1 if a rule can be removed without a test noticing.
 *
 * A rule is `[name, file, text, replacement, tests, project]`: the text of `packages/NAME/src/FILE` that enforces it, what
 * takes its place, a pattern for the test files that hold it, and the Jest project that runs them, which is that of the
 * package unless given.
 *
 * @param packageName the folder below `packages`
 * @param wanted a regular expression for the names of rules; all without it
 * @throws Error if the sources no longer have the text of a rule, or have it twice
 */
export function removeRules(packageName, rules, wanted = '') {
  const copy = copyOfRepository()
  try {
    const pathOf = (file) => join(copy, 'packages', packageName, 'src', file)
    assertFound(rules, pathOf)
    const chosen = rules.filter(([name]) => new RegExp(wanted).test(name))
    let survivors = 0
    for (const [name, file, text, replacement, tests, project = packageName] of chosen) {
      const path = pathOf(file)
      const original = readFileSync(path, 'utf8')
      writeFileSync(
        path,
        original.replace(text, () => replacement),
      )
      const outcome = run(copy, `packages/${packageName}/test/${tests}\\.test`, project)
      writeFileSync(path, original)
      if (!outcome.held) survivors += 1
      process.stdout.write(`${name} → ${outcome.said}\n`)
    }
    process.stdout.write(`${chosen.length - survivors} of ${chosen.length} rules are held by a test.\n`)
    process.exitCode = survivors === 0 ? 0 : 1
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Without what is installed or built: that is linked, or not needed. */
function copyOfRepository() {
  const copy = mkdtempSync(join(tmpdir(), 'mutate-'))
  const skip = /(^|\/)(node_modules|dist|\.git|\.nx|bench|recorded)$/
  cpSync(root, copy, { recursive: true, filter: (path) => !skip.test(path) })
  const workspaces = ['packages', 'test'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  )
  for (const folder of ['.', ...workspaces]) {
    const installed = join(root, folder, 'node_modules')
    if (existsSync(installed)) symlinkSync(installed, join(copy, folder, 'node_modules'))
  }
  return copy
}

/** A text that stands twice may be removed where it enforces something else. */
function assertFound(rules, pathOf) {
  const gone = rules.filter(([, file, text]) => readFileSync(pathOf(file), 'utf8').split(text).length !== 2)
  if (gone.length === 0) return
  throw new Error(`The sources do not have the text of these once: ${gone.map(([name]) => name).join(', ')}`)
}

/** A mutant that does not compile, or never ends, proves nothing. */
function run(copy, pattern, project) {
  const options = ['-w', '1', '--testTimeout', '20000', '--reporters', './scripts/first-failure.js']
  const command = ['node_modules/jest/bin/jest.js', ...options, '--selectProjects', project, '--', pattern]
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: copy, encoding: 'utf8', timeout: LIMIT_MS })
  const line = stdout.split('\n').find((text) => text.startsWith(MARK))
  if (line !== undefined) return { held: true, said: line.slice(MARK.length) }
  return { held: false, said: status === 0 ? 'NO TEST FAILS' : 'NO RESULT' }
}
