import { randomUUID, timingSafeEqual } from 'node:crypto'
import { type Client, encodeClient, publicClient } from '../clients/client.ts'
import { createClient, deleteClient, updateClient } from '../clients/store.ts'
import { validateClient, validateSelfRegistration } from '../clients/validate.ts'
import type { Engine } from '../engine.ts'
import { badRequest, forbidden, hydraError, unauthorized } from '../errors.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { type HydraRequest, bearerToken } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { isGenuine, newOpaqueToken, opaqueSignature } from '../tokens/opaque.ts'
import { clientFromBody } from './clients.ts'

/**
 * Clients that register themselves (OpenID Connect Dynamic Client Registration, RFC 7592). Whoever holds the
 * registration token of a client may read, replace and delete it, also if an administrator made the client.
 */
export function registrationRoutes(engine: Engine): Route[] {
  const collection = '/oauth2/register'
  const one = `${collection}/{id}`
  const open =
    (handle: (engine: Engine, request: HydraRequest) => Promise<Answer>) =>
    async (request: HydraRequest): Promise<Answer> => {
      if (!engine.config.dynamicRegistration) {
        throw hydraError(404, 'The requested resource could not be found', 'Dynamic registration is not enabled.')
      }
      return handle(engine, request)
    }
  return [
    { method: 'POST', path: collection, handle: open(register) },
    { method: 'GET', path: one, handle: open(getClient) },
    { method: 'PUT', path: one, handle: open(replaceClient) },
    { method: 'DELETE', path: one, handle: open(removeClient) },
  ]
}

async function validate(engine: Engine, client: Client): Promise<void> {
  validateSelfRegistration(client)
  await validateClient(engine, client)
}

async function register(engine: Engine, request: HydraRequest): Promise<Answer> {
  const client = clientFromBody(request)
  if (client.client_secret !== '') throw badRequest('A client can not choose its own secret.')
  // Nor its own id, but that is not told.
  const created = await createClient(engine, { ...client, client_id: randomUUID() }, validate)
  return json(encodeClient(created), 201, [['Location', `admin/clients/${created.client_id}`]])
}

/** The client of a registration token. Unknown clients are not told apart from wrong tokens. @throws HydraError 401 */
async function ownClient(engine: Engine, request: HydraRequest): Promise<Client> {
  const client = engine.state.clients.get(request.params['id'] ?? '')
  const token = await bearerToken(request).catch(() => '')
  const expected = Buffer.from(client?.registrationSignature ?? '')
  const given = Buffer.from(opaqueSignature(token))
  const matches = expected.length > 0 && expected.length === given.length && timingSafeEqual(expected, given)
  if (client === undefined || !matches || !isGenuine(engine, 'access', token)) {
    throw unauthorized('There is no such client, or the registration token is not its current one.')
  }
  return client
}

async function getClient(engine: Engine, request: HydraRequest): Promise<Answer> {
  const { metadata: _, ...shown } = publicClient(await ownClient(engine, request))
  return json(shown)
}

/** Replaces everything but id and secret. The registration token is replaced too; after a refusal the old one stays. */
async function replaceClient(engine: Engine, request: HydraRequest): Promise<Answer> {
  const { client_id } = await ownClient(engine, request)
  const client = clientFromBody(request)
  if (client.client_secret !== '') throw forbidden('A client can not choose its own secret.')
  const { token, signature } = newOpaqueToken(engine, 'access')
  const replaced = await updateClient(
    engine,
    { ...client, client_id, registration_access_token: token, registrationSignature: signature },
    validate,
  )
  return json(encodeClient(replaced))
}

async function removeClient(engine: Engine, request: HydraRequest): Promise<Answer> {
  deleteClient(engine, (await ownClient(engine, request)).client_id)
  return noContent()
}
