/** OAuth2 clients that cases bring along. */
import { randomBytes } from 'node:crypto'
import type { CaseContext } from './case-context.ts'

/** Any members of Hydra's client. */
export type ClientOverrides = Readonly<Record<string, unknown>>

/** A registered client and what a flow needs of it. */
export interface TestClient {
  readonly id: string
  readonly secret: string
  readonly redirectUri: string
  /** Form fields that authenticate it: id and secret, or the id alone for a public client. */
  readonly credentials: Readonly<Record<string, string>>
  /** The registration access token. */
  readonly registrationToken: string
}

/** Grants that every version knows. */
export const allGrants: readonly string[] = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'implicit',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
]

/** Registers a client with a wide registration, so that cases state only what they are about. */
export async function createClient(t: CaseContext, overrides: ClientOverrides): Promise<TestClient> {
  const isPublic = overrides['token_endpoint_auth_method'] === 'none'
  const redirectUri = `${t.server.app.url}/callback`
  const secret = isPublic ? '' : t.hide('client_secret', randomBytes(18).toString('hex'))
  const body = {
    client_id: t.unique('client'),
    client_name: 'contract case',
    ...(isPublic ? {} : { client_secret: secret }),
    redirect_uris: [redirectUri],
    // Post-logout addresses must share host and port with a redirect URI.
    ...('redirect_uris' in overrides ? {} : { post_logout_redirect_uris: [`${t.server.app.url}/bye`] }),
    grant_types: allGrants,
    response_types: [
      'code',
      'id_token',
      'token',
      'code id_token',
      'code token',
      'code id_token token',
      'id_token token',
    ],
    scope: 'openid offline offline_access photos.read photos.write',
    audience: ['https://api.example.com', 'https://api2.example.com'],
    token_endpoint_auth_method: 'client_secret_post',
    ...overrides,
  }
  const created = await t.admin.post('set up: create client', '/clients', { json: body, quiet: true })
  if (created.status !== 201)
    throw new Error(`could not create the client of this case: ${created.status}, ${created.shape} ${created.text}`)
  const id = created.string('client_id')
  const uris = body.redirect_uris as readonly string[]
  return {
    id,
    secret,
    redirectUri: uris[0] ?? redirectUri,
    credentials: isPublic ? { client_id: id } : { client_id: id, client_secret: secret },
    registrationToken: created.string('registration_access_token'),
  }
}
