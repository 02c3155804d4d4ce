import type { Engine } from '../engine.ts'
import { alreadyExists, badRequest, challengeNotFound, hydraError, resourceNotFound } from '../errors.ts'
import { type Answer, json, noContent } from '../http/answer.ts'
import { decodeMembers } from '../http/go-json.ts'
import { type HydraRequest, decodeBody } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { below } from '../http/urls.ts'
import { decodeJwk, decodeJwks } from '../tokens/jwk.ts'
import { type Jwk, generateJwk } from '../tokens/key-sets.ts'

/** JSON Web Key sets, private parts included. Rotation is one more key: the newest of a set signs. */
export function keySetRoutes(engine: Engine): Route[] {
  const set = '/admin/keys/{set}'
  const one = `${set}/{key}`
  return [
    { method: 'GET', path: set, handle: (request) => getSet(engine, request) },
    { method: 'POST', path: set, handle: (request) => createKey(engine, request) },
    { method: 'PUT', path: set, handle: (request) => replaceSet(engine, request) },
    { method: 'DELETE', path: set, handle: (request) => deleteSet(engine, request) },
    { method: 'GET', path: one, handle: (request) => getKey(engine, request) },
    { method: 'PUT', path: one, handle: (request) => replaceKey(engine, request) },
    { method: 'DELETE', path: one, handle: (request) => deleteKey(engine, request) },
  ]
}

function setOf(request: HydraRequest): string {
  return request.params['set'] ?? ''
}

function keysOf(engine: Engine, request: HydraRequest): Jwk[] {
  return engine.state.keySets.get(setOf(request)) ?? []
}

function getSet(engine: Engine, request: HydraRequest): Answer {
  const keys = keysOf(engine, request)
  if (keys.length === 0) throw challengeNotFound()
  return json({ keys })
}

/** One key, but in the form of a set. */
function getKey(engine: Engine, request: HydraRequest): Answer {
  const keys = keysOf(engine, request).filter((key) => (key.kid ?? '') === request.params['key'])
  if (keys.length === 0) throw resourceNotFound()
  return json({ keys })
}

async function createKey(engine: Engine, request: HydraRequest): Promise<Answer> {
  const body = decodeBody(
    request,
    (document) => decodeMembers(document, { alg: 'string', use: 'string', kid: 'string' }),
    (reason) => badRequest(`The body can not be read: ${reason}.`),
  )
  const kid = (body.kid as string | undefined) || undefined
  const use = (body.use as string | undefined) || undefined
  const key = await generateJwk((body.alg as string | undefined) ?? '', kid, use)
  if (key === undefined) throw hydraError(400, 'Bad Request', 'Keys of this algorithm can not be made.')
  const set = setOf(request)
  const keys = keysOf(engine, request)
  if (keys.some((other) => other.kid === key.kid)) throw alreadyExists()
  engine.state.keySets.set(set, [key, ...keys])
  // Points nowhere: neither port serves it. As in Hydra.
  const location = below(engine.config.issuer, `/keys/${encodeURIComponent(encodeURIComponent(set))}`)
  return json({ keys: [key] }, 201, [['Location', location]])
}

function refuse(reason: string): Error {
  return badRequest(`The body can not be read: ${reason}.`)
}

function replaceSet(engine: Engine, request: HydraRequest): Answer {
  const keys = decodeBody(request, decodeJwks, refuse)
  const kids = keys?.map((key) => key.kid ?? '') ?? []
  if (new Set(kids).size < kids.length) throw alreadyExists()
  // The last one listed counts as the newest.
  engine.state.keySets.set(setOf(request), (keys ?? []).toReversed())
  return json({ keys })
}

/** The key id of the body counts, not that of the path. */
function replaceKey(engine: Engine, request: HydraRequest): Answer {
  const key = decodeBody(request, decodeJwk, refuse)
  const others = keysOf(engine, request).filter((other) => (other.kid ?? '') !== (key.kid ?? ''))
  engine.state.keySets.set(setOf(request), [key, ...others])
  return json(key)
}

function deleteSet(engine: Engine, request: HydraRequest): Answer {
  engine.state.keySets.delete(setOf(request))
  return noContent()
}

function deleteKey(engine: Engine, request: HydraRequest): Answer {
  const rest = keysOf(engine, request).filter((key) => (key.kid ?? '') !== request.params['key'])
  engine.state.keySets.set(setOf(request), rest)
  return noContent()
}
