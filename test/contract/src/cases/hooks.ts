/** Token hook and refresh-token hook: what Hydra sends, and what each answer does. */
import type { Answer } from '../answer.ts'
import type { AppAnswer } from '../app-server.ts'
import { assertion, makeSigningKey } from '../assertions.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn, type SignedIn } from '../flow.ts'
import type { TestClient } from '../test-client.ts'
import { claimsOf } from '../transcript/jwt.ts'

const consent = { session: { access_token: { a: 1 }, id_token: { e: 2 } } } as const
const keep = { status: 204 } as const
const set = (access_token: unknown, id_token: unknown): AppAnswer => ({ json: { session: { access_token, id_token } } })

export const hookCases: readonly ContractCase[] = [
  defineCase({
    name: 'hook-token-what-is-sent',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    since: '2.1',
    async run(t) {
      const client = await t.client()
      const calls = t.hook('token', client, () => keep)
      const flow = new Flow(t, client, { params: { audience: 'https://api.example.com' }, quiet: true })
      await flow.run({ consent })
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      t.received('code', await calls.next())
      const refresh = await refreshed(t, client, tokens)
      t.status(refresh, 200)
      t.received('refresh', await calls.next())
      const own = { grant_type: 'client_credentials', scope: 'photos.read', ...client.credentials }
      t.status(await t.public.post('client credentials', '/oauth2/token', { form: own, quiet: true }), 200)
      t.received('client credentials, as sent', await calls.next())
      await tryJwtBearer(t, client)
      t.received('jwt-bearer', await calls.next())
      const wrong = {
        grant_type: 'authorization_code',
        code: 'garbage',
        redirect_uri: client.redirectUri,
        ...client.credentials,
      }
      t.status(await t.public.post('a refused grant', '/oauth2/token', { form: wrong }), 400)
      const implicit = new Flow(t, client, { responseType: 'token', quiet: true })
      await implicit.run()
      t.ok('a token from the authorize endpoint', implicit.last.param('access_token') !== undefined)
      t.equal('no call for a refused grant, none for the authorize endpoint', calls.requests.length, 4)
    },
  }),

  defineCase({
    name: 'hook-token-answers-for-a-code',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    since: '2.1',
    async run(t) {
      const rows: readonly (readonly [string, AppAnswer, number, unknown, unknown])[] = [
        ['both sides', set({ n: 1 }, { m: 2 }), 200, { a: 1, n: 1 }, { e: 2, m: 2 }],
        ['access token only', { json: { session: { access_token: { n: 1 } } } }, 200, { a: 1, n: 1 }, { e: 2 }],
        ['the same keys', set({ a: 99, n: 1 }, { e: 99 }), 200, { a: 1, n: 1 }, { e: 2 }],
        ['empty object', { json: {} }, 200, { a: 1 }, { e: 2 }],
        ['session null', { json: { session: null } }, 200, { a: 1 }, { e: 2 }],
        [
          'as text/plain',
          { headers: { 'content-type': 'text/plain' }, text: '{"session":{"access_token":{"n":1}}}' },
          200,
          { a: 1, n: 1 },
          { e: 2 },
        ],
        [
          'reserved claims',
          set({ sub: 'mallory', scp: ['admin'] }, { sub: 'mallory', iss: 'x', sid: 'x' }),
          200,
          { a: 1, sub: 'mallory', scp: ['admin'] },
          { e: 2 },
        ],
        ['204', keep, 200, { a: 1 }, { e: 2 }],
        ['empty body', {}, 500, undefined, undefined],
        ['bad JSON', { text: '{' }, 500, undefined, undefined],
        ['an array', { json: [] }, 500, undefined, undefined],
        ['wrong type', { json: { session: { access_token: 'x' } } }, 500, undefined, undefined],
        ['201', { status: 201, json: {} }, 500, undefined, undefined],
        ['400', { status: 400, json: { error: 'x' } }, 500, undefined, undefined],
        ['404', { status: 404 }, 500, undefined, undefined],
        ['403', { status: 403, json: { error: 'custom' } }, 403, undefined, undefined],
      ]
      for (const [step, answer, status, ext, added] of rows) {
        const client = await t.client()
        let now: AppAnswer = answer
        t.hook('token', client, () => now)
        const flow = new Flow(t, client, { name: step, quiet: true })
        await flow.run({ consent })
        const form = {
          grant_type: 'authorization_code',
          code: flow.code,
          redirect_uri: client.redirectUri,
          ...client.credentials,
        }
        const tokens = await t.public.post(`${step}: exchange`, '/oauth2/token', { form })
        t.status(tokens, status)
        if (status === 200) {
          t.equal(`${step}: ext`, await extOf(t, `${step}: introspect`, tokens), ext)
          t.equal(`${step}: ID token`, addedTo(tokens, ['e', 'm']), added)
        } else {
          t.member(tokens, 'error', status === 403 ? 'access_denied' : 'server_error')
          now = keep
          t.status(await t.public.post(`${step}: the code is still good`, '/oauth2/token', { form, quiet: true }), 200)
        }
      }
    },
  }),

  defineCase({
    name: 'hook-token-tries-again',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    since: '2.1',
    async run(t) {
      const client = await t.client()
      const own = { grant_type: 'client_credentials', ...client.credentials }
      const answers: AppAnswer[] = [{ status: 500 }, { status: 429 }, set({ n: 1 }, {})]
      const calls = t.hook('token', client, () => answers.shift() ?? { status: 503 })
      const issued = await t.public.post('third time lucky', '/oauth2/token', { form: own })
      t.status(issued, 200)
      t.equal('three calls', calls.requests.length, 3)
      t.error(await t.public.post('never', '/oauth2/token', { form: own }), 500, 'server_error')
      t.equal('three more', calls.requests.length, 6)
    },
  }),

  defineCase({
    name: 'hook-token-for-client-credentials-replaces',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'hooks',
    since: '2.1',
    async run(t) {
      const client = await t.client()
      t.hook('token', client, () => set({ tenant: 7, sub: 'mallory' }, {}))
      const own = { grant_type: 'client_credentials', ...client.credentials }
      const issued = await t.public.post('token', '/oauth2/token', { form: own })
      t.status(issued, 200)
      t.equal('ext', await extOf(t, 'introspect', issued), { tenant: 7, sub: 'mallory' })
      const refusing = await t.client()
      t.hook('token', refusing, () => ({ status: 403 }))
      const refused = await t.public.post('refused', '/oauth2/token', { form: { ...own, ...refusing.credentials } })
      t.error(refused, 403, 'access_denied')
    },
  }),

  defineCase({
    name: 'hook-token-follows-redirects',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    since: '2.1',
    async run(t) {
      for (const status of [302, 307]) {
        const client = await t.client()
        const target = t.receiver('redirected', () => set({ redirected: true }, {}))
        t.hook('token', client, () => ({ status, headers: { location: target.url } }))
        const own = { grant_type: 'client_credentials', ...client.credentials }
        const issued = await t.public.post(`${status}: token`, '/oauth2/token', { form: own })
        t.status(issued, 200)
        t.equal(`${status}: ext`, await extOf(t, `${status}: introspect`, issued), { redirected: true })
        const call = await target.next()
        t.equal(`${status}: method`, call.method, status === 302 ? 'GET' : 'POST')
        t.equal(`${status}: with a body`, call.text !== '', status === 307)
      }
    },
  }),

  defineCase({
    name: 'hook-token-for-jwt-access-tokens',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    since: '2.1',
    async run(t) {
      const client = await t.client({ access_token_strategy: 'jwt' })
      t.hook('token', client, () => set({ a: 99, n: 1, deep: { y: 2 } }, { m: 2 }))
      const flow = new Flow(t, client)
      await flow.run({ consent: { session: { access_token: { a: 1, deep: { x: 1 } }, id_token: { e: 2 } } } })
      const tokens = await flow.tokens()
      t.equal('merged under what consent gave', claimsOf(tokens.string('access_token'))['ext'], {
        a: 1,
        n: 1,
        deep: { x: 1 },
      })
      const own = { grant_type: 'client_credentials', ...client.credentials }
      const issued = await t.public.post('client credentials', '/oauth2/token', { form: own })
      t.equal('replaced', claimsOf(issued.string('access_token'))['ext'], { a: 99, n: 1, deep: { y: 2 } })
      t.hook('refresh', client, () => set({ r: 1 }, { sid: 'of the hook' }))
      const form = { grant_type: 'refresh_token', refresh_token: tokens.string('refresh_token'), ...client.credentials }
      const next = await t.public.post('refresh', '/oauth2/token', { form })
      t.status(next, 200)
      t.equal('the token hook sees and replaces', claimsOf(next.string('access_token'))['ext'], {
        a: 99,
        n: 1,
        deep: { y: 2 },
      })
    },
  }),

  defineCase({
    name: 'hook-refresh-what-is-sent',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    async run(t) {
      const client = await t.client()
      const calls = t.hook('refresh', client, () => set({ a: 2 }, { e: 3 }))
      const both = t.hook('token', client, () => keep)
      const { tokens } = await signIn(t, client, { consent })
      t.equal('no call at sign-in', calls.requests.length, 0)
      const next = await refreshed(t, client, tokens)
      t.status(next, 200)
      t.received('refresh', await calls.next())
      if (t.atLeast('2.1')) {
        await both.next()
        t.received('the token hook comes second', await both.next())
      }
      t.equal('ext', await extOf(t, 'introspect', next), { a: 2 })
    },
  }),

  defineCase({
    name: 'hook-refresh-answers',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    async run(t) {
      const old = t.version === '1.11'
      const rows: readonly (readonly [string, AppAnswer, number, unknown, unknown])[] = [
        ['both sides', set({ n: 1 }, { m: 2 }), 200, { n: 1 }, { m: 2 }],
        ['access token only', { json: { session: { access_token: { n: 1 } } } }, 200, { n: 1 }, {}],
        ['empty object', { json: {} }, 200, undefined, {}],
        ['204', keep, old ? 500 : 200, { a: 1 }, { e: 2 }],
        ['empty body', {}, 500, undefined, undefined],
        ['bad JSON', { text: '{' }, 500, undefined, undefined],
        ['400', { status: 400 }, 500, undefined, undefined],
        ['403', { status: 403, json: { error: 'custom' } }, 403, undefined, undefined],
      ]
      for (const [step, answer, status, ext, added] of rows) {
        const client = await t.client()
        let now: AppAnswer = answer
        t.hook('token', client, () => keep)
        t.hook('refresh', client, () => now)
        const signedIn: SignedIn = await signIn(t, client, { consent })
        const form = { grant_type: 'refresh_token', refresh_token: signedIn.refreshToken, ...client.credentials }
        const next = await t.public.post(`${step}: refresh`, '/oauth2/token', { form })
        t.status(next, status)
        if (status === 200) {
          t.equal(`${step}: ext`, await extOf(t, `${step}: introspect`, next), ext)
          t.equal(`${step}: ID token`, addedTo(next, ['e', 'm']), added)
        } else {
          t.member(next, 'error', status === 403 ? 'access_denied' : 'server_error')
          const token = signedIn.accessToken
          t.member(
            await t.admin.post(`${step}: the old token`, '/oauth2/introspect', { form: { token }, quiet: true }),
            'active',
            true,
          )
          now = set({}, {})
          t.status(await t.public.post(`${step}: try again`, '/oauth2/token', { form, quiet: true }), 200)
        }
      }
    },
  }),

  defineCase({
    name: 'hook-that-fails-at-refresh',
    operations: ['oauth2TokenExchange'],
    profile: 'hooks',
    async run(t) {
      const client = await t.client()
      t.hook('token', client, () => keep)
      const calls = t.hook('refresh', client, () => ({ status: 500 }))
      const { tokens } = await signIn(t, client, { consent })
      t.error(await refreshed(t, client, tokens), 500, 'server_error')
      t.equal('26.2 tries three times', calls.requests.length, t.by({ '1.11': 1, '26.2': 3 }))
    },
  }),
]

async function refreshed(t: CaseContext, client: TestClient, tokens: Answer): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: tokens.string('refresh_token'), ...client.credentials }
  return t.public.post('refresh the tokens', '/oauth2/token', { form, quiet: true })
}

async function extOf(t: CaseContext, step: string, tokens: Answer): Promise<unknown> {
  return (await t.admin.post(step, '/oauth2/introspect', { form: { token: tokens.string('access_token') } })).at('ext')
}

/** Those claims of the ID token that consent or hook may have added. */
function addedTo(tokens: Answer, names: readonly string[]): unknown {
  const claims = JSON.parse(
    Buffer.from(tokens.string('id_token').split('.')[1] ?? '', 'base64url').toString(),
  ) as Record<string, unknown>
  return Object.fromEntries(names.filter((name) => name in claims).map((name) => [name, claims[name]]))
}

async function tryJwtBearer(t: CaseContext, client: TestClient): Promise<void> {
  const key = makeSigningKey(t)
  const issuer = `https://${t.unique('issuer')}.example.com`
  const subject = t.unique('subject')
  const json = { issuer, subject, jwk: key.jwk, scope: ['photos.read'], expires_at: '2099-01-01T00:00:00Z' }
  await t.admin.post('trust', '/trust/grants/jwt-bearer/issuers', { json, quiet: true })
  const claims = { iss: issuer, sub: subject, aud: `${t.server.publicUrl}/oauth2/token` }
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion(key, claims),
    scope: 'photos.read',
    ...client.credentials,
  }
  t.status(await t.public.post('jwt-bearer token', '/oauth2/token', { form, quiet: true }), 200)
}
