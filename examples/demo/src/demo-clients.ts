/** The OAuth2 clients that the demo needs at Hydra. */
import { randomBytes } from 'node:crypto'
import { isHydraHttpError, type HydraClient, type OAuth2Client } from '@hydra-kit/client'
import { audience } from './photo-api.ts'

/** What a client signs in with at the token endpoint. The secret is new at each start. */
export interface Credentials {
  clientId: string
  clientSecret: string
}

/** The web app signs in as one of the first two, so that both token formats can be seen side by side. */
export interface DemoClients {
  opaque: Credentials
  jwt: Credentials
  /** For the curl lines: client credentials, no user. */
  machine: Credentials
}

/** What the web app asks for. */
export const scope = 'openid offline_access photos.read photos.write'

/** Creates the clients, or brings those of an earlier run up to date. */
export async function registerClients(hydra: HydraClient, webUrl: string): Promise<DemoClients> {
  const web: OAuth2Client = {
    client_name: 'Photo album',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${webUrl}/callback`],
    scope,
    // Hydra leaves `aud` empty unless the client may have the audience, the request asks for it and consent grants it.
    audience: [audience],
    token_endpoint_auth_method: 'client_secret_basic',
  }
  const machine: OAuth2Client = {
    ...web,
    client_name: 'Photo album, nightly job',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    scope: 'photos.read',
  }
  return {
    // Servers before 2.1 know no strategy per client: there both get what the server is set to.
    opaque: await register(hydra, 'hydra-kit-demo-opaque', { ...web, access_token_strategy: 'opaque' }),
    jwt: await register(hydra, 'hydra-kit-demo-jwt', { ...web, access_token_strategy: 'jwt' }),
    machine: await register(hydra, 'hydra-kit-demo-machine', machine),
  }
}

/** Removes them; their tokens stop working with that. */
export async function removeClients(hydra: HydraClient, clients: DemoClients): Promise<void> {
  for (const { clientId } of Object.values(clients) as Credentials[]) {
    await hydra.clients.delete(clientId).catch(ignoreUnknown)
  }
}

async function register(hydra: HydraClient, clientId: string, client: OAuth2Client): Promise<Credentials> {
  const clientSecret = randomBytes(24).toString('base64url')
  const wanted: OAuth2Client = { ...client, client_id: clientId, client_secret: clientSecret }
  await hydra.clients.delete(clientId).catch(ignoreUnknown)
  await hydra.clients.create(wanted)
  return { clientId, clientSecret }
}

/** Unknown clients are 404, on servers before 1.11 401 or 204. */
function ignoreUnknown(error: unknown): void {
  if (!isHydraHttpError(error) || (error.status !== 404 && error.status !== 401)) throw error
}
