/** OAuth2 clients on the admin port: made, read, listed, deleted. */
import { defineCase, type ContractCase } from '../contract-case.ts'

export const clientCases: readonly ContractCase[] = [
  defineCase({
    name: 'clients-create-empty',
    operations: ['createOAuth2Client', 'getOAuth2Client', 'deleteOAuth2Client'],
    profile: 'default',
    async run(t) {
      const created = await t.admin.post('create with an empty object', '/clients', { json: {} })
      t.status(created, 201)
      t.member(created, 'scope', 'offline_access offline openid')
      t.member(created, 'token_endpoint_auth_method', 'client_secret_basic')
      t.ok('a secret was made', created.string('client_secret').length >= 20)
      t.ok('a registration token was made', created.string('registration_access_token').length > 40)
      const id = created.string('client_id')
      t.ok('location ends in the id', created.header('location')?.endsWith(`/clients/${id}`) === true)
      const read = await t.admin.get('get', `/clients/${id}`)
      t.status(read, 200)
      t.member(read, 'client_secret', undefined)
      t.member(read, 'redirect_uris', t.atLeast('2.0') ? [] : read.at('redirect_uris'))
      t.status(await t.admin.head('head', `/clients/${id}`), { '1.11': 405, '26.2': 200 })
      const deleted = await t.admin.delete('delete', `/clients/${id}`)
      t.status(deleted, 204)
      t.error(await t.admin.get('get after delete', `/clients/${id}`), 404, 'Unable to locate the resource')
      t.error(await t.admin.delete('delete again', `/clients/${id}`), 404, 'Unable to locate the resource')
    },
  }),

  defineCase({
    name: 'clients-create-with-every-member',
    operations: ['createOAuth2Client', 'getOAuth2Client'],
    profile: 'default',
    async run(t) {
      const id = t.unique('client')
      const json = {
        client_id: id,
        client_name: 'Photos',
        client_secret: t.unique('secret'),
        owner: 'team-a',
        redirect_uris: ['https://photos.example.com/cb', 'http://127.0.0.1:4000/cb'],
        post_logout_redirect_uris: ['https://photos.example.com/bye'],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code', 'code id_token'],
        scope: 'openid offline photos.read',
        audience: ['https://api.example.com'],
        policy_uri: 'https://photos.example.com/policy',
        tos_uri: 'https://photos.example.com/tos',
        client_uri: 'https://photos.example.com',
        logo_uri: 'https://photos.example.com/logo.png',
        contacts: ['ops@example.com'],
        allowed_cors_origins: ['https://photos.example.com'],
        subject_type: 'public',
        token_endpoint_auth_method: 'client_secret_post',
        userinfo_signed_response_alg: 'none',
        request_object_signing_alg: 'none',
        frontchannel_logout_uri: 'https://photos.example.com/front',
        frontchannel_logout_session_required: true,
        backchannel_logout_uri: 'https://photos.example.com/back',
        backchannel_logout_session_required: true,
        metadata: { tier: 'gold', tags: ['a', 'b'] },
        created_at: '2020-01-01T00:00:00Z',
        authorization_code_grant_access_token_lifespan: '1h30m',
        refresh_token_grant_refresh_token_lifespan: '240h',
        access_token_strategy: 'jwt',
        skip_consent: true,
        skip_logout_consent: true,
        unknown_member: 'dropped',
      }
      const created = await t.admin.post('create', '/clients', { json })
      t.status(created, 201)
      t.member(created, 'client_secret', json.client_secret)
      t.member(created, 'authorization_code_grant_access_token_lifespan', '1h30m0s')
      t.member(created, 'unknown_member', undefined)
      t.ok('created_at is not taken from the caller', created.at('created_at') !== json.created_at)
      const read = await t.admin.get('get', `/clients/${id}`)
      t.status(read, 200)
      t.member(read, 'metadata', json.metadata)
      t.member(read, 'skip_consent', t.atLeast('2.1') ? true : undefined)
      t.member(read, 'access_token_strategy', t.atLeast('2.1') ? 'jwt' : undefined)
    },
  }),

  defineCase({
    name: 'clients-create-odd-but-accepted',
    operations: ['createOAuth2Client'],
    profile: 'default',
    async run(t) {
      const create = (step: string, json: Readonly<Record<string, unknown>>) => t.admin.post(step, '/clients', { json })
      t.status(await create('empty client_id is generated', { client_id: '' }), 201)
      t.status(await create('unknown auth method', { token_endpoint_auth_method: 'client_secret_tattoo' }), 201)
      t.status(await create('metadata array', { metadata: ['a', 1] }), 201)
      t.status(await create('metadata text', { metadata: 'text' }), 201)
      t.status(await create('negative lifespan', { client_credentials_grant_access_token_lifespan: '-1h' }), 201)
      const ofNone = await create('no secret for auth method none', { token_endpoint_auth_method: 'none' })
      t.status(ofNone, 201)
      t.member(ofNone, 'client_secret', undefined)
      t.status(await create('custom scheme', { redirect_uris: ['com.example.app:/cb'] }), 201)
      t.status(await create('empty jwks beside jwks_uri', { jwks: {}, jwks_uri: 'https://a.example/jwks' }), {
        '1.11': 400,
        '26.2': 201,
      })
      const type = (value: string) => ({ text: '{"client_name":"x"}', headers: { 'content-type': value } })
      t.status(await t.admin.post('text/plain', '/clients', type('text/plain')), 201)
      t.status(await t.admin.post('no content type', '/clients', { text: '{"client_name":"x"}' }), 201)
      t.status(await t.admin.post('text after the document', '/clients', { text: '{"client_name":"x"} {"y":1}' }), 201)
    },
  }),

  defineCase({
    name: 'clients-create-refused',
    operations: ['createOAuth2Client'],
    profile: 'default',
    async run(t) {
      const create = (step: string, json: Readonly<Record<string, unknown>>) => t.admin.post(step, '/clients', { json })
      const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
        ['short secret', { client_secret: 'short' }, 'invalid_client_metadata'],
        ['redirect with fragment', { redirect_uris: ['https://a.example/cb#x'] }, 'invalid_redirect_uri'],
        ['unparsable redirect', { redirect_uris: ['http://a b/%zz'] }, 'invalid_redirect_uri'],
        ['private_key_jwt without keys', { token_endpoint_auth_method: 'private_key_jwt' }, 'invalid_client_metadata'],
        [
          'jwks and jwks_uri',
          { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k' }] }, jwks_uri: 'https://a.example/jwks' },
          'invalid_client_metadata',
        ],
        ['subject type not offered', { subject_type: 'pairwise' }, 'invalid_client_metadata'],
        [
          'post-logout address of another host',
          { redirect_uris: ['https://a.example/cb'], post_logout_redirect_uris: ['https://b.example/bye'] },
          'invalid_client_metadata',
        ],
        ['userinfo algorithm', { userinfo_signed_response_alg: 'HS256' }, 'invalid_client_metadata'],
        [
          'sector identifier over http',
          { sector_identifier_uri: 'http://a.example/s.json' },
          'invalid_client_metadata',
        ],
      ]
      for (const [step, json, error] of refused) t.error(await create(step, json), 400, error)
      t.status(await create('logo with a script', { logo_uri: 'javascript:alert(1)' }), { '1.11': 201, '26.2': 400 })
      t.status(await create('policy over ftp', { policy_uri: 'ftp://a.example/p' }), { '1.11': 201, '26.2': 400 })
      t.status(await create('strategy unknown', { access_token_strategy: 'paper' }), { '1.11': 201, '26.2': 400 })
      t.status(await create('lifespan as a number', { authorization_code_grant_access_token_lifespan: 3600 }), {
        '1.11': 500,
        '26.2': 400,
      })
      const broken = { headers: { 'content-type': 'application/json' } }
      t.status(await t.admin.post('not JSON', '/clients', { ...broken, text: '{"client_name":' }), {
        '1.11': 500,
        '26.2': 400,
      })
      t.status(await t.admin.post('no body', '/clients', broken), { '1.11': 500, '26.2': 400 })
      t.status(await create('wrong type', { redirect_uris: 'https://a.example' }), { '1.11': 500, '26.2': 400 })
      const form = await t.admin.post('a form', '/clients', { form: { client_name: 'x' } })
      t.status(form, { '1.11': 500, '26.2': 400 })
      const client = await t.client()
      t.error(
        await create('id taken', { client_id: client.id }),
        409,
        'Unable to insert or update resource because a resource with that value exists already',
      )
    },
  }),

  defineCase({
    name: 'clients-list',
    operations: ['listOAuth2Clients'],
    profile: 'default',
    async run(t) {
      const owner = t.unique('owner')
      const first = await t.client({ owner, client_name: 'alpha' })
      const second = await t.client({ owner, client_name: 'beta' })
      const ids = (list: readonly unknown[]) => list.map((one) => (one as { client_id: string }).client_id).toSorted()
      const both = await t.admin.get('by owner', '/clients', { query: { owner }, quiet: true })
      t.status(both, 200)
      t.equal('both clients of the owner', ids(both.list()), [first.id, second.id].toSorted())
      const one = await t.admin.get('by owner and name', '/clients', { query: { owner, client_name: 'beta' } })
      t.equal('only the named one', ids(one.list()), [second.id])
      t.ok(
        'no secret in a list',
        one.list().every((entry) => (entry as { client_secret?: string }).client_secret === undefined),
      )
      const none = await t.admin.get('by an unknown owner', '/clients', { query: { owner: t.unique('nobody') } })
      t.status(none, 200)
      t.equal('an empty list', none.json, [])
    },
  }),

  defineCase({
    name: 'clients-delete-ends-their-tokens',
    operations: ['deleteOAuth2Client', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const client = await t.client()
      const form = { grant_type: 'client_credentials', ...client.credentials }
      const token = (await t.public.post('token', '/oauth2/token', { form })).string('access_token')
      t.member(await t.admin.post('introspect before', '/oauth2/introspect', { form: { token } }), 'active', true)
      t.status(await t.admin.delete('delete', `/clients/${client.id}`), 204)
      const after = await t.admin.post('introspect after', '/oauth2/introspect', { form: { token } })
      t.equal('nothing but inactive', after.json, { active: false })
      t.error(await t.public.post('token after', '/oauth2/token', { form }), 401, 'invalid_client')
    },
  }),
]
