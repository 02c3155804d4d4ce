/** oauth4webapi, unchanged: each response processed with all of its validation, ID token signatures included. */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import * as oauth from 'oauth4webapi'
import { follow } from './support/authorize.js'
import { openBrowser } from './support/browser.js'
import { checksOf } from './support/check.js'
import { callback, createClient, secret } from './support/clients.js'
import { recordedAnswers } from './support/recorded.js'
import { recordingFetch } from './support/recording-fetch.js'
import { openServer } from './support/server.js'

const { check: checkOf, done } = checksOf('oauth4webapi')
const recorded = recordedAnswers('oauth4webapi')
let server

before(async () => {
  server = await openServer()
})
after(() => server?.stop())

function check(name, run) {
  checkOf(name, async () => {
    const { fetch, exchanges } = recordingFetch()
    await run({ [oauth.allowInsecureRequests]: true, [oauth.customFetch]: fetch })
    recorded.hold(server, name, exchanges)
  })
}

/** Discovery, and a new client that authenticates with HTTP Basic. */
async function configured(options, members) {
  const issuer = new URL(server.publicUrl)
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
  const { client_id } = await createClient(server, members)
  return {
    // Hydra announces no introspection endpoint, because it lives on the admin port: it is told by hand.
    as: { ...as, introspection_endpoint: `${server.adminUrl}/admin/oauth2/introspect` },
    client: { client_id },
    authentication: oauth.ClientSecretBasic(secret),
  }
}

/** Sends a user through an authorization request, up to the client's callback. */
async function authorized({ as, client }, parameters = {}, user = {}) {
  const checks = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  }
  const url = new URL(as.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid offline photos.read',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { page: await follow(server, openBrowser(), url, user), checks }
}

async function signedIn(options, setup, { parameters, user } = {}) {
  const { as, client, authentication } = setup
  const { page, checks } = await authorized(setup, { max_age: '600', ...parameters }, user)
  const callbackParameters = oauth.validateAuthResponse(as, client, page.location, checks.state)
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    authentication,
    callbackParameters,
    callback,
    checks.verifier,
    options,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: checks.nonce,
    maxAge: 600,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, options)
  return tokens
}

async function introspect(options, { as, client, authentication }, token) {
  const response = await oauth.introspectionRequest(as, client, authentication, token, options)
  return oauth.processIntrospectionResponse(as, client, response)
}

check('discovery', async (options) => {
  const issuer = new URL(server.publicUrl)
  for (const algorithm of ['oidc', 'oauth2']) {
    const response = await oauth.discoveryRequest(issuer, { ...options, algorithm })
    const as = await oauth.processDiscoveryResponse(issuer, response)
    assert.equal(as.issuer, server.publicUrl)
    assert.equal(as.token_endpoint, `${server.publicUrl}/oauth2/token`)
  }
})

check('code with PKCE', async (options) => {
  const setup = await configured(options)
  const user = { subject: 'bob', consent: { session: { id_token: { email: 'bob@example.com' } } } }
  const tokens = await signedIn(options, setup, { user })
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  assert.equal(claims.sub, 'bob')
  assert.equal(claims.email, 'bob@example.com')
  assert.equal(tokens.token_type, 'bearer')
  assert.equal(tokens.scope, 'openid offline photos.read')
})

check('code with ID token', async (options) => {
  const setup = await configured(options)
  const { as, client } = setup
  const { page, checks } = await authorized(setup, { response_type: 'code id_token' })
  const parameters = await oauth.validateCodeIdTokenResponse(
    as,
    client,
    page.location,
    checks.nonce,
    checks.state,
    undefined,
    options,
  )
  assert.match(parameters.get('code'), /^ory_ac_/)
})

check('refused authorization', async (options) => {
  const setup = await configured(options)
  const { page, checks } = await authorized(setup, { prompt: 'none' })
  assert.throws(() => oauth.validateAuthResponse(setup.as, setup.client, page.location, checks.state), {
    code: oauth.AUTHORIZATION_RESPONSE_ERROR,
    error: 'login_required',
  })
})

check('code reuse', async (options) => {
  const setup = await configured(options)
  const { as, client, authentication } = setup
  const { page, checks } = await authorized(setup)
  const parameters = oauth.validateAuthResponse(as, client, page.location, checks.state)
  const exchange = async () => {
    const response = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      authentication,
      parameters,
      callback,
      checks.verifier,
      options,
    )
    return oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: checks.nonce })
  }
  const tokens = await exchange()
  await assert.rejects(exchange(), { code: oauth.RESPONSE_BODY_ERROR, error: 'invalid_grant', status: 400 })
  assert.deepEqual(await introspect(options, setup, tokens.access_token), { active: false })
})

check('client credentials', async (options) => {
  const { as, client, authentication } = await configured(options)
  const grant = (parameters) => oauth.clientCredentialsGrantRequest(as, client, authentication, parameters, options)
  const tokens = await oauth.processClientCredentialsResponse(as, client, await grant({ scope: 'photos.read' }))
  assert.equal(tokens.scope, 'photos.read')
  const refused = await grant({ audience: 'https://other.example.com' })
  await assert.rejects(oauth.processClientCredentialsResponse(as, client, refused), {
    code: oauth.RESPONSE_BODY_ERROR,
    error: 'invalid_request',
  })
})

check('refresh', async (options) => {
  const setup = await configured(options)
  const { as, client, authentication } = setup
  const first = await signedIn(options, setup)
  const response = await oauth.refreshTokenGrantRequest(as, client, authentication, first.refresh_token, options)
  const second = await oauth.processRefreshTokenResponse(as, client, response)
  await oauth.validateApplicationLevelSignature(as, response, options)
  assert.equal(oauth.getValidatedIdTokenClaims(second).sub, 'alice')
  assert.equal((await introspect(options, setup, second.access_token)).active, true)
  assert.equal((await introspect(options, setup, first.access_token)).active, false)
})

check('introspection', async (options) => {
  const setup = await configured(options)
  const user = { consent: { session: { access_token: { tenant: 7 } } } }
  const tokens = await signedIn(options, setup, { parameters: { audience: 'https://api.example.com' }, user })
  const seen = await introspect(options, setup, tokens.access_token)
  assert.equal(seen.active, true)
  assert.equal(seen.client_id, setup.client.client_id)
  assert.deepEqual(seen.ext, { tenant: 7 })
})

check('revocation', async (options) => {
  const setup = await configured(options)
  const { as, client, authentication } = setup
  const tokens = await signedIn(options, setup)
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, authentication, tokens.access_token, options),
  )
  assert.equal((await introspect(options, setup, tokens.access_token)).active, false)
  const refused = await oauth.revocationRequest(as, client, oauth.ClientSecretBasic('wrong'), 'any', options)
  await assert.rejects(oauth.processRevocationResponse(refused), {
    code: oauth.RESPONSE_BODY_ERROR,
    error: 'invalid_client',
    status: 401,
  })
})

check('userinfo', async (options) => {
  const setup = await configured(options)
  const { as, client } = setup
  const tokens = await signedIn(options, setup)
  const response = await oauth.userInfoRequest(as, client, tokens.access_token, options)
  assert.equal((await oauth.processUserInfoResponse(as, client, 'alice', response)).sub, 'alice')
})

check('device', async (options) => {
  const setup = await configured(options)
  const { as, client, authentication } = setup
  const device = await oauth.processDeviceAuthorizationResponse(
    as,
    client,
    await oauth.deviceAuthorizationRequest(as, client, authentication, { scope: 'openid offline' }, options),
  )
  const poll = async () => {
    const response = await oauth.deviceCodeGrantRequest(as, client, authentication, device.device_code, options)
    const tokens = await oauth.processDeviceCodeResponse(as, client, response)
    await oauth.validateApplicationLevelSignature(as, response, options)
    return tokens
  }
  await assert.rejects(poll(), { code: oauth.RESPONSE_BODY_ERROR, error: 'authorization_pending', status: 400 })
  await follow(server, openBrowser(), device.verification_uri, { userCode: device.user_code })
  const tokens = await poll()
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, 'alice')
  await assert.rejects(poll(), { code: oauth.RESPONSE_BODY_ERROR, error: 'invalid_grant' })
})

check('JWT access tokens do not call themselves at+jwt', async (options) => {
  const setup = await configured(options, { access_token_strategy: 'jwt' })
  const tokens = await signedIn(options, setup, { parameters: { audience: 'https://api.example.com' } })
  const request = new Request('https://api.example.com/photos', {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  })
  // RFC 9068 section 4 wants that media type; Hydra's tokens say `JWT`, and so this is refused, as it must be.
  await assert.rejects(oauth.validateJwtAccessToken(setup.as, request, 'https://api.example.com', options), {
    code: oauth.INVALID_RESPONSE,
    message: 'unexpected JWT "typ" header parameter value',
  })
})
done(recorded)
