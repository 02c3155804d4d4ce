/** OAuth2 clients for programs that have no administration calls of their own. */
export const callback = 'http://127.0.0.1:5555/callback'
export const signedOut = 'http://127.0.0.1:5555/signed-out'
export const secret = 'secret of a foreign client: 100% sure'
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

/** Registers a client that may do everything these programs do, unless told otherwise. */
export async function createClient(server, members = {}) {
  return adminPost(server, '/admin/clients', {
    client_name: 'Photo prints',
    client_secret: secret,
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: [callback],
    post_logout_redirect_uris: [signedOut],
    grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials', deviceGrant, jwtBearerGrant],
    response_types: ['code', 'code id_token', 'id_token'],
    scope: 'openid offline photos.read',
    audience: ['https://api.example.com'],
    ...members,
  })
}

/** A POST to the admin port that must succeed. */
export async function adminPost(server, path, body) {
  const response = await fetch(`${server.adminUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
