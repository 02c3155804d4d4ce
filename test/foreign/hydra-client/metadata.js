import assert from 'node:assert/strict'

export const metadata = {
  async 'MetadataApi.getVersion'({ sdk }) {
    const { status, data } = await sdk.admin('MetadataApi').getVersion()
    assert.equal(status, 200)
    // Builds without release flags call themselves "master".
    assert.match(data.version, /^(v26\.2\.0|master)$/)
  },

  async 'MetadataApi.isAlive'({ sdk }) {
    for (const port of [sdk.admin, sdk.public]) {
      const { status, data } = await port('MetadataApi').isAlive()
      assert.equal(status, 200)
      assert.deepEqual(data, { status: 'ok' })
    }
  },

  async 'MetadataApi.isReady'({ sdk }) {
    for (const port of [sdk.admin, sdk.public]) {
      const { status, data } = await port('MetadataApi').isReady()
      assert.equal(status, 200)
      assert.deepEqual(data, { status: 'ok' })
    }
  },

  async 'OidcApi.discoverOidcConfiguration'({ sdk, server }) {
    const { status, data } = await sdk.public('OidcApi').discoverOidcConfiguration()
    assert.equal(status, 200)
    const url = (path) => `${server.publicUrl}${path}`
    assert.equal(new URL(data.token_endpoint).pathname, '/oauth2/token')
    assert.equal(data.issuer, server.publicUrl)
    assert.equal(data.authorization_endpoint, url('/oauth2/auth'))
    assert.equal(data.userinfo_endpoint, url('/userinfo'))
    assert.equal(data.device_authorization_endpoint, url('/oauth2/device/auth'))
    assert.deepEqual(data.id_token_signing_alg_values_supported, ['RS256'])
  },
}
