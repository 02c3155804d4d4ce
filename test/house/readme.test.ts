import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import ts from 'typescript'

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8')

/** README's first example, with its three addresses and its port exchanged for those of the test. */
function example(hydra: { issuer: string; adminUrl: string }): string {
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  return [
    ["'https://auth.example.com'", JSON.stringify(hydra.issuer)],
    ["'http://hydra-admin:4445/admin/oauth2/introspect'", JSON.stringify(`${hydra.adminUrl}/admin/oauth2/introspect`)],
    ['app.listen(8080)', 'module.exports = app.listen(0)'],
  ].reduce((text, [from, to]) => {
    if (!text.includes(from as string)) throw new Error(`README's example no longer has ${from}`)
    return text.replace(from as string, to as string)
  }, block)
}

let hydra: Awaited<ReturnType<typeof startHydra>>
let server: Server

beforeAll(async () => {
  hydra = await startHydra()
  const { outputText } = ts.transpileModule(example(hydra), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  })
  const module = { exports: undefined as unknown as Server }
  // eslint-disable-next-line typescript/no-implied-eval -- the example is run as it stands
  new Function('module', 'exports', 'require', outputText)(module, {}, (name: string) =>
    name.startsWith('@hydra-kit/') || name === 'express' ? jestRequire(name) : createRequire(__filename)(name),
  )
  server = module.exports
})

afterAll(async () => {
  server.close()
  await hydra.stop()
})

function jestRequire(name: string): unknown {
  // oxlint-disable-next-line typescript/no-require-imports -- Jest maps the packages to their sources
  return require(name)
}

async function photos(token?: string): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/photos`, { headers })
}

test.each(['opaque', 'jwt'] as const)(
  "README's example accepts a %s token with the scope and audience",
  async (format) => {
    const token = await hydra.mint.accessToken({
      format,
      subject: 'ada',
      clientId: 'photos',
      scope: ['photos.read'],
      audience: ['https://api.example.com'],
    })
    const answer = await photos(token)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ owner: 'ada' })
  },
)

test("README's example refuses no token, a missing scope and another API's token", async () => {
  expect((await photos()).status).toBe(401)
  const audience = ['https://api.example.com']
  const unscoped = await hydra.mint.accessToken({
    subject: 'ada',
    clientId: 'photos',
    scope: ['photos.write'],
    audience,
  })
  expect((await photos(unscoped)).status).toBe(403)
  const other = await hydra.mint.accessToken({
    subject: 'ada',
    clientId: 'photos',
    scope: ['photos.read'],
    audience: ['https://other.example.com'],
  })
  expect((await photos(other)).status).toBe(401)
})

test("README's example has fifteen lines of code or so", () => {
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  expect(block.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(18)
})
