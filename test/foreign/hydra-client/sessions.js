/** Consent and login sessions. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { authorizationUrl, introspect, newClient, signIn } from './given.js'
import { challengeIn } from '../support/authorize.js'

async function consentedUser(world, user = {}) {
  const client = await newClient(world)
  const subject = `user-${randomUUID()}`
  const { tokens, browser } = await signIn(world, client, { user: { subject, ...user } })
  return { client, subject, tokens, browser }
}

export const sessions = {
  async 'OAuth2Api.listOAuth2ConsentSessions'(world) {
    const consent = {
      remember: true,
      remember_for: 600,
      session: { access_token: { tenant: 7 }, id_token: { plan: 'gold' } },
    }
    const { client, subject } = await consentedUser(world, { consent })
    const { status, data } = await world.sdk.admin('OAuth2Api').listOAuth2ConsentSessions({ subject, pageSize: 10 })
    assert.equal(status, 200)
    assert.equal(data.length, 1)
    assert.deepEqual(data[0].grant_scope, ['openid', 'offline', 'photos.read'])
    assert.equal(data[0].consent_request.client.client_id, client.client_id)
    assert.equal(data[0].consent_request.subject, subject)
    assert.equal(data[0].remember, true)
    assert.deepEqual(data[0].session, { access_token: { tenant: 7 }, id_token: { plan: 'gold' } })

    const { data: none } = await world.sdk
      .admin('OAuth2Api')
      .listOAuth2ConsentSessions({ subject: `nobody-${subject}` })
    assert.deepEqual(none, [])
  },

  async 'OAuth2Api.revokeOAuth2ConsentSessions'(world) {
    const { client, subject, tokens } = await consentedUser(world)
    const api = world.sdk.admin('OAuth2Api')
    assert.equal((await introspect(world, tokens.access_token)).active, true)
    assert.equal((await api.revokeOAuth2ConsentSessions({ subject, client: client.client_id })).status, 204)
    assert.equal((await introspect(world, tokens.access_token)).active, false)
    assert.deepEqual((await api.listOAuth2ConsentSessions({ subject })).data, [])

    const other = await consentedUser(world)
    const [{ consent_request_id: consentRequestId }] = (await api.listOAuth2ConsentSessions({ subject: other.subject }))
      .data
    assert.equal((await api.revokeOAuth2ConsentSessions({ consentRequestId })).status, 204)
    assert.equal((await introspect(world, other.tokens.refresh_token)).active, false)

    const third = await consentedUser(world)
    assert.equal((await api.revokeOAuth2ConsentSessions({ subject: third.subject, all: true })).status, 204)
    assert.equal((await introspect(world, third.tokens.access_token)).active, false)
  },

  async 'OAuth2Api.revokeOAuth2LoginSessions'(world) {
    const { client, subject, tokens, browser } = await consentedUser(world, {
      login: { remember: true, remember_for: 600 },
    })
    const api = world.sdk.admin('OAuth2Api')
    const skips = async () => {
      const page = await browser.open(authorizationUrl(world, client))
      const { value } = challengeIn(page.location)
      return (await api.getOAuth2LoginRequest({ loginChallenge: value })).data.skip
    }
    assert.equal(await skips(), true)
    assert.equal((await api.revokeOAuth2LoginSessions({ subject })).status, 204)
    assert.equal(await skips(), false)
    assert.equal((await introspect(world, tokens.access_token)).active, true, 'tokens outlive the login session')
  },
}
