/** Starts the example as `npm start` does, against an embedded Hydra, and asks it. */
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { expect, test } from '@jest/globals'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { exampleEnv, startExample } from '../../../test/support/start-example.ts'

interface Result {
  readonly data?: unknown
  readonly errors?: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]
}

test('the example protects its graph', async () => {
  await using hydra = await startHydra()
  const env = exampleEnv({
    HYDRA_ISSUER: hydra.issuer,
    HYDRA_INTROSPECTION_URL: `${hydra.adminUrl}/admin/oauth2/introspect`,
  })
  await using api = await startExample(join(__dirname, '..'), env, /listening on (\S+)/)
  expect(api.output).toMatch(/mutation\s+addPhoto\s+scopes photos.write/)
  const url = `${api.said}/graphql`
  const ask = async (query: string, token?: string): Promise<[number, Result]> => {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) })
    return [answer.status, (await answer.json()) as Result]
  }
  const token = await hydra.mint.accessToken({
    subject: 'ada',
    scope: ['photos.write'],
    audience: 'https://photos.example.com',
  })
  expect(await ask('{ health }')).toEqual([200, { data: { health: 'ok' } }])
  const refused = { extensions: { code: 'UNAUTHENTICATED', error: 'unauthorized', challenge: 'Bearer' } }
  expect(await ask('{ photos { title } }')).toMatchObject([401, { data: null, errors: [refused] }])
  expect(await ask('{ photos { title } }', token)).toEqual([200, { data: { photos: [{ title: 'Low tide' }] } }])
  expect(await ask('{ photos { title owner } }', token)).toMatchObject([
    403,
    { errors: [{ extensions: { code: 'FORBIDDEN', scope: 'photos.owner' } }] },
  ])

  const connectionParams = { Authorization: `Bearer ${token}` }
  const client = createClient({ url: url.replace('http', 'ws'), connectionParams, webSocketImpl: WebSocket })
  const photos = client.iterate({ query: 'subscription { photoAdded { title } }' })
  const first = photos.next()
  // Nobody says when the subscription has reached the server: photos are added until one comes back.
  let arrived = false
  void first.then(() => (arrived = true))
  while (!arrived) await ask('mutation { addPhoto(title: "Dunes") { title } }', token)
  expect((await first).value).toEqual({ data: { photoAdded: { title: 'Dunes' } } })
  await client.dispose()
}, 60_000)
