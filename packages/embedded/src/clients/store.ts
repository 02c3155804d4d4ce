import { randomInt, randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { alreadyExists, resourceNotFound } from '../errors.ts'
import { below } from '../http/urls.ts'
import { newOpaqueToken } from '../tokens/opaque.ts'
import { type Client, isPublicClient } from './client.ts'
import { validateClient } from './validate.ts'

/** An existing client. @throws HydraError 404 */
export function clientById(engine: Engine, id: string): Client {
  const client = engine.state.clients.get(id)
  if (client === undefined) throw resourceNotFound()
  return client
}

/** Time as the database writes it: whole seconds. */
function timestamp(now: number): string {
  return new Date(Math.floor(now / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

const secretCharacters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~'

function newSecret(): string {
  return Array.from({ length: 26 }, () => secretCharacters[randomInt(secretCharacters.length)]).join('')
}

/**
 * Registers a client; what is returned is shown once, with its secret and its registration token.
 *
 * @throws HydraError for a client that isn't valid, 409 for an id that is taken
 */
export async function createClient(
  engine: Engine,
  client: Client,
  validate: (engine: Engine, client: Client) => Promise<void> = validateClient,
): Promise<Client> {
  client.client_secret ||= newSecret()
  await validate(engine, client)
  client.created_at = timestamp(engine.clock.now())
  client.updated_at = new Date(engine.clock.now()).toISOString()
  const { token, signature } = newOpaqueToken(engine, 'access')
  client.registrationSignature = signature
  client.registration_access_token = token
  // Hydra builds this before it makes an id, so that a generated one is missing in it; a chosen one is encoded twice.
  const id = client.client_id === '' ? '' : `/${encodeURIComponent(encodeURIComponent(client.client_id))}`
  client.registration_client_uri = below(engine.config.publicUrl, `/oauth2/register${id}`)
  client.client_id ||= randomUUID()
  if (engine.state.clients.has(client.client_id)) throw alreadyExists()
  client.audience ??= []
  client.allowed_cors_origins ??= []
  engine.state.clients.set(client.client_id, storedForm(client))
  return isPublicClient(client) ? { ...client, client_secret: '' } : client
}

/**
 * Replaces a client. An empty secret keeps the old one; a new one is in what is returned.
 *
 * @throws HydraError for a client that isn't valid, 404 for one that isn't there
 */
export async function updateClient(
  engine: Engine,
  client: Client,
  validate: (engine: Engine, client: Client) => Promise<void> = validateClient,
): Promise<Client> {
  await validate(engine, client)
  const now = timestamp(engine.clock.now())
  const old = clientById(engine, client.client_id)
  client.client_id = old.client_id
  client.updated_at = now
  client.created_at ||= now
  client.audience ??= []
  client.allowed_cors_origins ??= []
  const secret = client.client_secret || old.client_secret
  engine.state.clients.set(client.client_id, {
    ...storedForm(client),
    client_secret: secret,
    created_at: old.created_at,
  })
  return client
}

/** As it is read back: no null lists, no registration token. */
function storedForm(client: Client): Client {
  return {
    ...client,
    redirect_uris: client.redirect_uris ?? [],
    grant_types: client.grant_types ?? [],
    response_types: client.response_types ?? [],
    audience: client.audience ?? [],
    allowed_cors_origins: client.allowed_cors_origins ?? [],
    contacts: client.contacts ?? [],
    request_uris: client.request_uris ?? [],
    post_logout_redirect_uris: client.post_logout_redirect_uris ?? [],
    registration_access_token: '',
    registration_client_uri: '',
  }
}

/** Removes a client with all its tokens and consents. @throws HydraError 404 */
export function deleteClient(engine: Engine, id: string): void {
  clientById(engine, id)
  const { state } = engine
  state.clients.delete(id)
  for (const table of [state.accessTokens, state.refreshTokens, state.authorizationCodes]) table.deleteClient(id)
  for (const [key, device] of state.deviceCodes) if (device.request.clientId === id) state.deviceCodes.delete(key)
  for (const [key, flow] of state.consents) if (flow.client?.client_id === id) state.consents.delete(key)
  for (const [key, logout] of state.logoutRequests) {
    if (logout.client?.client_id === id) state.logoutRequests.delete(key)
  }
}
