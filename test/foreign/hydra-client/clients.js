import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { callback, newClient, secret } from './given.js'

export const clients = {
  async 'OAuth2Api.createOAuth2Client'({ sdk }) {
    const { status, data, headers } = await sdk.admin('OAuth2Api').createOAuth2Client({
      oAuth2Client: {
        client_name: 'Photo prints',
        redirect_uris: [callback],
        client_secret: secret,
        metadata: { a: [1] },
      },
    })
    assert.equal(status, 201)
    assert.equal(headers.location, `/admin/clients/${data.client_id}`)
    assert.equal(data.client_name, 'Photo prints')
    assert.equal(data.client_secret, secret)
    assert.equal(data.scope, 'offline_access offline openid')
    assert.equal(data.token_endpoint_auth_method, 'client_secret_basic')
    assert.deepEqual(data.metadata, { a: [1] })
  },

  async 'OAuth2Api.getOAuth2Client'(world) {
    const client = await newClient(world)
    const { status, data } = await world.sdk.admin('OAuth2Api').getOAuth2Client({ id: client.client_id })
    assert.equal(status, 200)
    assert.equal(data.client_id, client.client_id)
    assert.deepEqual(data.redirect_uris, [callback])
    assert.equal(data.client_secret, undefined)
  },

  async 'OAuth2Api.listOAuth2Clients'(world) {
    const owner = randomUUID()
    const made = []
    for (const [at, name] of ['one', 'two', 'three'].entries()) {
      // Lists are in the order of ids.
      const client = await newClient(world, { client_id: `${at}-${owner}`, client_name: name, owner })
      made.push(client.client_id)
    }
    const api = world.sdk.admin('OAuth2Api')

    const first = await api.listOAuth2Clients({ owner, pageSize: 2 })
    assert.equal(first.data.length, 2)
    const pageToken = /page_token=([^&>]+)[^>]*>;\s*rel="next"/.exec(first.headers.link)?.[1]
    assert.ok(pageToken, `no next page in ${first.headers.link}`)
    const second = await api.listOAuth2Clients({ owner, pageSize: 2, pageToken: decodeURIComponent(pageToken) })
    assert.equal(second.data.length, 1)
    const listed = [...first.data, ...second.data].map((client) => client.client_id)
    assert.deepEqual(listed, made)
    assert.doesNotMatch(second.headers.link, /rel="next"/)

    const named = await api.listOAuth2Clients({ owner, clientName: 'two' })
    assert.deepEqual(
      named.data.map((client) => client.client_name),
      ['two'],
    )
  },

  async 'OAuth2Api.setOAuth2Client'(world) {
    const client = await newClient(world)
    const { status, data } = await world.sdk.admin('OAuth2Api').setOAuth2Client({
      id: client.client_id,
      oAuth2Client: { client_name: 'Renamed', redirect_uris: ['http://127.0.0.1:5555/other'] },
    })
    assert.equal(status, 200)
    assert.equal(data.client_id, client.client_id)
    assert.equal(data.client_name, 'Renamed')
    // PUT replaces: what was left out is back at its default.
    assert.equal(data.scope, 'offline_access offline openid')
  },

  async 'OAuth2Api.patchOAuth2Client'(world) {
    const client = await newClient(world)
    const { status, data } = await world.sdk.admin('OAuth2Api').patchOAuth2Client({
      id: client.client_id,
      jsonPatch: [
        { op: 'replace', path: '/client_name', value: 'Patched' },
        { op: 'add', path: '/contacts', value: ['ops@example.com'] },
      ],
    })
    assert.equal(status, 200)
    assert.equal(data.client_name, 'Patched')
    assert.deepEqual(data.contacts, ['ops@example.com'])
    assert.equal(data.scope, client.scope)
  },

  async 'OAuth2Api.setOAuth2ClientLifespans'(world) {
    const client = await newClient(world)
    const { status, data } = await world.sdk.admin('OAuth2Api').setOAuth2ClientLifespans({
      id: client.client_id,
      oAuth2ClientTokenLifespans: { client_credentials_grant_access_token_lifespan: '90m' },
    })
    assert.equal(status, 200)
    assert.equal(data.client_credentials_grant_access_token_lifespan, '1h30m0s')
    assert.equal(data.refresh_token_grant_access_token_lifespan, null)
  },

  async 'OAuth2Api.deleteOAuth2Client'(world) {
    const client = await newClient(world)
    const api = world.sdk.admin('OAuth2Api')
    const { status } = await api.deleteOAuth2Client({ id: client.client_id })
    assert.equal(status, 204)
    await assert.rejects(api.getOAuth2Client({ id: client.client_id }), { status: 404 })
  },
}
