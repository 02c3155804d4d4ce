import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { startHydra } from '@hydra-kit/embedded'
import { authorization, signIn, useHydra } from '@hydra-kit/embedded/testing'
import { appClient, introspect } from './user-agent.ts'

const hydra = useHydra({ clients: [appClient] })
const alice = { clientId: 'app', clientSecret: 'app-secret', subject: 'alice' }

test('shows clients, sessions, consents and tokens, without secrets', async () => {
  const tokens = await signIn(hydra, {
    ...alice,
    scope: 'openid offline photos.read',
    audience: 'https://api.example',
    remember: true,
  })
  expect(hydra.inspect.clients()).toMatchObject([{ client_id: 'app' }])
  expect(hydra.inspect.loginSessions()).toEqual([
    { id: tokens.sessionId, subject: 'alice', authenticatedAt: expect.any(Date), remembered: true },
  ])
  expect(hydra.inspect.consents()).toMatchObject([
    { clientId: 'app', subject: 'alice', skipped: false, grantedScopes: ['openid', 'offline', 'photos.read'] },
  ])
  const seen = hydra.inspect.tokens()
  expect(seen.map(({ kind, active }) => [kind, active])).toEqual([
    ['access_token', true],
    ['refresh_token', true],
    ['authorization_code', false],
  ])
  expect(new Set(seen.map(({ grantId }) => grantId)).size).toBe(1)
  expect(seen[0]).toMatchObject({
    subject: 'alice',
    scopes: ['openid', 'offline', 'photos.read'],
    audience: ['https://api.example'],
  })
  const everything = JSON.stringify([
    hydra.inspect.clients(),
    seen,
    hydra.inspect.loginSessions(),
    hydra.inspect.consents(),
  ])
  for (const secret of ['app-secret', tokens.accessToken, tokens.refreshToken ?? '', tokens.code])
    expect(everything).not.toContain(secret)
  hydra.clock.advance('2h')
  expect(hydra.inspect.tokens()[0]?.active).toBe(false)
})

test('notes every request; what may hold secrets is there, but does not show', async () => {
  const token = await hydra.mint.accessToken()
  await introspect(hydra, token)
  await fetch(`${hydra.publicUrl}/userinfo?x=1`, { headers: authorization(token) })
  const [introspection] = hydra.inspect.requests({ path: '/oauth2/introspect' })
  expect(introspection).toEqual({
    port: 'admin',
    method: 'POST',
    path: '/admin/oauth2/introspect',
    status: 200,
    at: expect.any(Number),
  })
  expect(new URLSearchParams(introspection?.body).get('token')).toBe(token)
  const [userinfo] = hydra.inspect.requests({ port: 'public', method: 'GET' })
  expect([userinfo?.headers['authorization'], userinfo?.query.get('x')]).toEqual([`Bearer ${token}`, '1'])
  for (const shown of [inspect(hydra.inspect.requests()), JSON.stringify(hydra.inspect.requests())])
    expect(shown).not.toContain(token)
})

test('the log keeps the last thousand requests', async () => {
  for (let count = 0; count < 1005; count += 1) await fetch(`${hydra.publicUrl}/health/alive?${count}`)
  const all = hydra.inspect.requests()
  expect([all.length, all[0]?.query.has('5')]).toEqual([1000, true])
})

test('onRequest is told about each answer', async () => {
  const seen: string[] = []
  await using watched = await startHydra({
    onRequest: ({ method, path, status }) => seen.push(`${method} ${path} ${status}`),
  })
  await fetch(`${watched.publicUrl}/health/alive`)
  await fetch(`${watched.adminUrl}/nothing`)
  expect(seen).toEqual(['GET /health/alive 200', 'GET /admin/nothing 404'])
})
