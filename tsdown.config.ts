import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rolldown, UserConfig } from 'tsdown'

/** ESM-only packages: a Jest (CommonJS) user cannot load them, so the CJS build carries its own copy. */
const esmOnly = ['jose']

/** A template tag of a few kilobytes out of a large package: both builds carry it. */
const inlined = ['hono']

/** The licence text of an installed package. */
function licenceOf(name: string): string {
  const folder = join(import.meta.dirname, 'node_modules', name)
  const file = ['LICENSE.md', 'LICENSE'].map((base) => join(folder, base)).find((path) => existsSync(path))
  if (file === undefined) throw new Error(`${name} is inlined but has no licence file`)
  return `${name}\n\n${readFileSync(file, 'utf8')}`
}

/** Writes the licences of the inlined packages beside the built files. */
const licences: Rolldown.Plugin = {
  name: 'licences',
  generateBundle(_options, bundle) {
    const ids = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
    const text = [...esmOnly, ...inlined]
      .filter((name) => ids.some((id) => id.includes(`/node_modules/${name}/`)))
      .map(licenceOf)
    if (text.length > 0) {
      this.emitFile({ type: 'asset', fileName: 'third-party-licences.txt', source: text.join('\n---\n\n') })
    }
  },
}

/** Whatever of Nest the application has, it must be its own copy: classes and metadata are compared by identity. */
const ofTheApp = [/^@nestjs\//]

const common: UserConfig = {
  entry: 'src/{index,testing,opentelemetry,swagger,terminus,cli}.ts',
  platform: 'node',
  target: 'node20.19',
  tsconfig: '../../tsconfig.base.json',
  sourcemap: true,
  fixedExtension: false,
  dts: { oxc: false, sourcemap: true },
  logLevel: 'warn',
}

const config: UserConfig[] = [
  // `onlyBundle` fails the build if anything else is inlined by mistake.
  {
    ...common,
    format: 'esm',
    deps: { neverBundle: ofTheApp, alwaysBundle: inlined, onlyBundle: inlined },
    plugins: [licences],
  },
  {
    ...common,
    format: 'cjs',
    clean: false,
    deps: { neverBundle: ofTheApp, alwaysBundle: [...esmOnly, ...inlined], onlyBundle: false },
    plugins: [licences],
    publint: { strict: true },
    attw: { profile: 'node16', level: 'error' },
  },
]
export default config
