/** Rotation of the server's own keys. */
import { generateKeyPairSync } from 'node:crypto'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import type { Json } from '../transcript/exchange.ts'

const idTokenSet = 'hydra.openid.id-token'
const accessTokenSet = 'hydra.jwt.access-token'

export const keyRotationCases: readonly ContractCase[] = [
  defineCase({
    name: 'keys-rotate-id-token',
    operations: ['createJsonWebKeySet', 'deleteJsonWebKey', 'discoverJsonWebKeys', 'oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const { idToken } = await signIn(t, client)
      const before = await rotate(t, idTokenSet)
      t.ok(
        'the new key is published beside the old one',
        before.published.includes(before.publicKid) && before.published.length > before.count,
      )
      const flow = new Flow(t, client, { quiet: true })
      await flow.run()
      const tokens = await flow.tokens()
      t.equal('the newest key signs', headerOf(tokens.string('id_token')).kid, before.publicKid)
      const hint = new Flow(t, client, { name: 'hint of the old key', params: { id_token_hint: idToken }, quiet: true })
      t.redirectError(await hint.authorize(), 'invalid_request', '/callback')
    },
  }),

  defineCase({
    name: 'keys-rotate-access-token',
    operations: ['createJsonWebKeySet', 'introspectOAuth2Token', 'getOidcUserInfo'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const { accessToken, refreshToken } = await signIn(t, client)
      const active = async (): Promise<unknown> =>
        (await t.admin.post('introspect', '/oauth2/introspect', { form: { token: accessToken }, quiet: true })).at(
          'active',
        )
      t.equal('active before', await active(), true)
      const rotated = await rotate(t, accessTokenSet)
      t.equal('inactive after', await active(), false)
      const user = await t.public.get('userinfo with a token of the old key', '/userinfo', {
        bearer: accessToken,
        quiet: true,
      })
      t.error(user, 400, 'token_signature_mismatch')
      const form = { grant_type: 'client_credentials', ...client.credentials }
      const issued = await t.public.post('a new token', '/oauth2/token', { form, quiet: true })
      t.equal('the newest key signs', headerOf(issued.string('access_token')).kid, rotated.publicKid)
      await rotated.undo()
      t.equal('deleting the newer key brings it back', await active(), true)
      const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client.credentials }
      t.status(await t.public.post('refresh', '/oauth2/token', { form: refresh, quiet: true }), 200)
    },
  }),

  defineCase({
    name: 'keys-rotate-to-another-algorithm',
    operations: ['createJsonWebKeySet', 'discoverOidcConfiguration', 'oauth2TokenExchange'],
    profile: 'jwt',
    since: '2.0',
    async run(t) {
      const client = await t.client()
      for (const alg of ['ES256', 'PS256', 'EdDSA']) {
        const rotated = await rotate(t, accessTokenSet, alg)
        const ids = await rotate(t, idTokenSet, alg)
        const flow = new Flow(t, client, { quiet: true })
        await flow.run()
        const tokens = await flow.tokens()
        t.equal(`${alg}: access token`, headerOf(tokens.string('access_token')).alg, alg)
        t.equal(`${alg}: ID token`, headerOf(tokens.string('id_token')).alg, alg)
        const discovery = await t.public.get('discovery', '/.well-known/openid-configuration', { quiet: true })
        t.equal(`${alg}: discovery`, discovery.at('id_token_signing_alg_values_supported'), [alg])
        const seen = { form: { token: tokens.string('access_token') }, quiet: true }
        t.member(await t.admin.post(`introspect ${alg}`, '/oauth2/introspect', seen), 'active', alg !== 'EdDSA')
        await rotated.undo()
        await ids.undo()
      }
    },
  }),

  defineCase({
    name: 'keys-of-a-system-set-deleted',
    operations: ['deleteJsonWebKeySet', 'discoverJsonWebKeys', 'oauth2TokenExchange'],
    profile: 'jwt',
    since: '2.0',
    async run(t) {
      const client = await t.client()
      const kids = async () =>
        (await t.public.get('jwks', '/.well-known/jwks.json', { quiet: true }))
          .list('keys')
          .map((key) => (key as { kid: string }).kid)
      const before = await kids()
      t.status(await t.admin.delete('delete the access-token keys', '/keys/hydra.jwt.access-token'), 204)
      t.status(await t.admin.delete('delete the id-token keys', '/keys/hydra.openid.id-token'), 204)
      const after = await kids()
      t.equal('as many keys', after.length, before.length)
      t.equal(
        'none of the old ones',
        after.filter((kid) => before.includes(kid)),
        [],
      )
      const { accessToken } = await signIn(t, client)
      t.member(await t.admin.post('introspect', '/oauth2/introspect', { form: { token: accessToken } }), 'active', true)
    },
  }),

  defineCase({
    name: 'keys-put-becomes-the-signing-key',
    operations: ['setJsonWebKey', 'oauth2TokenExchange'],
    profile: 'jwt',
    since: '2.0',
    async run(t) {
      const kid = t.unique('kid')
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
      t.cleanup(() => t.admin.delete('undo', `/keys/hydra.jwt.access-token/${kid}`, { quiet: true }))
      t.status(await t.admin.put('put', `/keys/hydra.jwt.access-token/${kid}`, { json: jwk }), 200)
      const client = await t.client()
      const issued = await t.public.post('token', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      const header = JSON.parse(
        Buffer.from(issued.string('access_token').split('.')[0] ?? '', 'base64url').toString(),
      ) as { kid: string }
      t.equal('signed with it', header.kid, kid)
    },
  }),
]

/** Adds a key to a system set. It is taken away after the case, so that other cases find the server as it was. */
async function rotate(t: CaseContext, set: string, alg = 'RS256'): Promise<Rotated> {
  const jwks = async (): Promise<readonly string[]> =>
    kids((await t.public.get('jwks', '/.well-known/jwks.json', { quiet: true })).list('keys'))
  const count = (await jwks()).length
  const kid = t.unique('kid')
  const created = await t.admin.post('rotate', `/keys/${set}`, { json: { alg, use: 'sig', kid }, quiet: true })
  if (created.status !== 201) throw new Error(`could not rotate ${set}: ${created.status}, ${created.shape}`)
  let done = false
  const undo = async (): Promise<void> => {
    if (done) return
    done = true
    for (const one of kids(created.list('keys'))) {
      await t.admin.delete('take the key away', `/keys/${set}/${one}`, { quiet: true })
    }
  }
  t.cleanup(undo)
  const publicKid = t.version === '1.11' ? `public:${kid}` : kid
  return { publicKid, published: await jwks(), count, undo }
}

function headerOf(token: string): { readonly kid?: string; readonly alg?: string } {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: string; alg?: string }
}

interface Rotated {
  readonly publicKid: string
  /** Kids in the public JWKS after the rotation. */
  readonly published: readonly string[]
  /** How many there were before. */
  readonly count: number
  undo(): Promise<void>
}

function kids(keys: readonly Json[]): readonly string[] {
  return keys.map((key) => (key as { kid?: string }).kid ?? '')
}
