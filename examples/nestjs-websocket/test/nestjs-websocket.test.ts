/** Starts the example as `npm start` does, against an embedded Hydra, and runs its client. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { expect, test } from '@jest/globals'
import { exampleEnv, startExample } from '../../../test/support/start-example.ts'

const cwd = join(__dirname, '..')

test('the example protects its chat', async () => {
  await using hydra = await startHydra()
  const env = exampleEnv({
    HYDRA_ISSUER: hydra.issuer,
    HYDRA_INTROSPECTION_URL: `${hydra.adminUrl}/admin/oauth2/introspect`,
  })
  await using chat = await startExample(cwd, env, /listening on (\S+)/)
  expect(chat.output).toMatch(/message\s+say\s+scopes chat.write/)
  const url = chat.said
  const client = (...words: string[]): Promise<string> =>
    new Promise((resolve) => {
      const given = { cwd, env: { ...env, CHAT_URL: url } }
      execFile('npm', ['run', '--silent', 'client', '--', ...words], given, (_error, stdout) => resolve(stdout))
    })
  const token = (...scope: string[]): Promise<string> =>
    hydra.mint.accessToken({ subject: 'ada', scope, audience: 'https://chat.example.com' })
  expect(await client(await token('chat.read', 'chat.write'), 'hello')).toBe(
    "welcome: { you: 'ada' }\nsaid: { from: 'ada', text: 'hello' }\n",
  )
  const reader = await client(await token('chat.read'), 'hello')
  expect(reader).toMatch(/^welcome: .*\nrefused: /)
  expect(reader).toContain("scope: 'chat.write'")
  expect(reader).not.toContain('said')
  expect(await client(await token('openid'))).toMatch(/^refused: [^]*error: 'insufficient_scope'[^]*'chat.read'/)
  expect(await client('nonsense')).toMatch(/^refused: [^]*error: 'invalid_token'/)
}, 60_000)
