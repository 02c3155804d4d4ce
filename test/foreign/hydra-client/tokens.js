import assert from 'node:assert/strict'
import { bearer, claimsOf, credentialsOf, introspect, newClient, secret, signIn } from './given.js'
import { alsoSending } from './sdk.js'

export const tokens = {
  async 'OAuth2Api.oauth2TokenExchange'(world) {
    const client = await newClient(world)
    const { tokens: first } = await signIn(world, client)
    assert.match(first.access_token, /^ory_at_/)
    assert.match(first.refresh_token, /^ory_rt_/)
    assert.equal(first.token_type, 'bearer')
    assert.equal(first.scope, 'openid offline photos.read')
    assert.ok([3599, 3600].includes(first.expires_in))
    assert.equal(claimsOf(first.id_token).sub, 'alice')

    const api = world.sdk.public('OAuth2Api', credentialsOf(client))
    const refreshed = await api.oauth2TokenExchange({ grantType: 'refresh_token', refreshToken: first.refresh_token })
    assert.notEqual(refreshed.data.access_token, first.access_token)
    assert.notEqual(refreshed.data.refresh_token, first.refresh_token)

    const own = await api.oauth2TokenExchange({ grantType: 'client_credentials' })
    assert.equal(own.status, 200)
    assert.equal(own.data.refresh_token, undefined)
    assert.equal((await introspect(world, own.data.access_token)).sub, client.client_id)
  },

  async 'OAuth2Api.introspectOAuth2Token'(world) {
    const client = await newClient(world)
    const consent = { session: { access_token: { tenant: 7 } } }
    const { tokens: issued } = await signIn(world, client, {
      user: { consent },
      parameters: { audience: 'https://api.example.com' },
    })
    const api = world.sdk.admin('OAuth2Api')
    const { status, data } = await api.introspectOAuth2Token({ token: issued.access_token, scope: 'photos.read' })
    assert.equal(status, 200)
    assert.equal(data.active, true)
    assert.equal(data.sub, 'alice')
    assert.equal(data.client_id, client.client_id)
    assert.equal(data.token_use, 'access_token')
    assert.equal(data.token_type, 'Bearer')
    assert.equal(data.iss, world.server.publicUrl)
    assert.deepEqual(data.aud, ['https://api.example.com'])
    assert.deepEqual(data.ext, { tenant: 7 })

    assert.equal((await api.introspectOAuth2Token({ token: issued.refresh_token })).data.token_use, 'refresh_token')
    const wrongScope = await api.introspectOAuth2Token({ token: issued.access_token, scope: 'photos.write' })
    assert.deepEqual(wrongScope.data, { active: false })
  },

  async 'OAuth2Api.revokeOAuth2Token'(world) {
    const client = await newClient(world, { token_endpoint_auth_method: 'client_secret_post' })
    const token = await postedClientToken(world, client)
    assert.equal((await introspect(world, token)).active, true)
    const { status } = await world.sdk
      .public('OAuth2Api')
      .revokeOAuth2Token({ token, clientId: client.client_id, clientSecret: secret })
    assert.equal(status, 200)
    assert.equal((await introspect(world, token)).active, false)
  },

  async 'OAuth2Api.deleteOAuth2Token'(world) {
    const client = await newClient(world)
    const { tokens: issued } = await signIn(world, client)
    const { status } = await world.sdk.admin('OAuth2Api').deleteOAuth2Token({ clientId: client.client_id })
    assert.equal(status, 204)
    assert.equal((await introspect(world, issued.access_token)).active, false)
    assert.equal((await introspect(world, issued.refresh_token)).active, true, 'refresh tokens stay')
  },

  async 'OidcApi.getOidcUserInfo'(world) {
    const client = await newClient(world)
    const consent = { session: { id_token: { plan: 'gold', email: 'alice@example.com' } } }
    const { tokens: issued } = await signIn(world, client, { user: { consent } })
    const { status, data } = await world.sdk.public('OidcApi', bearer(issued.access_token)).getOidcUserInfo()
    assert.equal(status, 200)
    assert.equal(data.sub, 'alice')
    assert.equal(data.email, 'alice@example.com')
    assert.equal(data.plan, 'gold')
  },
}

async function postedClientToken({ sdk }, client) {
  const { data } = await sdk
    .public('OAuth2Api')
    .oauth2TokenExchange(
      { grantType: 'client_credentials', clientId: client.client_id },
      alsoSending({ client_secret: secret }),
    )
  return data.access_token
}
