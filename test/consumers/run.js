#!/usr/bin/env node
/**
 * Packs every package, installs the tarballs in throw-away projects outside the workspace, and runs each project:
 * what a user gets, not what the repository has.
 *
 *     node test/consumers/run.js [name ...]      (build first)
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const root = join(here, '../..')
const only = process.argv.slice(2)
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (only.length === 0 || only.includes(entry.name)))
  .map((entry) => entry.name)

const work = mkdtempSync(join(tmpdir(), 'hydra-kit-consumers-'))
let passed = 0
let failed = 0

function run(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, NODE_PATH: '' } })
  if (done.status === 0) return
  throw new Error(`${command} ${args.join(' ')} exited with ${done.status}\n${done.stdout}\n${done.stderr}`)
}

function pack() {
  const tarballs = join(work, 'tarballs')
  mkdirSync(tarballs)
  const folders = readdirSync(join(root, 'packages')).map((name) => `./packages/${name}`)
  for (const folder of folders) {
    if (!existsSync(join(root, folder, 'dist/index.js'))) throw new Error(`${folder} is not built: npm run build`)
  }
  run('npm', ['pack', ...folders, '--pack-destination', tarballs], root)
  return readdirSync(tarballs).map((file) => join(tarballs, file))
}

/** A fixture; `variantOf` in its manifest names another one whose files it runs with dependencies of its own. */
function copyFixture(name, project) {
  const { variantOf } = JSON.parse(readFileSync(join(here, name, 'package.json'), 'utf8'))
  if (variantOf !== undefined) cpSync(join(here, variantOf), project, { recursive: true })
  cpSync(join(here, name), project, { recursive: true })
}

/**
 * Puts code of the docs into a fixture whose manifest has `fromDocs`, word for word: by file, the page and the heading
 * whose first block it is. `inTest` names what else is imported, and makes a test of what follows the block's imports.
 */
function copyDocs(project) {
  const { fromDocs = {} } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  for (const [file, { page, heading, inTest }] of Object.entries(fromDocs)) {
    const [, section] = readFileSync(join(root, page), 'utf8').split(`\n## ${heading}\n`)
    const code = section === undefined ? undefined : /^```ts\n([\s\S]*?)^```/m.exec(section)?.[1]
    if (code === undefined) throw new Error(`${page} has no code below "${heading}"`)
    const end = inTest === undefined ? 0 : code.lastIndexOf('\nimport ') + 1
    const imports = code.slice(0, code.indexOf('\n', end) + 1)
    const text = `${imports}${inTest}\ntest(${JSON.stringify(heading)}, async () => {\n${code.slice(imports.length)}})\n`
    writeFileSync(join(project, file), inTest === undefined ? code : text)
  }
}

/** The project's own dependencies, with each `@hydra-kit/*` it names (and what those need) taken from a tarball. */
function install(project, tarballs) {
  const path = join(project, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  const tarballOf = (name) => {
    const found = tarballs.find((file) => /\/hydra-kit-([a-z-]+)-\d[^/]*\.tgz$/.exec(file)?.[1] === name.split('/')[1])
    if (found === undefined) throw new Error(`no tarball for ${name}`)
    return `file:${found}`
  }
  const ours = readdirSync(join(root, 'packages')).map((name) => `@hydra-kit/${name}`)
  for (const name of Object.keys(manifest.dependencies)) {
    if (ours.includes(name)) manifest.dependencies[name] = tarballOf(name)
  }
  // Our packages name each other by version; none of them is in a registry while the test runs.
  manifest.overrides = Object.fromEntries(
    ours.filter((name) => manifest.dependencies[name] === undefined).map((name) => [name, tarballOf(name)]),
  )
  writeFileSync(path, JSON.stringify(manifest, null, 2))
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], project)
}

try {
  const tarballs = pack()
  for (const name of names) {
    const started = performance.now()
    try {
      const project = join(work, name)
      copyFixture(name, project)
      copyDocs(project)
      install(project, tarballs)
      run('npm', ['test'], project)
      passed += 1
      console.log(`✓ ${name} (${Math.round((performance.now() - started) / 1000)} s)`)
    } catch (error) {
      failed += 1
      console.log(`✗ ${name}\n${error.message}`)
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
console.log(`consumers: ${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
