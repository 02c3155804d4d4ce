/** Authorization, login, consent, logout and device requests. */
import assert from 'node:assert/strict'
import { openBrowser } from '../support/browser.js'
import { challengeIn, follow } from '../support/authorize.js'
import { alsoSending, atRedirect } from './sdk.js'
import { authorizationRequest, challengeOf, claimsOf, credentialsOf, deviceGrant, newClient, signIn } from './given.js'

const denied = { error: 'access_denied', error_description: 'The user said no' }

/** Where the browser ends up after a rejected request: at the client, with the error. */
async function refusalAt(browser, redirectTo) {
  const { location } = await browser.open(redirectTo)
  return [location.searchParams.get('error'), location.searchParams.get('error_description')]
}

async function logoutChallenge(world, { idToken, browser }) {
  const page = await browser.open(`${world.server.publicUrl}/oauth2/sessions/logout?id_token_hint=${idToken}`)
  return page.location.searchParams.get('logout_challenge')
}

/** A signed-in user whose session is remembered, so that a logout has something to end. */
async function rememberedUser(world) {
  const client = await newClient(world)
  const user = { login: { remember: true, remember_for: 3600 } }
  const { tokens, browser } = await signIn(world, client, { user })
  return { client, browser, idToken: tokens.id_token }
}

async function deviceCodes(world, client) {
  const { data } = await world.sdk.public('OAuth2Api', credentialsOf(client)).oAuth2DeviceFlow(deviceForm(client))
  return data
}

/** The SDK has no parameters for this route's form: they go in as axios options. */
function deviceForm(client) {
  return {
    data: new URLSearchParams({ client_id: client.client_id, scope: 'openid offline photos.read' }),
    auth: { username: client.client_id, password: credentialsOf(client).password },
  }
}

export const signInFlow = {
  async 'OAuth2Api.oAuth2Authorize'(world) {
    const client = await newClient(world)
    const { status, headers } = await world.sdk
      .public('OAuth2Api')
      .oAuth2Authorize({ ...atRedirect, params: authorizationRequest(client) })
    assert.equal(status, 302)
    assert.equal(challengeIn(new URL(headers.location))?.kind, 'login')
    assert.ok(headers['set-cookie'].some((cookie) => cookie.startsWith('ory_hydra_login_csrf')))
  },

  async 'OAuth2Api.getOAuth2LoginRequest'(world) {
    const client = await newClient(world)
    const parameters = { login_hint: 'alice@example.com', ui_locales: 'de en', audience: 'https://api.example.com' }
    const { challenge } = await challengeOf(world, client, { parameters })
    const { status, data } = await world.sdk.admin('OAuth2Api').getOAuth2LoginRequest({ loginChallenge: challenge })
    assert.equal(status, 200)
    assert.equal(data.challenge, challenge)
    assert.equal(data.client.client_id, client.client_id)
    assert.equal(data.skip, false)
    assert.deepEqual(data.requested_scope, ['openid', 'offline', 'photos.read'])
    assert.deepEqual(data.requested_access_token_audience, ['https://api.example.com'])
    assert.deepEqual(data.oidc_context, { login_hint: 'alice@example.com', ui_locales: ['de', 'en'] })
  },

  async 'OAuth2Api.acceptOAuth2LoginRequest'(world) {
    const { challenge, browser } = await challengeOf(world, await newClient(world))
    const { status, data } = await world.sdk.admin('OAuth2Api').acceptOAuth2LoginRequest({
      loginChallenge: challenge,
      acceptOAuth2LoginRequest: { subject: 'alice' },
    })
    assert.equal(status, 200)
    const page = await browser.open(data.redirect_to)
    assert.equal(challengeIn(page.location)?.kind, 'consent')
  },

  async 'OAuth2Api.rejectOAuth2LoginRequest'(world) {
    const { challenge, browser } = await challengeOf(world, await newClient(world))
    const { status, data } = await world.sdk
      .admin('OAuth2Api')
      .rejectOAuth2LoginRequest({ loginChallenge: challenge, rejectOAuth2Request: denied })
    assert.equal(status, 200)
    assert.deepEqual(await refusalAt(browser, data.redirect_to), ['access_denied', 'The user said no'])
  },

  async 'OAuth2Api.getOAuth2ConsentRequest'(world) {
    const client = await newClient(world)
    const { challenge } = await challengeOf(world, client, { kind: 'consent' })
    const { status, data } = await world.sdk.admin('OAuth2Api').getOAuth2ConsentRequest({ consentChallenge: challenge })
    assert.equal(status, 200)
    assert.equal(data.challenge, challenge)
    assert.equal(data.subject, 'alice')
    assert.equal(data.acr, 'gold')
    assert.deepEqual(data.amr, ['pwd'])
    assert.deepEqual(data.context, { tenant: 7 })
    assert.equal(data.skip, false)
    assert.equal(data.client.client_id, client.client_id)
  },

  async 'OAuth2Api.acceptOAuth2ConsentRequest'(world) {
    const { challenge, browser } = await challengeOf(world, await newClient(world), { kind: 'consent' })
    const { status, data } = await world.sdk.admin('OAuth2Api').acceptOAuth2ConsentRequest({
      consentChallenge: challenge,
      acceptOAuth2ConsentRequest: { grant_scope: ['openid', 'photos.read'], session: { id_token: { plan: 'gold' } } },
    })
    assert.equal(status, 200)
    const { location } = await browser.open(data.redirect_to)
    assert.match(location.searchParams.get('code'), /^ory_ac_/)
    assert.equal(location.searchParams.get('scope'), 'openid photos.read')
    assert.equal(location.searchParams.get('state'), 'a-state-of-some-length')
  },

  async 'OAuth2Api.rejectOAuth2ConsentRequest'(world) {
    const { challenge, browser } = await challengeOf(world, await newClient(world), { kind: 'consent' })
    const { status, data } = await world.sdk
      .admin('OAuth2Api')
      .rejectOAuth2ConsentRequest({ consentChallenge: challenge, rejectOAuth2Request: denied })
    assert.equal(status, 200)
    assert.deepEqual(await refusalAt(browser, data.redirect_to), ['access_denied', 'The user said no'])
  },

  async 'OAuth2Api.getOAuth2LogoutRequest'(world) {
    const user = await rememberedUser(world)
    const challenge = await logoutChallenge(world, user)
    const { status, data } = await world.sdk.admin('OAuth2Api').getOAuth2LogoutRequest({ logoutChallenge: challenge })
    assert.equal(status, 200)
    assert.equal(data.challenge, challenge)
    assert.equal(data.subject, 'alice')
    assert.equal(data.rp_initiated, true)
    assert.equal(data.client.client_id, user.client.client_id)
    assert.match(data.request_url, /^\/oauth2\/sessions\/logout\?/)
  },

  async 'OAuth2Api.acceptOAuth2LogoutRequest'(world) {
    const user = await rememberedUser(world)
    const challenge = await logoutChallenge(world, user)
    assert.ok(user.browser.cookieNames(world.server.publicUrl).includes('ory_hydra_session_dev'))
    const { status, data } = await world.sdk
      .admin('OAuth2Api')
      .acceptOAuth2LogoutRequest({ logoutChallenge: challenge })
    assert.equal(status, 200)
    const page = await user.browser.open(data.redirect_to)
    assert.equal(page.status, 302)
    assert.ok(!user.browser.cookieNames(world.server.publicUrl).includes('ory_hydra_session_dev'))
  },

  async 'OAuth2Api.rejectOAuth2LogoutRequest'(world) {
    const challenge = await logoutChallenge(world, await rememberedUser(world))
    const api = world.sdk.admin('OAuth2Api')
    assert.equal((await api.rejectOAuth2LogoutRequest({ logoutChallenge: challenge })).status, 204)
    await assert.rejects(api.getOAuth2LogoutRequest({ logoutChallenge: challenge }), { status: 404 })
  },

  async 'OidcApi.revokeOidcSession'(world) {
    const { status, headers } = await world.sdk.public('OidcApi').revokeOidcSession(atRedirect)
    assert.equal(status, 302, 'without a session there is nobody to ask')
    assert.ok(headers.location)

    const { browser } = await rememberedUser(world)
    const page = await follow(world.server, browser, `${world.server.publicUrl}/oauth2/sessions/logout`)
    assert.equal(String(page.location ?? page.url), String(new URL(headers.location, world.server.publicUrl)))
  },

  async 'OAuth2Api.oAuth2DeviceFlow'(world) {
    const client = await newClient(world)
    const { status, data } = await world.sdk.public('OAuth2Api').oAuth2DeviceFlow(deviceForm(client))
    assert.equal(status, 200)
    assert.match(data.device_code, /^ory_dc_/)
    assert.match(data.user_code, /^[A-Za-z0-9]{8}$/)
    assert.equal(data.verification_uri, `${world.server.publicUrl}/oauth2/device/verify`)
    assert.equal(data.verification_uri_complete, `${data.verification_uri}?user_code=${data.user_code}`)
    assert.equal(data.interval, 5)
  },

  async 'OAuth2Api.performOAuth2DeviceVerificationFlow'(world) {
    const codes = await deviceCodes(world, await newClient(world))
    const { status, headers } = await world.sdk
      .public('OAuth2Api')
      .performOAuth2DeviceVerificationFlow({ ...atRedirect, params: { user_code: codes.user_code } })
    assert.equal(status, 302)
    const location = new URL(headers.location)
    assert.equal(challengeIn(location)?.kind, 'device')
    assert.equal(location.searchParams.get('user_code'), codes.user_code)
  },

  async 'OAuth2Api.acceptUserCodeRequest'(world) {
    const client = await newClient(world)
    const codes = await deviceCodes(world, client)
    const browser = openBrowser()
    const page = await browser.open(codes.verification_uri)
    const { status, data } = await world.sdk.admin('OAuth2Api').acceptUserCodeRequest({
      deviceChallenge: page.location.searchParams.get('device_challenge'),
      acceptDeviceUserCodeRequest: { user_code: codes.user_code },
    })
    assert.equal(status, 200)

    await follow(world.server, browser, data.redirect_to)
    const exchange = await world.sdk
      .public('OAuth2Api', credentialsOf(client))
      .oauth2TokenExchange({ grantType: deviceGrant }, alsoSending({ device_code: codes.device_code }))
    assert.equal(exchange.data.scope, 'openid offline photos.read')
    assert.equal(claimsOf(exchange.data.id_token).sub, 'alice')
  },
}
