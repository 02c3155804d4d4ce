/** JSON Web Key sets on the admin port, and rotation of the server's own keys. */
import { generateKeyPairSync } from 'node:crypto'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow, signIn } from '../flow.ts'
import type { Json } from '../transcript/exchange.ts'

const idTokenSet = 'hydra.openid.id-token'
const accessTokenSet = 'hydra.jwt.access-token'

export const keyCases: readonly ContractCase[] = [
  defineCase({
    name: 'keys-create-and-get',
    operations: ['createJsonWebKeySet', 'getJsonWebKeySet', 'getJsonWebKey', 'deleteJsonWebKey', 'deleteJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const set = t.unique('set')
      const kid = t.unique('kid')
      const created = await t.admin.post('create', `/keys/${set}`, { json: { alg: 'RS256', use: 'sig', kid } })
      t.status(created, 201)
      t.equal('1.x makes a pair', created.list('keys').length, t.by({ '1.11': 2, '26.2': 1 }))
      const full = t.by({ '1.11': `private:${kid}`, '26.2': kid })
      t.ok('the private part is shown', kids(created.list('keys')).includes(full) && created.text.includes('"d":'))
      const read = await t.admin.get('get the set', `/keys/${set}`)
      t.status(read, 200)
      const one = await t.admin.get('get one key', `/keys/${set}/${full}`)
      t.status(one, 200)
      t.equal('a set of one', kids(one.list('keys')), [full])
      const second = await t.admin.post('add a key', `/keys/${set}`, {
        json: { alg: 'ES256', use: 'enc', kid: t.unique('kid') },
      })
      t.status(second, 201)
      const both = await t.admin.get('get both', `/keys/${set}`)
      t.equal('newest first', kids(both.list('keys')).at(-1), t.by({ '1.11': `private:${kid}`, '26.2': kid }))
      t.status(await t.admin.post('kid taken', `/keys/${set}`, { json: { alg: 'RS256', use: 'sig', kid } }), 409)
      t.status(await t.admin.delete('delete one', `/keys/${set}/${full}`), 204)
      t.error(await t.admin.get('get it', `/keys/${set}/${full}`), 404, 'Unable to locate the resource')
      t.status(await t.admin.delete('delete it again', `/keys/${set}/${full}`), 204)
      t.status(await t.admin.delete('delete the set', `/keys/${set}`), 204)
      t.error(await t.admin.get('get the deleted set', `/keys/${set}`), 404, 'Not Found')
      t.status(await t.admin.delete('delete the set again', `/keys/${set}`), 204)
    },
  }),

  defineCase({
    name: 'keys-algorithms',
    operations: ['createJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const old = ['RS256', 'ES256', 'ES512', 'EdDSA', 'HS256', 'HS512']
      const now = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
      const good = t.version === '1.11' ? old : now
      for (const alg of new Set([...old, ...now, 'none', 'kitten', ''])) {
        const set = t.unique('set')
        const answer = await t.admin.post(`alg "${alg}"`, `/keys/${set}`, { json: { alg, use: 'sig', kid: '' } })
        t.status(answer, good.includes(alg) ? 201 : 400)
      }
    },
  }),

  defineCase({
    name: 'keys-create-refused',
    operations: ['createJsonWebKeySet', 'getJsonWebKeySet', 'getJsonWebKey'],
    profile: 'default',
    async run(t) {
      const set = t.unique('set')
      t.status(await t.admin.post('no alg', `/keys/${set}`, { json: {} }), 400)
      t.status(await t.admin.post('alg alone', `/keys/${t.unique('set')}`, { json: { alg: 'RS256' } }), 201)
      t.status(await t.admin.post('odd use', `/keys/${t.unique('set')}`, { json: { alg: 'RS256', use: 'tea' } }), 201)
      t.status(await t.admin.post('not JSON', `/keys/${set}`, { text: '{' }), { '1.11': 500, '26.2': 400 })
      t.error(await t.admin.get('unknown set', `/keys/${set}`), 404, 'Not Found')
      t.error(await t.admin.get('unknown key', `/keys/${set}/no-such-kid`), 404, 'Unable to locate the resource')
    },
  }),

  defineCase({
    name: 'keys-put',
    operations: ['setJsonWebKeySet', 'setJsonWebKey', 'getJsonWebKeySet'],
    profile: 'default',
    async run(t) {
      const set = t.unique('set')
      const [first, second] = [makeKey(t), makeKey(t)]
      const put = await t.admin.put('put a set', `/keys/${set}`, { json: { keys: [first] } })
      t.status(put, 200)
      t.equal('what was put', kids(put.list('keys')), [first.kid])
      const replaced = await t.admin.put('put another', `/keys/${set}`, { json: { keys: [second] } })
      t.status(replaced, 200)
      t.equal('replaced', kids((await t.admin.get('get', `/keys/${set}`)).list('keys')), [second.kid])
      const one = await t.admin.put('put one key', `/keys/${set}/path-is-ignored`, { json: first })
      t.status(one, 200)
      t.equal('the bare key', one.at('kid'), first.kid)
      t.equal(
        'both are there',
        kids((await t.admin.get('get both', `/keys/${set}`)).list('keys')).toSorted(),
        [first.kid, second.kid].toSorted(),
      )
      const emptied = await t.admin.put('put an empty object', `/keys/${set}`, { json: {} })
      t.equal('null', emptied.json, { keys: null })
      t.error(await t.admin.get('an emptied set', `/keys/${set}`), 404, 'Not Found')
      t.status(await t.admin.put('not JSON', `/keys/${set}`, { text: '{' }), { '1.11': 500, '26.2': 400 })
      t.status(await t.admin.put('a key that is none', `/keys/${set}/k`, { json: { kty: 'tea' } }), {
        '1.11': 500,
        '26.2': 400,
      })
    },
  }),

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
]

interface Rotated {
  readonly publicKid: string
  /** Kids in the public JWKS after the rotation. */
  readonly published: readonly string[]
  /** How many there were before. */
  readonly count: number
  undo(): Promise<void>
}

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

function kids(keys: readonly Json[]): readonly string[] {
  return keys.map((key) => (key as { kid?: string }).kid ?? '')
}

function headerOf(token: string): { readonly kid?: string; readonly alg?: string } {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid?: string; alg?: string }
}

function makeKey(t: CaseContext): { readonly kid: string } {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: t.unique('kid'), use: 'sig', alg: 'ES256' }
  return jwk
}
