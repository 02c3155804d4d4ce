import { type Client, decodeClient, decodeLifespans, encodeClient, publicClient } from '../clients/client.ts'
import { applyPatch } from '../clients/patch.ts'
import { clientById, createClient, deleteClient, updateClient } from '../clients/store.ts'
import type { Engine } from '../engine.ts'
import { badRequest, untypedError } from '../errors.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { isDecodeError } from '../http/go-json.ts'
import { paginate } from '../http/paging.ts'
import { type HydraRequest, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'

const collection = '/admin/clients'
const one = `${collection}/{id}`

/** OAuth2 clients. */
export function clientRoutes(engine: Engine): Route[] {
  return [
    { method: 'GET', path: collection, handle: (request) => list(engine, request) },
    { method: 'POST', path: collection, handle: (request) => create(engine, request) },
    { method: 'GET', path: one, handle: (request) => json(publicClient(clientById(engine, idOf(request)))) },
    { method: 'PUT', path: one, handle: (request) => set(engine, request) },
    { method: 'PATCH', path: one, handle: (request) => patch(engine, request) },
    { method: 'DELETE', path: one, handle: (request) => remove(engine, request) },
    { method: 'PUT', path: `${one}/lifespans`, handle: (request) => setLifespans(engine, request) },
  ]
}

function idOf(request: HydraRequest): string {
  return request.params['id'] ?? ''
}

/** The client in a body. @throws HydraError 400 */
export function clientFromBody(request: HydraRequest): Client {
  return decodeBody(request, decodeClient, (reason) => badRequest(`The body can not be read: ${reason}.`))
}

function list(engine: Engine, request: HydraRequest): Answer {
  const name = request.query.get('client_name') ?? ''
  const owner = request.query.get('owner') ?? ''
  const items = [...engine.state.clients.values()]
    .filter((client) => (name === '' || client.client_name === name) && (owner === '' || client.owner === owner))
    .toSorted((a, b) => (a.client_id < b.client_id ? -1 : 1))
  const page = paginate(engine, request, {
    items,
    key: (client) => client.client_id,
    column: 'id',
    refuse: (reason) => badRequest(`The paging parameters can not be read: ${reason}.`),
  })
  return json(page.items.map(publicClient), 200, [['Link', page.link]])
}

async function create(engine: Engine, request: HydraRequest): Promise<Answer> {
  const created = await createClient(engine, clientFromBody(request))
  // Encoded twice, as in Hydra: only ids of plain characters can be followed.
  const id = encodeURIComponent(encodeURIComponent(created.client_id))
  return json(encodeClient(created), 201, [['Location', `${collection}/${id}`]])
}

async function set(engine: Engine, request: HydraRequest): Promise<Answer> {
  const client = { ...clientFromBody(request), client_id: idOf(request) }
  return json(encodeClient(await updateClient(engine, client)))
}

/**
 * Patches a client. The id inside the document is not protected: a patch that changes it writes the result over
 * the client of that id. Callers must refuse such paths.
 */
async function patch(engine: Engine, request: HydraRequest): Promise<Answer> {
  const client = clientById(engine, idOf(request))
  const patched = decodePatched(applyPatch(encodeClient(client), parsePatch(request)))
  // A secret that the patch did not touch is not sent back.
  if (patched.client_secret === client.client_secret) patched.client_secret = ''
  return json(encodeClient(await updateClient(engine, patched)))
}

function parsePatch(request: HydraRequest): unknown {
  try {
    // Unlike everywhere else, nothing may follow the document.
    return JSON.parse(request.body.toString()) as unknown
  } catch {
    throw untypedError()
  }
}

function decodePatched(document: unknown): Client {
  try {
    return decodeClient(document)
  } catch (error) {
    if (isDecodeError(error)) throw untypedError()
    throw error
  }
}

function remove(engine: Engine, request: HydraRequest): Answer {
  deleteClient(engine, idOf(request))
  return noContent()
}

async function setLifespans(engine: Engine, request: HydraRequest): Promise<Answer> {
  const client = clientById(engine, idOf(request))
  const lifespans = decodeBody(request, decodeLifespans, (reason) => badRequest(`The body can not be read: ${reason}.`))
  return json(encodeClient(await updateClient(engine, { ...client, lifespans, client_secret: '' })))
}
