/** Starts the example as `npm start` does, against an embedded Hydra, and calls it. */
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { expect, test } from '@jest/globals'
import { exampleEnv, startExample } from '../../../test/support/start-example.ts'

test('the example protects its API', async () => {
  const client = { client_id: 'job', client_secret: 'job-secret', grant_types: ['client_credentials'] }
  await using hydra = await startHydra({
    clients: [{ ...client, scope: 'photos.read profile', audience: ['https://api.example.com'] }],
  })
  const env = exampleEnv({ HYDRA_ISSUER: hydra.issuer, HYDRA_ADMIN_URL: hydra.adminUrl })
  await using api = await startExample(join(__dirname, '..'), env, /port: (\d+)/)
  const url = `http://127.0.0.1:${api.said}`
  const call = async (path: string, token?: string): Promise<[number, string | null]> => {
    const answer = await fetch(url + path, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
    await answer.body?.cancel()
    return [answer.status, answer.headers.get('www-authenticate')]
  }
  const tokenFor = async (scope: string): Promise<string> => {
    const answer = await fetch(`${hydra.publicUrl}/oauth2/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('job:job-secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope, audience: 'https://api.example.com' }),
    })
    return ((await answer.json()) as { access_token: string }).access_token
  }
  expect(await call('/health')).toEqual([200, null])
  expect(await call('/photos')).toEqual([401, 'Bearer'])
  expect(await call('/photos', 'nonsense')).toEqual([401, expect.stringContaining('error="invalid_token"')])
  expect(await call('/photos', await tokenFor('photos.read'))).toEqual([200, null])
  const other = await tokenFor('profile')
  expect(await call('/me', other)).toEqual([200, null])
  expect(await call('/photos', other)).toEqual([403, expect.stringContaining('scope="photos.read"')])
}, 60_000)
