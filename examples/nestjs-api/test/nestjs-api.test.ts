/** Starts the example as `npm start` does, against an embedded Hydra, and calls it. */
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { expect, test } from '@jest/globals'
import { exampleEnv, startExample } from '../../../test/support/start-example.ts'

test('the example protects its API', async () => {
  await using hydra = await startHydra()
  const env = exampleEnv({
    HYDRA_ISSUER: hydra.issuer,
    HYDRA_INTROSPECTION_URL: `${hydra.adminUrl}/admin/oauth2/introspect`,
  })
  await using api = await startExample(join(__dirname, '..'), env, /listening on (\S+)/)
  expect(api.output).toContain('POST  /photos  scopes photos.write')
  const url = api.said
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
}, 60_000)
