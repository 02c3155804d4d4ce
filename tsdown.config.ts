import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Rolldown, UserConfig } from 'tsdown'

/** ESM-only packages: a Jest (CommonJS) user cannot load them, so the CJS build carries its own copy. */
const esmOnly = ['jose']

/** Writes the licences of the inlined packages beside the CJS files. */
const licences: Rolldown.Plugin = {
  name: 'licences',
  generateBundle(_options, bundle) {
    const ids = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []))
    const text = esmOnly
      .filter((name) => ids.some((id) => id.includes(`/node_modules/${name}/`)))
      .map((name) => readFileSync(join(import.meta.dirname, 'node_modules', name, 'LICENSE.md'), 'utf8'))
    if (text.length > 0) {
      this.emitFile({ type: 'asset', fileName: 'third-party-licences.txt', source: text.join('\n---\n\n') })
    }
  },
}

const common: UserConfig = {
  entry: 'src/{index,testing,cli}.ts',
  platform: 'node',
  target: 'node20.19',
  tsconfig: '../../tsconfig.base.json',
  sourcemap: true,
  fixedExtension: false,
  dts: { oxc: false, sourcemap: true },
  logLevel: 'warn',
}

const config: UserConfig[] = [
  // `onlyBundle: []` fails the build if anything is inlined by mistake.
  { ...common, format: 'esm', deps: { onlyBundle: [] } },
  {
    ...common,
    format: 'cjs',
    clean: false,
    deps: { alwaysBundle: esmOnly, onlyBundle: false },
    plugins: [licences],
    publint: { strict: true },
    attw: { profile: 'node16', level: 'error' },
  },
]
export default config
