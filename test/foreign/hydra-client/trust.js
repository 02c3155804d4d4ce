/** Issuers whose assertions are accepted by the jwt-bearer grant (RFC 7523 section 2.1). */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { credentialsOf, introspect, newClient } from './given.js'
import { alsoSending } from './sdk.js'

const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

async function newTrust({ sdk }, members = {}) {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const name = randomUUID()
  const issuer = `https://issuer-${name}.example.com`
  const { data, ...response } = await sdk.admin('OAuth2Api').trustOAuth2JwtGrantIssuer({
    trustOAuth2JwtGrantIssuer: {
      issuer,
      subject: 'partner-user',
      scope: ['photos.read'],
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      jwk: { ...(await exportJWK(publicKey)), kid: name, alg: 'RS256', use: 'sig' },
      ...members,
    },
  })
  return { trust: data, response, issuer, kid: name, privateKey }
}

export const trust = {
  async 'OAuth2Api.trustOAuth2JwtGrantIssuer'(world) {
    const { trust: made, response, issuer, kid, privateKey } = await newTrust(world)
    assert.equal(response.status, 201)
    assert.equal(made.issuer, issuer)
    assert.equal(made.subject, 'partner-user')
    assert.deepEqual(made.scope, ['photos.read'])
    assert.deepEqual(made.public_key, { set: issuer, kid })

    const client = await newClient(world, { grant_types: [grant] })
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', kid })
      .setIssuer(issuer)
      .setSubject('partner-user')
      .setAudience(`${world.server.publicUrl}/oauth2/token`)
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(randomUUID())
      .sign(privateKey)
    const { data } = await world.sdk
      .public('OAuth2Api', credentialsOf(client))
      .oauth2TokenExchange({ grantType: grant }, alsoSending({ assertion, scope: 'photos.read' }))
    assert.equal(data.scope, 'photos.read')
    assert.equal((await introspect(world, data.access_token)).sub, 'partner-user')
  },

  async 'OAuth2Api.getTrustedOAuth2JwtGrantIssuer'(world) {
    const { trust: made } = await newTrust(world)
    const { status, data } = await world.sdk.admin('OAuth2Api').getTrustedOAuth2JwtGrantIssuer({ id: made.id })
    assert.equal(status, 200)
    assert.deepEqual({ ...data, created_at: made.created_at, expires_at: made.expires_at }, made)
  },

  async 'OAuth2Api.listTrustedOAuth2JwtGrantIssuers'(world) {
    const { trust: made, issuer } = await newTrust(world)
    await newTrust(world)
    const { status, data } = await world.sdk.admin('OAuth2Api').listTrustedOAuth2JwtGrantIssuers({ issuer })
    assert.equal(status, 200)
    assert.deepEqual(
      data.map(({ id }) => id),
      [made.id],
    )
    const { data: all } = await world.sdk.admin('OAuth2Api').listTrustedOAuth2JwtGrantIssuers({ pageSize: 1 })
    assert.equal(all.length, 1)
  },

  async 'OAuth2Api.deleteTrustedOAuth2JwtGrantIssuer'(world) {
    const { trust: made } = await newTrust(world)
    const api = world.sdk.admin('OAuth2Api')
    assert.equal((await api.deleteTrustedOAuth2JwtGrantIssuer({ id: made.id })).status, 204)
    await assert.rejects(api.getTrustedOAuth2JwtGrantIssuer({ id: made.id }), { status: 404 })
  },
}
