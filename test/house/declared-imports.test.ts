import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative } from 'node:path'
import { expect, test } from '@jest/globals'
import ts from 'typescript'

const root = join(__dirname, '../..')

interface Manifest {
  name: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** Packages of which a build of ours carries a copy: a development dependency is enough. */
const inlined = new Set(['hono'])

function sourceFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The packages that the text of a module imports, types included. */
function importedPackages(text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map((file) => file.fileName)
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
    .map(packageOf)
}

function undeclared(folder: string, manifest: Manifest, allowDevelopment: boolean): string[] {
  const declared = new Set([
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
    ...Object.keys(manifest.devDependencies ?? {}).filter((name) => allowDevelopment || inlined.has(name)),
  ])
  return sourceFiles(folder).flatMap((file) =>
    importedPackages(readFileSync(file, 'utf8'))
      .filter((name) => !declared.has(name))
      .map((name) => `${relative(root, file)} imports ${name}, which its package.json does not declare`),
  )
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

const places = ['packages', 'examples'].flatMap((parent) =>
  readdirSync(join(root, parent)).map((name) => [`${parent}/${name}`] as const),
)

test.each(places)('%s imports only what its own package.json declares', (place) => {
  const folder = join(root, place)
  expect(undeclared(join(folder, 'src'), manifestOf(folder), place.startsWith('examples/'))).toEqual([])
})

test('an import of types counts, a relative one and a built-in do not', () => {
  const text = "import type { X } from '@scope/a/deep'\nimport './b.ts'\nimport 'node:fs'\nexport { y } from 'c'"
  expect(importedPackages(text)).toEqual(['@scope/a', 'c'])
})
