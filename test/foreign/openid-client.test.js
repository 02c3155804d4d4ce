/** openid-client 6, unchanged, with every check it has switched on. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before } from 'node:test'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import * as client from 'openid-client'
import { follow } from './support/authorize.js'
import { openBrowser } from './support/browser.js'
import { checksOf } from './support/check.js'
import { adminPost, callback, createClient, deviceGrant, jwtBearerGrant, secret, signedOut } from './support/clients.js'
import { recordedAnswers } from './support/recorded.js'
import { recordingFetch } from './support/recording-fetch.js'
import { openServer } from './support/server.js'

const { check: checkOf, done } = checksOf('openid-client')
const recorded = recordedAnswers('openid-client')
let server

before(async () => {
  server = await openServer()
})
after(() => server?.stop())

/** A check that also holds everything openid-client was answered against the recorded answers. */
function check(name, run) {
  checkOf(name, async () => {
    const { fetch, exchanges } = recordingFetch()
    await run({ fetch })
    recorded.hold(server, name, exchanges)
  })
}

const discoveryOptions = ({ fetch }) => ({ execute: [client.allowInsecureRequests], [client.customFetch]: fetch })

/** openid-client's configuration of a new client, from discovery, ID token signatures verified. */
async function configured(context, { members, authentication = client.ClientSecretBasic(secret), metadata = {} } = {}) {
  const registered = await createClient(server, members)
  const config = await client.discovery(
    new URL(server.publicUrl),
    registered.client_id,
    metadata,
    authentication,
    discoveryOptions(context),
  )
  client.enableNonRepudiationChecks(config)
  return config
}

/** Sends a user through an authorization request; the result is what the client's callback is called with. */
async function authorized(config, parameters = {}, { user, browser = openBrowser() } = {}) {
  const checks = {
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    idTokenExpected: true,
  }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid offline photos.read',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { page: await follow(server, browser, url, user), checks }
}

async function signedIn(config, options = {}) {
  const { page, checks } = await authorized(config, options.parameters, options)
  return client.authorizationCodeGrant(config, page.location, checks)
}

/** Hydra announces no introspection endpoint, because it lives on the admin port: it is told by hand. */
function withIntrospection(config, { fetch }) {
  const told = new client.Configuration(
    { ...config.serverMetadata(), introspection_endpoint: `${server.adminUrl}/admin/oauth2/introspect` },
    config.clientMetadata().client_id,
    undefined,
    client.ClientSecretBasic(secret),
  )
  client.allowInsecureRequests(told)
  told[client.customFetch] = fetch
  return told
}

check('discovery', async (context) => {
  const config = await configured(context)
  const metadata = config.serverMetadata()
  assert.equal(metadata.issuer, server.publicUrl)
  assert.equal(metadata.supportsPKCE(), true)
  assert.equal(metadata.device_authorization_endpoint, `${server.publicUrl}/oauth2/device/auth`)
})

check('discovery at the OAuth 2.0 path', async (context) => {
  const config = await client.discovery(new URL(server.publicUrl), 'any', secret, undefined, {
    ...discoveryOptions(context),
    algorithm: 'oauth2',
  })
  assert.equal(config.serverMetadata().issuer, server.publicUrl)
})

check('code with PKCE', async (context) => {
  const config = await configured(context)
  const user = {
    login: { acr: 'gold', amr: ['pwd'] },
    consent: { session: { id_token: { email: 'alice@example.com' } } },
  }
  const { page, checks } = await authorized(config, { max_age: '600', audience: 'https://api.example.com' }, { user })
  const tokens = await client.authorizationCodeGrant(config, page.location, { ...checks, maxAge: 600 })
  assert.equal(tokens.token_type, 'bearer')
  assert.equal(tokens.scope, 'openid offline photos.read')
  assert.ok(tokens.refresh_token)
  assert.ok(tokens.expiresIn() > 3500)
  const claims = tokens.claims()
  assert.equal(claims.sub, 'alice')
  assert.equal(claims.acr, 'gold')
  assert.deepEqual(claims.amr, ['pwd'])
  assert.equal(claims.email, 'alice@example.com')
})

check('code with PKCE, secret in the form', async (context) => {
  const config = await configured(context, {
    members: { token_endpoint_auth_method: 'client_secret_post' },
    authentication: client.ClientSecretPost(secret),
  })
  assert.equal((await signedIn(config)).claims().sub, 'alice')
})

check('code with PKCE, public client', async (context) => {
  const config = await configured(context, {
    members: { token_endpoint_auth_method: 'none', client_secret: undefined },
    authentication: client.None(),
  })
  assert.equal((await signedIn(config)).claims().sub, 'alice')
})

check('code with PKCE, private_key_jwt', async (context) => {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'client-key', alg: 'RS256', use: 'sig' }
  const config = await configured(context, {
    members: {
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
      client_secret: undefined,
      jwks: { keys: [jwk] },
    },
    authentication: client.PrivateKeyJwt(
      { key: privateKey, kid: 'client-key' },
      {
        // Hydra wants the token endpoint's address as audience (RFC 7523 section 3), not only the issuer.
        [client.modifyAssertion]: (_header, payload) => {
          payload.aud = `${server.publicUrl}/oauth2/token`
        },
      },
    ),
  })
  assert.equal((await signedIn(config)).claims().sub, 'alice')
})

check('code with a signed request object', async (context) => {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'request-key', alg: 'RS256', use: 'sig' }
  const config = await configured(context, { members: { request_object_signing_alg: 'RS256', jwks: { keys: [jwk] } } })
  const checks = { expectedState: client.randomState(), pkceCodeVerifier: client.randomPKCECodeVerifier() }
  const parameters = {
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    state: checks.expectedState,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
  }
  const url = await client.buildAuthorizationUrlWithJAR(config, parameters, { key: privateKey, kid: 'request-key' })
  // OpenID Connect Core section 6.1: these two must be outside the request object as well.
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('scope', 'openid')
  const page = await follow(server, openBrowser(), url)
  assert.equal((await client.authorizationCodeGrant(config, page.location, checks)).claims().sub, 'alice')
})

check('code in a form post', async (context) => {
  const config = await configured(context)
  const { page, checks } = await authorized(config, { response_mode: 'form_post' })
  assert.equal(page.status, 200)
  const fields = [...page.text.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)].map(([, ...pair]) => pair)
  const posted = new Request(callback, { method: 'POST', body: new URLSearchParams(fields) })
  assert.equal((await client.authorizationCodeGrant(config, posted, checks)).claims().sub, 'alice')
})

check('hybrid', async (context) => {
  const config = await configured(context)
  client.useCodeIdTokenResponseType(config)
  const { page, checks } = await authorized(config)
  assert.equal(page.location.search, '')
  assert.ok(page.location.hash.includes('id_token='))
  const tokens = await client.authorizationCodeGrant(config, page.location, checks)
  assert.equal(tokens.claims().sub, 'alice')
})

check('implicit', async (context) => {
  const config = await configured(context)
  client.useIdTokenResponseType(config)
  const { page, checks } = await authorized(config)
  const claims = await client.implicitAuthentication(config, page.location, checks.expectedNonce, checks)
  assert.equal(claims.sub, 'alice')
})

check('refresh', async (context) => {
  const config = await configured(context)
  const first = await signedIn(config)
  const second = await client.refreshTokenGrant(config, first.refresh_token)
  assert.notEqual(second.access_token, first.access_token)
  assert.notEqual(second.refresh_token, first.refresh_token)
  assert.equal(second.claims().sub, 'alice')
  assert.equal(second.claims().sid, first.claims().sid)
  await assert.rejects(client.refreshTokenGrant(config, first.refresh_token), { error: 'invalid_grant', status: 400 })
  await assert.rejects(client.refreshTokenGrant(config, second.refresh_token), { error: 'invalid_grant', status: 400 })
})

check('client credentials', async (context) => {
  const config = await configured(context)
  const tokens = await client.clientCredentialsGrant(config, {
    scope: 'photos.read',
    audience: 'https://api.example.com',
  })
  assert.equal(tokens.scope, 'photos.read')
  assert.equal(tokens.refresh_token, undefined)
  await assert.rejects(client.clientCredentialsGrant(config, { scope: 'photos.write' }), {
    error: 'invalid_scope',
    status: 400,
  })
})

check('jwt-bearer', async (context) => {
  const config = await configured(context)
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const kid = randomUUID()
  const issuer = `https://issuer-${kid}.example.com`
  await adminPost(server, '/admin/trust/grants/jwt-bearer/issuers', {
    issuer,
    subject: 'partner-user',
    scope: ['photos.read'],
    expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    jwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' },
  })
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(issuer)
    .setSubject('partner-user')
    .setAudience(`${server.publicUrl}/oauth2/token`)
    .setIssuedAt()
    .setExpirationTime('5m')
    .setJti(randomUUID())
    .sign(privateKey)
  const parameters = { assertion, scope: 'photos.read' }
  assert.equal((await client.genericGrantRequest(config, jwtBearerGrant, parameters)).scope, 'photos.read')
  await assert.rejects(client.genericGrantRequest(config, jwtBearerGrant, parameters), { error: 'jti_known' })
})

check('device', async (context) => {
  let approve = async () => {}
  const config = await configured({
    fetch: async (address, init) => {
      const response = await context.fetch(address, init)
      // The user acts once the device has been told to wait.
      const { error } = init?.method === 'POST' ? await response.clone().json() : {}
      if (error === 'authorization_pending') await approve()
      return response
    },
  })
  const device = await client.initiateDeviceAuthorization(config, { scope: 'openid offline' })
  assert.equal(device.interval, 5)
  let approvals = 0
  approve = async () => {
    approvals++
    const page = await follow(server, openBrowser(), device.verification_uri_complete, { userCode: device.user_code })
    assert.equal((page.location ?? page.url).searchParams.get('client_id'), config.clientMetadata().client_id)
  }
  // Hydra never answers slow_down, so the test need not wait five seconds a poll.
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.05 })
  assert.equal(approvals, 1)
  assert.equal(tokens.claims().sub, 'alice')
  assert.ok(tokens.refresh_token)
  await assert.rejects(
    client.genericGrantRequest(config, deviceGrant, { device_code: device.device_code }),
    { error: 'invalid_grant' },
    'a device code works once',
  )
})

check('introspection', async (context) => {
  const config = await configured(context)
  const tokens = await signedIn(config, { parameters: { audience: 'https://api.example.com' } })
  const told = withIntrospection(config, context)
  const seen = await client.tokenIntrospection(told, tokens.access_token)
  assert.equal(seen.active, true)
  assert.equal(seen.sub, 'alice')
  assert.deepEqual(seen.aud, ['https://api.example.com'])
  assert.deepEqual(await client.tokenIntrospection(told, 'no-token-at-all'), { active: false })
})

check('revocation', async (context) => {
  const config = await configured(context)
  const tokens = await signedIn(config)
  const told = withIntrospection(config, context)
  await client.tokenRevocation(config, tokens.refresh_token, { token_type_hint: 'refresh_token' })
  assert.equal((await client.tokenIntrospection(told, tokens.access_token)).active, false)
  assert.equal((await client.tokenIntrospection(told, tokens.refresh_token)).active, false)
  await client.tokenRevocation(config, 'no-token-at-all')
})

check('userinfo', async (context) => {
  const config = await configured(context)
  const user = { consent: { session: { id_token: { email: 'alice@example.com' } } } }
  const tokens = await signedIn(config, { user })
  const info = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)
  assert.equal(info.email, 'alice@example.com')
  await assert.rejects(client.fetchUserInfo(config, 'no-token-at-all', 'alice'), (error) => {
    assert.equal(error.code, 'OAUTH_WWW_AUTHENTICATE_CHALLENGE')
    assert.equal(error.status, 401)
    assert.equal(error.cause[0].scheme, 'bearer')
    assert.equal(error.cause[0].parameters.error, 'request_unauthorized')
    return true
  })
})

check('signed userinfo', async (context) => {
  const config = await configured(context, {
    members: { userinfo_signed_response_alg: 'RS256' },
    metadata: { userinfo_signed_response_alg: 'RS256' },
  })
  const tokens = await signedIn(config)
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, 'alice')).sub, 'alice')
})

check('end session', async (context) => {
  const config = await configured(context)
  const browser = openBrowser()
  const user = { login: { remember: true, remember_for: 3600 } }
  const tokens = await signedIn(config, { browser, user })
  const url = client.buildEndSessionUrl(config, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: signedOut,
    state: 'a-state-of-some-length',
  })
  const page = await follow(server, browser, url)
  assert.equal(page.location.href, `${signedOut}?state=a-state-of-some-length`)

  // Nobody is signed in any more.
  const { page: next, checks } = await authorized(config, { prompt: 'none' }, { browser })
  await assert.rejects(client.authorizationCodeGrant(config, next.location, checks), { error: 'login_required' })
})

check('refusals', async (context) => {
  const config = await configured(context)
  const { page: denied, checks } = await authorized(config, { scope: 'openid photos.write' })
  await assert.rejects(client.authorizationCodeGrant(config, denied.location, checks), { error: 'invalid_scope' })

  const { page, checks: right } = await authorized(config)
  const wrong = { ...right, pkceCodeVerifier: client.randomPKCECodeVerifier() }
  await assert.rejects(client.authorizationCodeGrant(config, page.location, wrong), { error: 'invalid_grant' })

  const stranger = await configured(context, { authentication: client.ClientSecretBasic('not the secret') })
  await assert.rejects(client.clientCredentialsGrant(stranger), { error: 'invalid_client', status: 401 })
})

check('dynamic client registration', async (context) => {
  const config = await client.dynamicClientRegistration(
    new URL(server.publicUrl),
    {
      client_name: 'Registered',
      redirect_uris: [callback],
      scope: 'openid offline',
      token_endpoint_auth_method: 'client_secret_basic',
    },
    undefined,
    discoveryOptions(context),
  )
  const registered = config.clientMetadata()
  assert.ok(registered.client_secret)
  assert.equal(registered.registration_client_uri, `${server.publicUrl}/oauth2/register/${registered.client_id}`)
})
done(recorded)
