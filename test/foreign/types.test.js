/** Compiles `types/`: client's wire types beside those of `@ory/hydra-client`. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

void test('wire types agree with those of @ory/hydra-client', async () => {
  // The compiler of this repository, so that both test and packages are read by the same one.
  const compiler = path('../../node_modules/typescript/bin/tsc')
  const result = await promisify(execFile)(process.execPath, [compiler, '-p', path('types')]).catch((error) => error)
  assert.equal(result.stdout, '')
  assert.equal(result.code ?? 0, 0)
})
