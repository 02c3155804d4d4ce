/** Starts the example as `npm start` does, against an embedded Hydra, and runs its client. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { expect, test } from '@jest/globals'

const cwd = join(__dirname, '..')

test('the example protects its chat', async () => {
  await using hydra = await startHydra()
  const env = {
    ...process.env,
    HYDRA_ISSUER: hydra.issuer,
    HYDRA_INTROSPECTION_URL: `${hydra.adminUrl}/admin/oauth2/introspect`,
    PORT: '0',
    // The sources of our packages, which need not be built.
    TSX_TSCONFIG_PATH: join(__dirname, '../../../tsconfig.json'),
  }
  const chat = spawn('npm', ['start', '--silent'], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    let output = ''
    for await (const chunk of chat.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      output += String(chunk)
      if (output.includes('listening on')) break
    }
    chat.stdout.resume()
    expect(output).toMatch(/message\s+say\s+scopes chat.write/)
    const url = /listening on (\S+)/.exec(output)?.[1] ?? ''
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
  } finally {
    // npm, its shell, tsx and the chat: a group of their own.
    process.kill(-(chat.pid as number), 'SIGTERM')
    if (chat.exitCode === null && chat.signalCode === null) await once(chat, 'exit')
  }
}, 60_000)
