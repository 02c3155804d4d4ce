/** Dynamic client registration (RFC 7591, RFC 7592). */
import assert from 'node:assert/strict'
import { bearer, callback } from './given.js'

async function register({ sdk }, members = {}) {
  const response = await sdk.public('OidcApi').createOidcDynamicClient({
    oAuth2Client: { client_name: 'Registered', redirect_uris: [callback], ...members },
  })
  return response
}

export const registration = {
  async 'OidcApi.createOidcDynamicClient'(world) {
    const { status, data } = await register(world)
    assert.equal(status, 201)
    assert.ok(data.client_id)
    assert.ok(data.client_secret)
    assert.match(data.registration_access_token, /^ory_at_/)
    assert.equal(data.registration_client_uri, `${world.server.publicUrl}/oauth2/register/${data.client_id}`)
    assert.equal(data.scope, 'offline_access offline openid')
  },

  async 'OidcApi.getOidcDynamicClient'(world) {
    const { data: made } = await register(world)
    const api = world.sdk.public('OidcApi', bearer(made.registration_access_token))
    const { status, data } = await api.getOidcDynamicClient({ id: made.client_id })
    assert.equal(status, 200)
    assert.equal(data.client_name, 'Registered')
    assert.equal(data.client_secret, undefined)
    assert.equal(data.metadata, undefined)
  },

  async 'OidcApi.setOidcDynamicClient'(world) {
    const { data: made } = await register(world)
    const api = world.sdk.public('OidcApi', bearer(made.registration_access_token))
    const { status, data } = await api.setOidcDynamicClient({
      id: made.client_id,
      oAuth2Client: { client_name: 'Renamed', redirect_uris: [callback] },
    })
    assert.equal(status, 200)
    assert.equal(data.client_name, 'Renamed')
    // Every PUT gives a new registration token; the old one is worthless from then on.
    assert.notEqual(data.registration_access_token, made.registration_access_token)
    await assert.rejects(api.getOidcDynamicClient({ id: made.client_id }), { status: 401 })
    const renewed = world.sdk.public('OidcApi', bearer(data.registration_access_token))
    assert.equal((await renewed.getOidcDynamicClient({ id: made.client_id })).data.client_name, 'Renamed')
  },

  async 'OidcApi.deleteOidcDynamicClient'(world) {
    const { data: made } = await register(world)
    const api = world.sdk.public('OidcApi', bearer(made.registration_access_token))
    assert.equal((await api.deleteOidcDynamicClient({ id: made.client_id })).status, 204)
    await assert.rejects(api.getOidcDynamicClient({ id: made.client_id }), { status: 401 })
  },
}
