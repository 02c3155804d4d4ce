/** Starts the example as `npm start` does, against an embedded Hydra, and calls it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { expect, test } from '@jest/globals'

test('the example protects its API', async () => {
  await using hydra = await startHydra()
  const env = {
    ...process.env,
    HYDRA_ISSUER: hydra.issuer,
    HYDRA_INTROSPECTION_URL: `${hydra.adminUrl}/admin/oauth2/introspect`,
    PORT: '0',
    // The sources of our packages, which need not be built.
    TSX_TSCONFIG_PATH: join(__dirname, '../../../tsconfig.json'),
  }
  const api = spawn('npm', ['start', '--silent'], {
    cwd: join(__dirname, '..'),
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let output = ''
    for await (const chunk of api.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      output += String(chunk)
      if (output.includes('listening on')) break
    }
    api.stdout.resume()
    expect(output).toContain('POST  /photos  scopes photos.write')
    const url = /listening on (\S+)/.exec(output)?.[1] ?? ''
    const call = async (method: string, path: string, token?: string): Promise<[number, string | null]> => {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
      const answer = await fetch(url + path, { method, headers })
      await answer.body?.cancel()
      return [answer.status, answer.headers.get('www-authenticate')]
    }
    const token = await hydra.mint.accessToken({
      subject: 'ada',
      scope: ['photos.read'],
      audience: 'https://api.example.com',
    })
    expect(await call('GET', '/health')).toEqual([200, null])
    expect(await call('GET', '/photos')).toEqual([401, 'Bearer scope="photos.read"'])
    expect(await call('GET', '/photos', 'nonsense')).toEqual([401, expect.stringContaining('error="invalid_token"')])
    expect(await call('GET', '/photos', token)).toEqual([200, null])
    expect(await call('GET', '/me', token)).toEqual([200, null])
    expect(await call('POST', '/photos', token)).toEqual([403, expect.stringContaining('scope="photos.write"')])
  } finally {
    // npm, its shell, tsx and the API: a group of their own.
    process.kill(-(api.pid as number), 'SIGTERM')
    if (api.exitCode === null && api.signalCode === null) await once(api, 'exit')
  }
}, 60_000)
