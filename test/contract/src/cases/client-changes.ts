/** Changes of OAuth2 clients: PUT, PATCH, lifespans. */
import { defineCase, type ContractCase } from '../contract-case.ts'

const unknownClient = 'no-such-client'

export const clientChangeCases: readonly ContractCase[] = [
  defineCase({
    name: 'clients-put',
    operations: ['setOAuth2Client', 'getOAuth2Client'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ metadata: { a: 1 }, owner: 'before' })
      const path = `/clients/${client.id}`
      const json = {
        client_name: 'renamed',
        client_id: 'ignored',
        redirect_uris: [client.redirectUri],
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      }
      const put = await t.admin.put('put', path, { json })
      t.status(put, 200)
      t.member(put, 'client_id', client.id)
      t.member(put, 'client_secret', undefined)
      t.member(put, 'owner', '')
      t.member(put, 'metadata', {})
      const read = await t.admin.get('get after put', path)
      t.member(read, 'client_name', 'renamed')
      const token = (secret: string) => ({
        form: { grant_type: 'client_credentials', client_id: client.id, client_secret: secret },
      })
      t.status(await t.public.post('the old secret still works', '/oauth2/token', token(client.secret)), 200)
      const secret = t.unique('new_secret')
      const withSecret = await t.admin.put('put with a secret', path, { json: { ...json, client_secret: secret } })
      t.status(withSecret, 200)
      t.member(withSecret, 'client_secret', secret)
      t.status(await t.public.post('the old secret no longer works', '/oauth2/token', token(client.secret)), 401)
      t.status(await t.public.post('the new secret works', '/oauth2/token', token(secret)), 200)
      t.error(
        await t.admin.put('unknown client', `/clients/${unknownClient}`, { json }),
        404,
        'Unable to locate the resource',
      )
      t.error(
        await t.admin.put('refused value', path, { json: { ...json, redirect_uris: ['https://a.example/#x'] } }),
        400,
        'invalid_redirect_uri',
      )
      t.status(await t.admin.put('not JSON', path, { text: '{' }), 400)
    },
  }),

  defineCase({
    name: 'clients-patch',
    operations: ['patchOAuth2Client', 'getOAuth2Client'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ metadata: { a: 1 } })
      const path = `/clients/${client.id}`
      const patch = (step: string, json: unknown) => t.admin.patch(step, path, { json })
      const replaced = await patch('replace', [{ op: 'replace', path: '/client_name', value: 'patched' }])
      t.status(replaced, 200)
      t.member(replaced, 'client_name', 'patched')
      t.member(
        await patch('add to an array', [{ op: 'add', path: '/audience/-', value: 'https://c.example' }]),
        'audience',
        ['https://api.example.com', 'https://api2.example.com', 'https://c.example'],
      )
      t.member(await patch('remove a member', [{ op: 'remove', path: '/metadata/a' }]), 'metadata', {})
      t.status(await patch('replace what is not there', [{ op: 'replace', path: '/owner', value: 'new' }]), 200)
      t.status(await patch('unknown member', [{ op: 'add', path: '/colour', value: 'red' }]), 200)
      t.status(await patch('empty patch', []), 200)
      t.error(
        await patch('value that fails validation', [
          { op: 'replace', path: '/redirect_uris', value: ['https://a/#x'] },
        ]),
        400,
        'invalid_redirect_uri',
      )
      t.status(await patch('op test', [{ op: 'test', path: '/client_name', value: 'patched' }]), {
        '1.11': 200,
        '26.2': 500,
      })
      t.status(await patch('op copy', [{ op: 'copy', from: '/client_name', path: '/owner' }]), {
        '1.11': 200,
        '26.2': 500,
      })
      t.error(await patch('denied path', [{ op: 'replace', path: '/id', value: 'x' }]), 500, 'error')
      t.error(await patch('remove what is not there', [{ op: 'remove', path: '/metadata/none' }]), 500, 'error')
      t.error(await patch('wrong type', [{ op: 'replace', path: '/redirect_uris', value: 'x' }]), 500, 'error')
      t.error(await patch('not an array', { op: 'replace' }), 500, 'error')
      t.error(
        await t.admin.patch('unknown client', `/clients/${unknownClient}`, { json: [] }),
        404,
        'Unable to locate the resource',
      )
      const token = { grant_type: 'client_credentials', ...client.credentials }
      t.status(await t.public.post('the secret survived', '/oauth2/token', { form: token }), 200)
      t.member(await t.admin.get('get after all', path), 'client_name', 'patched')
    },
  }),

  defineCase({
    name: 'clients-patch-finer-points',
    operations: ['patchOAuth2Client'],
    profile: 'default',
    async run(t) {
      const client = await t.client({ metadata: { list: [1, 2, 3], deep: { a: 1 } } })
      const patch = (step: string, json: unknown) => t.admin.patch(step, `/clients/${client.id}`, { json })
      t.member(await patch('deep', [{ op: 'add', path: '/metadata/deep/b', value: { c: 2 } }]), 'metadata.deep', {
        a: 1,
        b: { c: 2 },
      })
      t.member(await patch('remove from a list', [{ op: 'remove', path: '/metadata/list/1' }]), 'metadata.list', [1, 3])
      t.member(
        await patch('two steps', [
          { op: 'replace', path: '/owner', value: 'me' },
          { op: 'replace', path: '/scope', value: 'openid' },
        ]),
        'scope',
        'openid',
      )
      const halfway = await patch('a bad second step undoes the first', [
        { op: 'replace', path: '/owner', value: 'you' },
        { op: 'remove', path: '/nothing/here' },
      ])
      t.status(halfway, 500)
      t.member(await t.admin.get('get', `/clients/${client.id}`), 'owner', 'me')
      t.member(
        await patch('unicode and markup', [{ op: 'replace', path: '/client_name', value: '<b>Größe</b> & „x“ ✓' }]),
        'client_name',
        '<b>Größe</b> & „x“ ✓',
      )
    },
  }),

  defineCase({
    name: 'clients-lifespans',
    operations: ['setOAuth2ClientLifespans'],
    profile: 'default',
    since: '1.11.9',
    async run(t) {
      const client = await t.client({ implicit_grant_id_token_lifespan: '2h' })
      const path = `/clients/${client.id}/lifespans`
      const put = await t.admin.put('put lifespans', path, {
        json: {
          client_credentials_grant_access_token_lifespan: '90s',
          authorization_code_grant_access_token_lifespan: '1h1m1s',
          refresh_token_grant_refresh_token_lifespan: '-5m',
          unknown_lifespan: 'x',
        },
      })
      t.status(put, 200)
      t.member(put, 'client_credentials_grant_access_token_lifespan', '1m30s')
      t.member(put, 'implicit_grant_id_token_lifespan', null)
      const token = await t.public.post('token lives as long as told', '/oauth2/token', {
        form: { grant_type: 'client_credentials', ...client.credentials },
      })
      t.ok('expires_in follows', [89, 90].includes(Number(token.at('expires_in'))))
      const cleared = await t.admin.put('clear them all', path, { json: {} })
      t.member(cleared, 'client_credentials_grant_access_token_lifespan', null)
      t.status(await t.admin.put('a number', path, { json: { implicit_grant_id_token_lifespan: 60 } }), 400)
      t.status(await t.admin.put('no duration', path, { json: { implicit_grant_id_token_lifespan: 'soon' } }), 400)
      t.status(await t.admin.put('not JSON', path, { text: '{' }), 400)
      t.status(await t.admin.put('unknown client', `/clients/${unknownClient}/lifespans`, { json: {} }), 404)
    },
  }),
]
