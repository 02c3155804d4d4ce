/** What the SDK's calls are refused for. What comes back is held against the recorded answers of the real server. */
import { randomUUID } from 'node:crypto'
import { openBrowser } from '../support/browser.js'
import { bearer, callback, challengeOf, credentialsOf, deviceGrant, newClient, secret, signIn } from './given.js'
import { alsoSending, atRedirect } from './sdk.js'

const unknown = 'no-such-thing'
const unknownId = '00000000-0000-4000-8000-000000000000'
const admin = ({ sdk }) => sdk.admin('OAuth2Api')
const jwks = ({ sdk }) => sdk.admin('JwkApi')
const key = {
  kid: 'a',
  kty: 'EC',
  use: 'sig',
  alg: 'ES256',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

const creating = (members) => (world) =>
  admin(world).createOAuth2Client({ oAuth2Client: { redirect_uris: [callback], ...members } })

const patching = (jsonPatch) => async (world) => {
  const { client_id: id } = await newClient(world)
  return admin(world).patchOAuth2Client({ id, jsonPatch })
}

const clients = {
  'a redirect URI with a fragment': creating({ redirect_uris: ['http://127.0.0.1:5555/#part'] }),
  'a redirect URI that is none': creating({ redirect_uris: ['http://[::1'] }),
  'a secret that is too short': creating({ client_secret: 'short' }),
  'keys by value and by address': creating({ jwks: { keys: [key] }, jwks_uri: 'https://example.com/jwks.json' }),
  'a key that is no point of its curve': creating({ jwks: { keys: [{ ...key, x: 'AA', y: 'AA' }] } }),
  'a key of an unknown type': creating({ jwks: { keys: [{ kid: 'a', kty: 'odd' }] } }),
  'a logout page of another origin': creating({ post_logout_redirect_uris: ['https://other.example.com/'] }),
  'a logo that is a script': creating({ logo_uri: 'javascript:alert(1)' }),
  'pairwise subjects, which are off': creating({ subject_type: 'pairwise' }),
  'a sector identifier over http': creating({ sector_identifier_uri: 'http://example.com/sectors.json' }),
  'an unknown access token strategy': creating({ access_token_strategy: 'macaroon' }),
  'an unknown userinfo algorithm': creating({ userinfo_signed_response_alg: 'HS256' }),
  'private_key_jwt without keys': creating({ token_endpoint_auth_method: 'private_key_jwt' }),
  'a lifespan that is a number': creating({ client_credentials_grant_access_token_lifespan: 60 }),
  'a lifespan that is no duration': creating({ client_credentials_grant_access_token_lifespan: 'an hour' }),
  'a scope that is a list': creating({ scope: ['openid'] }),
  'an id that is taken': async (world) => {
    const { client_id } = await newClient(world)
    return creating({ client_id })(world)
  },
  'reading an unknown client': (world) => admin(world).getOAuth2Client({ id: unknown }),
  'replacing an unknown client': (world) =>
    admin(world).setOAuth2Client({ id: unknown, oAuth2Client: { redirect_uris: [callback] } }),
  'replacing with a bad redirect URI': async (world) => {
    const { client_id: id } = await newClient(world)
    return admin(world).setOAuth2Client({ id, oAuth2Client: { redirect_uris: ['http://127.0.0.1:5555/#part'] } })
  },
  'deleting an unknown client': (world) => admin(world).deleteOAuth2Client({ id: unknown }),
  'patching an unknown client': (world) =>
    admin(world).patchOAuth2Client({ id: unknown, jsonPatch: [{ op: 'replace', path: '/owner', value: 'a' }] }),
  'a patch that tests': patching([{ op: 'test', path: '/owner', value: '' }]),
  'a patch of the id': patching([{ op: 'replace', path: '/id', value: 'other' }]),
  'a patch that removes what is not there': patching([{ op: 'remove', path: '/contacts/3' }]),
  'a patch with the wrong type': patching([{ op: 'replace', path: '/redirect_uris', value: 'no list' }]),
  'a patch that fails validation': patching([{ op: 'replace', path: '/redirect_uris', value: ['http://a.test/#b'] }]),
  'lifespans of an unknown client': (world) =>
    admin(world).setOAuth2ClientLifespans({ id: unknown, oAuth2ClientTokenLifespans: {} }),
  'lifespans that are none': async (world) => {
    const { client_id: id } = await newClient(world)
    const lifespans = { implicit_grant_id_token_lifespan: 'soon' }
    return admin(world).setOAuth2ClientLifespans({ id, oAuth2ClientTokenLifespans: lifespans })
  },
  'a client page token that is none': (world) => admin(world).listOAuth2Clients({ pageToken: 'bogus' }),
  'a client page size that is no number': (world) => admin(world).listOAuth2Clients({ pageSize: 'many' }),
}

const keys = {
  'an unknown key set': (world) => jwks(world).getJsonWebKeySet({ set: unknown }),
  'an unknown key of a known set': async (world) => {
    await jwks(world).createJsonWebKeySet({
      set: 'refusals',
      createJsonWebKeySet: { alg: 'ES256', use: 'sig', kid: '' },
    })
    return jwks(world).getJsonWebKey({ set: 'refusals', kid: unknown })
  },
  'an unknown key algorithm': (world) =>
    jwks(world).createJsonWebKeySet({ set: unknown, createJsonWebKeySet: { alg: 'HS256', use: 'sig', kid: 'a' } }),
  'a key without algorithm': (world) => jwks(world).createJsonWebKeySet({ set: unknown, createJsonWebKeySet: {} }),
  'a key id that is taken': async (world) => {
    const request = { set: 'refusals', createJsonWebKeySet: { alg: 'ES256', use: 'sig', kid: randomUUID() } }
    await jwks(world).createJsonWebKeySet(request)
    return jwks(world).createJsonWebKeySet(request)
  },
  'a key that is none': (world) => jwks(world).setJsonWebKey({ set: unknown, kid: 'a', jsonWebKey: { kid: 'a' } }),
  'a key set with a key that is none': (world) =>
    jwks(world).setJsonWebKeySet({ set: unknown, jsonWebKeySet: { keys: [{ kid: 'a', kty: 'odd' }] } }),
}

const requests = {
  'an unknown login challenge': (world) => admin(world).getOAuth2LoginRequest({ loginChallenge: unknown }),
  'an empty login challenge': (world) => admin(world).getOAuth2LoginRequest({ loginChallenge: '' }),
  'accepting an unknown login': (world) =>
    admin(world).acceptOAuth2LoginRequest({
      loginChallenge: unknown,
      acceptOAuth2LoginRequest: { subject: 'alice' },
    }),
  'accepting a login without subject': async (world) => {
    const { challenge } = await challengeOf(world, await newClient(world))
    return admin(world).acceptOAuth2LoginRequest({
      loginChallenge: challenge,
      acceptOAuth2LoginRequest: { subject: '' },
    })
  },
  'accepting a login with a subject that is a number': async (world) => {
    const { challenge } = await challengeOf(world, await newClient(world))
    return admin(world).acceptOAuth2LoginRequest({
      loginChallenge: challenge,
      acceptOAuth2LoginRequest: { subject: 7 },
    })
  },
  'rejecting an unknown login': (world) =>
    admin(world).rejectOAuth2LoginRequest({ loginChallenge: unknown, rejectOAuth2Request: {} }),
  'an unknown consent challenge': (world) => admin(world).getOAuth2ConsentRequest({ consentChallenge: unknown }),
  'a login challenge as consent challenge': async (world) => {
    const { challenge } = await challengeOf(world, await newClient(world))
    return admin(world).getOAuth2ConsentRequest({ consentChallenge: challenge })
  },
  'accepting an unknown consent': (world) =>
    admin(world).acceptOAuth2ConsentRequest({ consentChallenge: unknown, acceptOAuth2ConsentRequest: {} }),
  'accepting a consent with scopes in one text': async (world) => {
    const { challenge } = await challengeOf(world, await newClient(world), { kind: 'consent' })
    return admin(world).acceptOAuth2ConsentRequest({
      consentChallenge: challenge,
      acceptOAuth2ConsentRequest: { grant_scope: 'openid' },
    })
  },
  'rejecting an unknown consent': (world) =>
    admin(world).rejectOAuth2ConsentRequest({ consentChallenge: unknown, rejectOAuth2Request: {} }),
  'an unknown logout challenge': (world) => admin(world).getOAuth2LogoutRequest({ logoutChallenge: unknown }),
  'accepting an unknown logout': (world) => admin(world).acceptOAuth2LogoutRequest({ logoutChallenge: unknown }),
  'rejecting an unknown logout': (world) => admin(world).rejectOAuth2LogoutRequest({ logoutChallenge: unknown }),
  'consent sessions of nobody': (world) => admin(world).listOAuth2ConsentSessions({ subject: '' }),
  'a consent session page token that is none': (world) =>
    admin(world).listOAuth2ConsentSessions({ subject: 'alice', pageToken: 'bogus' }),
  'revoking no consent in particular': (world) => admin(world).revokeOAuth2ConsentSessions({}),
  'revoking the consents of a subject without saying all': (world) =>
    admin(world).revokeOAuth2ConsentSessions({ subject: 'alice' }),
  'revoking consents of a client and all': (world) =>
    admin(world).revokeOAuth2ConsentSessions({ subject: 'alice', client: 'a', all: true }),
  'revoking no login session in particular': (world) => admin(world).revokeOAuth2LoginSessions({}),
  'an authorization request of no client': (world) => refusedAuthorization(world, {}),
  'an authorization request of an unknown client': (world) => refusedAuthorization(world, { client_id: unknown }),
  'an authorization request with a short state': async (world) => {
    const { client_id } = await newClient(world)
    return refusedAuthorization(world, { client_id, response_type: 'code', redirect_uri: callback, state: 'short' })
  },
  'an authorization request for another scope': async (world) => {
    const { client_id } = await newClient(world)
    const query = { client_id, response_type: 'code', redirect_uri: callback, state: 'long-enough', scope: 'other' }
    return refusedAuthorization(world, query)
  },
  'a logout with a hint that is none': (world) =>
    refusal(world.sdk.public('OidcApi').revokeOidcSession({ ...atRedirect, params: { id_token_hint: 'a.b.c' } })),
  'a logout verifier that is none': (world) =>
    refusal(world.sdk.public('OidcApi').revokeOidcSession({ ...atRedirect, params: { logout_verifier: unknown } })),
}

/** Refusals at the public port are redirects to an error page or to the client. */
function refusedAuthorization({ sdk }, params) {
  return refusal(sdk.public('OAuth2Api').oAuth2Authorize({ ...atRedirect, params }))
}

async function refusal(call) {
  throw Object.assign(new Error('refused by a redirect'), { response: await call })
}

const device = {
  'a device of no client': ({ sdk }) =>
    sdk.public('OAuth2Api').oAuth2DeviceFlow({ data: new URLSearchParams({ scope: 'a' }) }),
  'a device of an unknown client': ({ sdk }) =>
    sdk.public('OAuth2Api').oAuth2DeviceFlow({ data: new URLSearchParams({ client_id: unknown }) }),
  'a device of a client without the grant': async (world) => {
    const { client_id } = await newClient(world, { grant_types: ['authorization_code'] })
    const data = new URLSearchParams({ client_id, client_secret: secret })
    return world.sdk.public('OAuth2Api').oAuth2DeviceFlow({ data, auth: basic({ client_id }) })
  },
  'a device with another scope': async (world) => {
    const { client_id } = await newClient(world)
    const data = new URLSearchParams({ client_id, scope: 'other' })
    return world.sdk.public('OAuth2Api').oAuth2DeviceFlow({ data, auth: basic({ client_id }) })
  },
  'an unknown device challenge': (world) =>
    admin(world).acceptUserCodeRequest({ deviceChallenge: unknown, acceptDeviceUserCodeRequest: { user_code: 'a' } }),
  'an empty device challenge': (world) =>
    admin(world).acceptUserCodeRequest({ deviceChallenge: '', acceptDeviceUserCodeRequest: { user_code: 'a' } }),
  'an unknown user code': async (world) => acceptUserCode(world, 'AAAAAAAA'),
  'an empty user code': async (world) => acceptUserCode(world, ''),
  'an unknown device verifier': ({ sdk }) =>
    sdk.public('OAuth2Api').performOAuth2DeviceVerificationFlow({
      ...atRedirect,
      params: { device_verifier: unknown, client_id: unknown },
    }),
  'an unknown device code': (world) => exchanging(world, deviceGrant, { device_code: unknown }),
}

async function acceptUserCode(world, userCode) {
  const page = await openBrowser().open(`${world.server.publicUrl}/oauth2/device/verify`)
  return admin(world).acceptUserCodeRequest({
    deviceChallenge: page.location.searchParams.get('device_challenge'),
    acceptDeviceUserCodeRequest: { user_code: userCode },
  })
}

function basic(client) {
  const { username, password } = credentialsOf(client)
  return { username, password }
}

async function exchanging(world, grantType, parameters = {}, members = {}) {
  const client = await newClient(world, members)
  return world.sdk
    .public('OAuth2Api', credentialsOf(client))
    .oauth2TokenExchange({ grantType }, alsoSending(parameters))
}

const tokens = {
  'an unknown grant type': (world) => exchanging(world, 'magic'),
  'a grant type that the client has not': (world) =>
    exchanging(world, 'client_credentials', {}, { grant_types: ['authorization_code'] }),
  'a code that is missing': (world) => exchanging(world, 'authorization_code'),
  'an unknown code': (world) => exchanging(world, 'authorization_code', { code: unknown, redirect_uri: callback }),
  'an unknown refresh token': (world) => exchanging(world, 'refresh_token', { refresh_token: unknown }),
  'another scope than registered': (world) => exchanging(world, 'client_credentials', { scope: 'other' }),
  'another audience than registered': (world) =>
    exchanging(world, 'client_credentials', { audience: 'https://other.example.com' }),
  'an assertion that is none': (world) =>
    exchanging(
      world,
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      { assertion: unknown },
      {
        grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      },
    ),
  'a client that does not say who it is': ({ sdk }) =>
    sdk.public('OAuth2Api').oauth2TokenExchange({ grantType: 'client_credentials' }),
  'an unknown client at the token endpoint': ({ sdk }) =>
    sdk
      .public('OAuth2Api', { username: unknown, password: secret })
      .oauth2TokenExchange({ grantType: 'client_credentials' }),
  'a wrong secret': async (world) => {
    const { client_id: username } = await newClient(world)
    return world.sdk
      .public('OAuth2Api', { username, password: 'wrong' })
      .oauth2TokenExchange({ grantType: 'client_credentials' })
  },
  'the other authentication method': async (world) => {
    const { client_id: clientId } = await newClient(world)
    return world.sdk
      .public('OAuth2Api')
      .oauth2TokenExchange({ grantType: 'client_credentials', clientId }, alsoSending({ client_secret: secret }))
  },
  'revoking as nobody': ({ sdk }) => sdk.public('OAuth2Api').revokeOAuth2Token({ token: unknown }),
  'revoking with a wrong secret': async (world) => {
    const { client_id: clientId } = await newClient(world, { token_endpoint_auth_method: 'client_secret_post' })
    return world.sdk.public('OAuth2Api').revokeOAuth2Token({ token: unknown, clientId, clientSecret: 'wrong' })
  },
  'introspecting nothing': ({ sdk }) =>
    sdk.admin('OAuth2Api').introspectOAuth2Token({ token: '' }, { transformRequest: () => '' }),
  'deleting the tokens of nobody': (world) => admin(world).deleteOAuth2Token({ clientId: '' }),
  'userinfo without a token': ({ sdk }) => sdk.public('OidcApi').getOidcUserInfo(),
  'userinfo with an unknown token': ({ sdk }) => sdk.public('OidcApi', bearer(unknown)).getOidcUserInfo(),
  'userinfo with a refresh token': async (world) => {
    const { tokens: issued } = await signIn(world, await newClient(world))
    return world.sdk.public('OidcApi', bearer(issued.refresh_token)).getOidcUserInfo()
  },
  'userinfo with the token of an ended grant': async (world) => {
    const client = await newClient(world)
    const { tokens: issued } = await signIn(world, client)
    await admin(world).revokeOAuth2ConsentSessions({ subject: 'alice', client: client.client_id })
    return world.sdk.public('OidcApi', bearer(issued.access_token)).getOidcUserInfo()
  },
}

const trusting = (members) => (world) =>
  admin(world).trustOAuth2JwtGrantIssuer({
    trustOAuth2JwtGrantIssuer: {
      issuer: `https://issuer-${randomUUID()}.example.com`,
      subject: 'alice',
      scope: ['photos.read'],
      expires_at: '2100-01-01T00:00:00Z',
      jwk: {
        kty: 'RSA',
        kid: randomUUID(),
        use: 'sig',
        alg: 'RS256',
        e: 'AQAB',
        n: Buffer.alloc(256, 1).toString('base64url'),
      },
      ...members,
    },
  })

const trust = {
  'trust in no issuer': trusting({ issuer: '' }),
  'trust without subject': trusting({ subject: '' }),
  'trust in one subject and in any': trusting({ allow_any_subject: true }),
  'trust without end': trusting({ expires_at: undefined }),
  'trust that ends at no time': trusting({ expires_at: 'tomorrow' }),
  'trust without key': trusting({ jwk: {} }),
  'trust without key id': trusting({ jwk: { kty: 'RSA', use: 'sig', alg: 'RS256', e: 'AQAB', n: 'AQAB' } }),
  'the same trust twice': async (world) => {
    const { data } = await trusting({})(world)
    const jwk = { kty: 'RSA', use: 'sig', alg: 'RS256', e: 'AQAB', n: 'AQAB', kid: data.public_key.kid }
    return trusting({ issuer: data.issuer, jwk })(world)
  },
  'an unknown trust': (world) => admin(world).getTrustedOAuth2JwtGrantIssuer({ id: unknownId }),
  'a trust whose id is none': (world) => admin(world).getTrustedOAuth2JwtGrantIssuer({ id: unknown }),
  'deleting an unknown trust': (world) => admin(world).deleteTrustedOAuth2JwtGrantIssuer({ id: unknownId }),
  'a trust page token that is none': (world) => admin(world).listTrustedOAuth2JwtGrantIssuers({ pageToken: 'bogus' }),
}

const registering =
  (members) =>
  ({ sdk }) =>
    sdk.public('OidcApi').createOidcDynamicClient({ oAuth2Client: { redirect_uris: [callback], ...members } })

async function registered(world) {
  return (await registering({})(world)).data
}

const registration = {
  'registering with a secret': registering({ client_secret: secret }),
  'registering with metadata': registering({ metadata: { a: 1 } }),
  'registering with a token strategy': registering({ access_token_strategy: 'jwt' }),
  'registering without being asked': registering({ skip_consent: true }),
  'registering without being asked at logout': registering({ skip_logout_consent: true }),
  'registering a redirect URI with a fragment': registering({ redirect_uris: ['http://127.0.0.1:5555/#part'] }),
  'reading a registration without token': async (world) => {
    const { client_id: id } = await registered(world)
    return world.sdk.public('OidcApi').getOidcDynamicClient({ id })
  },
  'reading a registration with the token of another': async (world) => {
    const { client_id: id } = await registered(world)
    const { registration_access_token: other } = await registered(world)
    return world.sdk.public('OidcApi', bearer(other)).getOidcDynamicClient({ id })
  },
  'reading an unknown registration': async (world) => {
    const { registration_access_token: other } = await registered(world)
    return world.sdk.public('OidcApi', bearer(other)).getOidcDynamicClient({ id: unknown })
  },
  'changing a registration without token': async (world) => {
    const { client_id: id } = await registered(world)
    return world.sdk.public('OidcApi').setOidcDynamicClient({ id, oAuth2Client: { redirect_uris: [callback] } })
  },
  'changing the secret of a registration': async (world) => {
    const { client_id: id, registration_access_token: own } = await registered(world)
    const oAuth2Client = { redirect_uris: [callback], client_secret: secret }
    return world.sdk.public('OidcApi', bearer(own)).setOidcDynamicClient({ id, oAuth2Client })
  },
  'deleting a registration without token': async (world) => {
    const { client_id: id } = await registered(world)
    return world.sdk.public('OidcApi').deleteOidcDynamicClient({ id })
  },
}

async function crediting(world, body) {
  const scope = 'openid userinfo_credential_draft_00'
  const { tokens: issued } = await signIn(world, await newClient(world, { scope }), { parameters: { scope } })
  return world.sdk
    .public('OidcApi')
    .createVerifiableCredential(
      { createVerifiableCredentialRequestBody: body },
      { headers: { authorization: `Bearer ${issued.access_token}` } },
    )
}

const proven = (jwt) => ({
  format: 'jwt_vc_json',
  types: ['VerifiableCredential', 'UserInfoCredential'],
  proof: { proof_type: 'jwt', jwt },
})

const credentials = {
  'a credential without proof': (world) => crediting(world, { format: 'jwt_vc_json', types: ['UserInfoCredential'] }),
  'a credential in another format': (world) => crediting(world, { format: 'ldp_vc', types: [] }),
  'a credential with a proof that is none': (world) => crediting(world, proven('not-a-jwt')),
  'a credential with a proof without key': (world) => crediting(world, proven('e30.e30.AA')),
  'a credential with another kind of proof': (world) =>
    crediting(world, { ...proven(''), proof: { proof_type: 'ldp', jwt: '' } }),
  'a credential without token': ({ sdk }) =>
    sdk
      .public('OidcApi')
      .createVerifiableCredential({ createVerifiableCredentialRequestBody: { format: 'jwt_vc_json', types: [] } }),
}

export const refusals = {
  ...clients,
  ...keys,
  ...requests,
  ...device,
  ...tokens,
  ...trust,
  ...registration,
  ...credentials,
}
