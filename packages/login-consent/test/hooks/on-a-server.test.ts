/** The hook receivers behind a Hydra: what is decided is what the tokens say. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHydraClient, type HydraClient } from '@hydra-kit/client'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { signIn } from '@hydra-kit/embedded/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { hook, refreshHook, tokenHook, type HookDecision, type HookRequest } from '../../src/index.ts'
import { inputOf, write } from '../support/world.ts'

const apiKey = 'a key of sixteen characters'
let hydra: EmbeddedHydra
let admin: HydraClient
let server: Server
let decide: (request: HookRequest) => HookDecision
let asked: HookRequest[]

beforeAll(async () => {
  const handler = (request: HookRequest): HookDecision => {
    asked.push(request)
    return decide(request)
  }
  const receivers = { '/token': tokenHook(handler, { apiKey }), '/refresh': refreshHook(handler, { apiKey }) }
  server = createServer((request, response) => {
    const receiver = receivers[request.url as keyof typeof receivers]
    void receiver.handle(inputOf(request)).then((output) => write(response, output))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const auth = { type: 'api_key', config: { in: 'header', name: 'X-Api-Key', value: apiKey } } as const
  hydra = await startHydra({
    tokenHook: { url: `${url}/token`, auth },
    refreshTokenHook: { url: `${url}/refresh`, auth },
    clients: [
      {
        client_id: 'photos',
        client_secret: 'photos-secret',
        redirect_uris: ['http://127.0.0.1:9/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        scope: 'openid offline photos.read',
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
  })
  admin = createHydraClient({ publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl })
})
beforeEach(() => {
  asked = []
  decide = () => hook.keep()
})
afterAll(async () => {
  await hydra.stop()
  await admin.close()
  server.close()
})

async function post(form: Record<string, string>): Promise<[status: number, body: Record<string, string>]> {
  const response = await fetch(`${hydra.publicUrl}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'photos', client_secret: 'photos-secret', ...form }),
  })
  return [response.status, (await response.json()) as Record<string, string>]
}
const refresh = (token: string): ReturnType<typeof post> => post({ grant_type: 'refresh_token', refresh_token: token })
async function claims(tokens: { access_token?: string; id_token?: string }): Promise<[unknown, unknown]> {
  const seen = (await admin.tokens.introspect({ token: tokens.access_token ?? '' })) as { ext?: unknown }
  const idToken = JSON.parse(Buffer.from(tokens.id_token?.split('.')[1] ?? '', 'base64url').toString()) as {
    e?: unknown
    f?: unknown
    sid?: unknown
  }
  return [seen.ext, { e: idToken.e, f: idToken.f, sid: typeof idToken.sid }]
}
const begin = (): ReturnType<typeof signIn> =>
  signIn(hydra, {
    clientId: 'photos',
    clientSecret: 'photos-secret',
    subject: 'alice',
    scope: 'openid offline photos.read',
    session: { accessToken: { a: 1 }, idToken: { e: 2 } },
  })

test('code: new claims are added, those of the consent stay', async () => {
  decide = () => hook.set({ accessToken: { a: 9, b: 2 }, idToken: { f: 3 } })
  const tokens = await begin()
  expect(await claims({ access_token: tokens.accessToken, id_token: tokens.idToken ?? '' })).toEqual([
    { a: 1, b: 2 },
    { e: 2, f: 3, sid: 'string' },
  ])
  expect(asked).toMatchObject([{ grantType: 'authorization_code', subject: 'alice', grantedScopes: undefined }])
})

test('refresh: keep keeps, set adds, replace replaces, sid stays', async () => {
  const first = await begin()
  const [, kept] = await refresh(first.refreshToken ?? '')
  expect(await claims(kept)).toEqual([{ a: 1 }, { e: 2, f: undefined, sid: 'string' }])
  decide = () => hook.set({ accessToken: { b: 2 } })
  const [, added] = await refresh(kept['refresh_token'] ?? '')
  expect(await claims(added)).toEqual([
    { a: 1, b: 2 },
    { e: 2, f: undefined, sid: 'string' },
  ])
  decide = () => hook.set({ accessToken: { c: 3 }, idToken: { f: 4 }, replace: true })
  const [, replaced] = await refresh(added['refresh_token'] ?? '')
  expect(await claims(replaced)).toEqual([{ c: 3 }, { e: undefined, f: 4, sid: 'string' }])
})

test('deny: access_denied, and the refresh token still works', async () => {
  const first = await begin()
  decide = () => hook.deny()
  expect(await refresh(first.refreshToken ?? '')).toMatchObject([403, { error: 'access_denied' }])
  decide = () => hook.keep()
  expect((await refresh(first.refreshToken ?? ''))[0]).toBe(200)
})

test('client credentials', async () => {
  decide = ({ subject }) => hook.set({ accessToken: { who: subject } })
  const [, tokens] = await post({ grant_type: 'client_credentials', scope: 'photos.read' })
  const seen = await admin.tokens.introspect({ token: tokens['access_token'] ?? '' })
  expect(seen).toMatchObject({ active: true, ext: { who: 'photos' } })
})
