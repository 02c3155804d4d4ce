/** What cases start from: clients, users and tokens, made through the SDK and the browser. */
import { openBrowser } from '../support/browser.js'
import { follow } from '../support/authorize.js'

export const callback = 'http://127.0.0.1:5555/callback'
export const secret = 'secret-of-a-foreign-client'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** A confidential client with every grant that these cases need. */
export async function newClient({ sdk }, members = {}) {
  const { data } = await sdk.admin('OAuth2Api').createOAuth2Client({
    oAuth2Client: {
      client_name: 'Photo prints',
      client_secret: secret,
      redirect_uris: [callback],
      post_logout_redirect_uris: [`${new URL(callback).origin}/signed-out`],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant],
      response_types: ['code'],
      scope: 'openid offline photos.read',
      audience: ['https://api.example.com'],
      ...members,
    },
  })
  return data
}

/** Query of an authorization request. */
export function authorizationRequest(client, parameters = {}) {
  return {
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid offline photos.read',
    state: 'a-state-of-some-length',
    nonce: 'a-nonce-of-some-length',
    ...parameters,
  }
}

export function authorizationUrl({ server }, client, parameters) {
  return `${server.publicUrl}/oauth2/auth?${new URLSearchParams(authorizationRequest(client, parameters))}`
}

/** Follows an authorization request up to the first page with a challenge, and returns the challenge. */
export async function challengeOf(world, client, { kind = 'login', browser = openBrowser(), parameters } = {}) {
  let page = await browser.open(authorizationUrl(world, client, parameters))
  if (kind === 'consent') {
    const loginChallenge = page.location.searchParams.get('login_challenge')
    const { data } = await world.sdk.admin('OAuth2Api').acceptOAuth2LoginRequest({
      loginChallenge,
      acceptOAuth2LoginRequest: { subject: 'alice', acr: 'gold', amr: ['pwd'], context: { tenant: 7 } },
    })
    page = await browser.open(data.redirect_to)
  }
  return { challenge: page.location.searchParams.get(`${kind}_challenge`), browser }
}

/** A user signs in to the client; the returned tokens are those of the code exchange. */
export async function signIn(world, client, { browser = openBrowser(), user, parameters } = {}) {
  const page = await follow(world.server, browser, authorizationUrl(world, client, parameters), user)
  const code = page.location?.searchParams.get('code')
  if (!code) throw new Error(`no code came back: ${page.location?.searchParams.get('error')}`)
  const { data } = await world.sdk
    .public('OAuth2Api', credentialsOf(client))
    .oauth2TokenExchange({ grantType: 'authorization_code', code, redirectUri: callback })
  return { tokens: data, browser }
}

/** SDK configuration with which the client authenticates itself (HTTP Basic). */
export function credentialsOf(client) {
  return { username: client.client_id, password: secret }
}

/** SDK configuration that sends a bearer token. */
export function bearer(accessToken) {
  return { accessToken }
}

export async function introspect({ sdk }, token) {
  return (await sdk.admin('OAuth2Api').introspectOAuth2Token({ token })).data
}

export function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString('utf8'))
}
