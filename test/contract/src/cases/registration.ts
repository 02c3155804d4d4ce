/** Dynamic client registration (RFC 7591, RFC 7592). */
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'

const path = '/oauth2/register'
const unauthorized = 'The request could not be authorized'

export const registrationCases: readonly ContractCase[] = [
  defineCase({
    name: 'registration-switched-off',
    operations: ['createOidcDynamicClient', 'getOidcDynamicClient'],
    profile: 'default',
    async run(t) {
      t.status(await t.public.post('register', path, { json: {} }), 404)
      t.status(await t.public.get('get', `${path}/some-client`, { bearer: 'token' }), 404)
    },
  }),

  defineCase({
    name: 'registration-create',
    operations: ['createOidcDynamicClient', 'oauth2TokenExchange'],
    profile: 'registration',
    async run(t) {
      const json = {
        client_name: 'self made',
        client_id: 'ignored',
        redirect_uris: ['https://self.example.com/cb'],
        grant_types: ['authorization_code', 'client_credentials'],
        scope: 'openid photos.read',
        audience: ['https://api.example.com'],
        owner: 'me',
        token_endpoint_auth_method: 'client_secret_post',
        unknown_member: 1,
      }
      const created = await t.public.post('register', path, { json })
      t.status(created, 201)
      t.ok("the id is the server's", created.string('client_id') !== 'ignored')
      t.equal(
        'registration_client_uri',
        created.at('registration_client_uri'),
        `${t.issuer.replace(/\/$/, '')}${path}/${created.string('client_id')}`,
      )
      const form = {
        grant_type: 'client_credentials',
        scope: 'photos.read',
        client_id: created.string('client_id'),
        client_secret: created.string('client_secret'),
      }
      t.status(await t.public.post('it can get tokens', '/oauth2/token', { form }), 200)
      t.status(await t.public.post('an empty object', path, { json: {} }), 201)
    },
  }),

  defineCase({
    name: 'registration-refused',
    operations: ['createOidcDynamicClient'],
    profile: 'registration',
    async run(t) {
      const register = (step: string, json: Readonly<Record<string, unknown>>) => t.public.post(step, path, { json })
      t.status(await register('with a secret', { client_secret: 'a-secret-of-mine' }), { '1.11': 403, '26.2': 400 })
      t.error(await register('with metadata', { metadata: { a: 1 } }), 400, 'invalid_client_metadata')
      t.status(await register('with a strategy', { access_token_strategy: 'jwt' }), { '1.11': 201, '26.2': 400 })
      t.status(await register('with skip_consent', { skip_consent: true }), { '1.11': 201, '26.2': 400 })
      t.status(await register('with skip_logout_consent', { skip_logout_consent: true }), { '1.11': 201, '26.2': 400 })
      t.error(
        await register('redirect with fragment', { redirect_uris: ['https://a.example/cb#x'] }),
        400,
        'invalid_redirect_uri',
      )
      t.error(await register('subject type not offered', { subject_type: 'pairwise' }), 400, 'invalid_client_metadata')
      t.status(await t.public.post('not JSON', path, { text: '{' }), { '1.11': 500, '26.2': 400 })
    },
  }),

  defineCase({
    name: 'registration-get-put-delete',
    operations: ['getOidcDynamicClient', 'setOidcDynamicClient', 'deleteOidcDynamicClient', 'introspectOAuth2Token'],
    profile: 'registration',
    async run(t) {
      const mine = await register(t)
      const other = await register(t)
      const own = `${path}/${mine.id}`
      const read = await t.public.get('get', own, { bearer: mine.token })
      t.status(read, 200)
      t.member(read, 'client_secret', undefined)
      t.member(read, 'metadata', t.atLeast('2.0') ? read.at('metadata') : read.at('metadata'))
      t.status(await t.public.get('token in the query', own, { query: { access_token: mine.token } }), 200)
      t.error(await t.public.get('no token', own), 401, unauthorized)
      t.error(await t.public.get('wrong token', own, { bearer: 'wrong-token' }), 401, unauthorized)
      t.error(await t.public.get('token of another client', own, { bearer: other.token }), 401, unauthorized)
      t.error(await t.public.get('unknown client', `${path}/no-such-client`, { bearer: mine.token }), 401, unauthorized)
      const seen = await t.admin.post('introspect the token', '/oauth2/introspect', { form: { token: mine.token } })
      t.equal('not introspectable', seen.json, { active: false })
      const json = { client_name: 'renamed', redirect_uris: ['https://new.example.com/cb'], client_id: 'ignored' }
      t.error(
        await t.public.put('put with a fragment', own, {
          bearer: mine.token,
          json: { redirect_uris: ['https://a.example/#x'] },
        }),
        400,
        'invalid_redirect_uri',
      )
      t.error(
        await t.public.put('put with a secret', own, {
          bearer: mine.token,
          json: { ...json, client_secret: 'a-new-secret' },
        }),
        403,
        'The requested action was forbidden',
      )
      t.error(
        await t.public.put('put with metadata', own, { bearer: mine.token, json: { ...json, metadata: { a: 1 } } }),
        400,
        'invalid_client_metadata',
      )
      t.error(await t.public.put("put with another's token", own, { bearer: other.token, json }), 401, unauthorized)
      const put = await t.public.put('put', own, { bearer: mine.token, json })
      t.status(put, 200)
      t.member(put, 'client_name', 'renamed')
      t.member(put, 'client_id', mine.id)
      const next = put.string('registration_access_token')
      t.ok('a new token', next !== mine.token)
      t.error(await t.public.get('the old token no longer works', own, { bearer: mine.token }), 401, unauthorized)
      t.status(await t.public.get('the new one does', own, { bearer: next }), 200)
      t.error(await t.public.delete("delete with another's token", own, { bearer: other.token }), 401, unauthorized)
      t.status(await t.public.delete('delete', own, { bearer: next }), 204)
      t.error(await t.public.get('get after delete', own, { bearer: next }), 401, unauthorized)
      t.error(await t.public.delete('delete again', own, { bearer: next }), 401, unauthorized)
      t.status(await t.public.patch('there is no patch', own, { bearer: next, json: [] }), { '1.11': 405, '26.2': 404 })
    },
  }),

  defineCase({
    name: 'clients-registration-token-of-an-admin-made-client',
    operations: ['getOidcDynamicClient', 'setOidcDynamicClient', 'getOAuth2Client'],
    profile: 'registration',
    async run(t) {
      const client = await t.client({ metadata: { a: 1 } })
      const bearer = t.hide('registration_access_token', client.registrationToken)
      const own = `/oauth2/register/${client.id}`
      t.status(await t.public.get('get', own, { bearer }), 200)
      const json = { client_name: 'taken over', redirect_uris: ['https://self.example.com/cb'] }
      t.status(await t.public.put('put', own, { bearer, json }), 200)
      const seen = await t.admin.get('the operator sees', `/clients/${client.id}`)
      t.member(seen, 'client_name', 'taken over')
      t.member(seen, 'metadata', {})
    },
  }),
]

async function register(t: CaseContext): Promise<Registered> {
  const json = { client_name: 'self made', redirect_uris: ['https://self.example.com/cb'] }
  const created = await t.public.post('register', path, { json, quiet: true })
  const id = t.hide('registered', created.string('client_id'))
  return { id, token: t.hide('registration_access_token', created.string('registration_access_token')) }
}

interface Registered {
  readonly id: string
  readonly token: string
}
