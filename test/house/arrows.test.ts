import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

/**
 * Plants one import per pair of packages in a copy of the layout and asks the linter, with the configuration of the
 * repository, which of them it refuses.
 */
const root = join(__dirname, '../..')
const packages = ['client', 'resource-server', 'login-consent', 'express', 'nestjs', 'passport', 'embedded'] as const
const allowed: Record<(typeof packages)[number], readonly string[]> = {
  client: [],
  'resource-server': ['client'],
  'login-consent': ['client'],
  express: ['resource-server', 'login-consent'],
  nestjs: ['client', 'resource-server', 'login-consent'],
  passport: ['resource-server'],
  embedded: [],
}
const pairs = packages.flatMap((from) => packages.filter((to) => to !== from).map((to) => ({ from, to })))

let folder = ''
const refused = new Set<string>()

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'arrows-'))
  copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  for (const { from, to } of pairs) {
    mkdirSync(join(folder, 'packages', from, 'src'), { recursive: true })
    const text = `import { x } from '@hydra-kit/${to}'\nexport const y = x\n`
    writeFileSync(join(folder, 'packages', from, 'src', `to-${to}.ts`), text)
  }
  const linter = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--format', 'json', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const { diagnostics } = JSON.parse(linter.stdout) as { diagnostics: { code: string; filename: string }[] }
  for (const { code, filename } of diagnostics) {
    if (code.includes('no-restricted-imports')) refused.add(filename)
  }
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(pairs)('$from → $to', ({ from, to }) => {
  expect(refused.has(`packages/${from}/src/to-${to}.ts`)).toBe(!allowed[from].includes(to))
})
