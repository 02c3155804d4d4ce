import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Engine } from '../engine.ts'
import { isHydraError, untypedError } from '../errors.ts'
import { type FaultBox, answersAlone, faultAnswer, pauseFor, sendWithFault } from '../faults.ts'
import type { RequestLog } from '../inspect.ts'
import { type Answer, adminError, found, oauthError } from './answer.ts'
import { corsHeaders, preflightAnswer } from './cors.ts'
import { type HydraRequest, type Port, cookiesOf, queryParameters, readBody, singleHeaders } from './request.ts'
import { type Match, type Route, type RoutedPath, type Router, createRouter, routedPath } from './router.ts'
import { splitUrl } from './urls.ts'

/** What one port is made of. */
export interface PortOptions {
  readonly engine: Engine
  readonly port: Port
  readonly routes: readonly Route[]
  readonly faults: FaultBox
  readonly log: RequestLog
}

/** The request handler of one port: reads, routes, answers, and misbehaves where it was told to. */
export function createPortHandler(
  options: PortOptions,
): (message: IncomingMessage, response: ServerResponse) => Promise<void> {
  const router = createRouter(options.port, options.routes)
  return async (message, response) => {
    try {
      await handle(options, router, message, response)
    } catch {
      // The caller hung up while its body was read or the answer was written.
      response.destroy()
    }
  }
}

/** Hydra finishes what takes longer, but can't tell the caller: a slow hook costs the client its connection. */
const writeTimeoutMs = 10_000

async function handle(
  options: PortOptions,
  router: Router,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { port, faults } = options
  const routed = routedPath(port, splitUrl(message.url ?? '/').before)
  const request = await read(port, message, routed)
  const noteStatus = options.log.note({ ...request, at: options.engine.clock.now(), body: request.body.toString() })
  const fault = faults.take(port, request.method, request.path)
  if (fault?.kind === 'hang') return
  if (fault?.kind === 'delay') await pauseFor(fault.delayMs)
  const received = performance.now()
  const answer =
    fault !== undefined && answersAlone(fault)
      ? faultAnswer(fault)
      : (preflightAnswer(options.engine, request) ??
        pathAnswer(routed, request) ??
        (await answerAcrossOrigins(options.engine, router, request)))
  if (fault === undefined && performance.now() - received > writeTimeoutMs) {
    response.destroy()
    return
  }
  noteStatus(answer.status)
  if (response.destroyed) return
  // A connection that is cut before its headers must not have sent any.
  if (!(fault?.kind === 'reset' && fault.at === 'headers')) writeHead(request, response, answer)
  await sendWithFault(fault, response, answer.body)
}

async function read(port: Port, message: IncomingMessage, routed: RoutedPath): Promise<HydraRequest> {
  const { before, query } = splitUrl(message.url ?? '/')
  const headers = singleHeaders(message)
  return {
    port,
    method: message.method ?? 'GET',
    path: 'malformed' in routed ? before : routed.path,
    rawQuery: query,
    query: queryParameters(query),
    headers,
    cookies: cookiesOf(headers),
    params: {},
    body: await readBody(message),
  }
}

/** What a path alone is answered with: nonsense is refused, an unclean one redirected. */
function pathAnswer(routed: RoutedPath, request: HydraRequest): Answer | undefined {
  if ('malformed' in routed) {
    return { status: 400, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: '400 Bad Request' }
  }
  if (routed.redirectTo === undefined) return undefined
  const location = `${routed.redirectTo}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`
  return { ...found(location, [], request.method), status: 307 }
}

async function answerAcrossOrigins(engine: Engine, router: Router, request: HydraRequest): Promise<Answer> {
  // Asked first: the request may revoke the very token that says which client it speaks for.
  const added = await corsHeaders(engine, request)
  const answer = await countedAnswer(engine, router, request)
  return { ...answer, headers: [...added, ...answer.headers] }
}

async function countedAnswer(engine: Engine, router: Router, request: HydraRequest): Promise<Answer> {
  const begun = performance.now()
  const match = router(request.method, request.path, request.headers['accept'])
  const answer = 'answer' in match ? match.answer : await answerOf(match, request)
  const endpoint = endpointOf(match, request.port)
  if (endpoint !== undefined) {
    const seconds = (performance.now() - begun) / 1000
    engine.state.metrics.note({ method: request.method, endpoint, status: answer.status, seconds })
  }
  return answer
}

/** The name of an endpoint in the metrics. What the admin port does not know is not counted. */
function endpointOf(match: Match, port: Port): string | undefined {
  if ('route' in match) return match.route.path.replace(/\{[^}]*\}/g, '{param}')
  return port === 'public' ? '/' : undefined
}

async function answerOf({ route, params }: Extract<Match, { route: Route }>, request: HydraRequest): Promise<Answer> {
  try {
    return await route.handle({ ...request, params })
  } catch (error) {
    const told = isHydraError(error) ? error : untypedError()
    return route.errors === 'oauth' ? oauthError(told) : adminError(told)
  }
}

function writeHead(request: HydraRequest, response: ServerResponse, answer: Answer): void {
  const headers = new Map<string, string | string[]>()
  // Every GET, also of something that isn't there, unless the endpoint says otherwise.
  if (request.method === 'GET') headers.set('Cache-Control', 'private, no-cache, no-store, must-revalidate')
  for (const [name, value] of answer.headers) {
    const known = headers.get(name)
    headers.set(name, name === 'Set-Cookie' ? [...(Array.isArray(known) ? known : []), value] : value)
  }
  if (answer.status !== 204) headers.set('Content-Length', String(Buffer.byteLength(answer.body)))
  response.writeHead(answer.status, Object.fromEntries(headers))
}
