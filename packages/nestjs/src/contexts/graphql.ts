/** Queries, mutations and subscriptions of @nestjs/graphql, on Apollo and Mercurius. The package is not imported. */
import { authorizationValues, headersOf, type HttpAnswer, type RequestFacts } from '@hydra-kit/resource-server'
import type { ExecutionContext, HttpException } from '@nestjs/common'
import type { IncomingMessage } from 'node:http'
import { isObject } from '../is-object.ts'
import { notSetUp } from '../not-set-up.ts'
import type { ContextAdapter } from './context-adapter.ts'
import { httpException, setHeaders, type HttpResponse } from './http.ts'
import { refusalFacts } from './refusal-facts.ts'
import { factsOfToken, withAuthorization } from './token-facts.ts'

/** What both HTTP adapters' requests have; `raw` is Fastify's. */
interface GraphqlRequest extends IncomingMessage {
  readonly raw?: IncomingMessage
  readonly originalUrl?: string
  readonly body?: unknown
}

/** A WebSocket that subscriptions run on: the upgrade request, and what the client said in `connection_init`. */
interface Connection {
  readonly request: GraphqlRequest
  readonly params: unknown
}

/** What stands in a GraphQL context, as far as it is known: whose application it is decides. */
type GraphqlContext = Readonly<Record<string, unknown>>

/** What graphql-js tells each resolver as its last argument. */
interface ResolveInfo {
  readonly parentType: { readonly name: string }
  readonly schema: Readonly<Record<'getQueryType' | 'getMutationType' | 'getSubscriptionType', () => unknown>>
}

/** The codes that Apollo's documentation uses, for clients that decide by `extensions.code`. */
const codes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  503: 'SERVICE_UNAVAILABLE',
}

export const graphqlContext: ContextAdapter = {
  type: 'graphql',
  factsOf(context, { graphql }): RequestFacts {
    const gql = contextOf(context)
    if (graphql.tokenFrom !== undefined) return factsOfToken(graphql.tokenFrom(gql))
    const connection = connectionOf(gql)
    if (connection !== undefined) return factsOfConnection(connection)
    const request = requestOf(gql)
    if (request !== undefined) return factsOfRequest(request)
    throw notSetUp(
      `The GraphQL context of ${nameOf(context)} holds no request, so nobody knows where its token is.`,
      'Return the request as req from the context option of GraphQLModule, or give HydraModule graphql: { tokenFrom }.',
    )
  },
  carrierOf: contextOf,
  isInner: isField,
  refusal(error, answer, context) {
    const gql = contextOf(context)
    const reply = gql['reply'] as Partial<HttpResponse> | undefined
    // Mercurius hands out the response; Apollo takes status and header fields from the error.
    if (isResponse(reply)) setHeaders(reply, answer.headers)
    const apollo = reply === undefined && connectionOf(gql) === undefined
    return graphqlException(error, answer, apollo)
  },
  accepted(headers, context) {
    const reply = contextOf(context)['reply'] as Partial<HttpResponse> | undefined
    // Apollo sends `Cache-Control: no-store` by itself.
    if (isResponse(reply)) setHeaders(reply, headers)
  },
}

/**
 * An `HttpException`, which Nest does not log as a fault of the application. graphql-js copies `extensions` to its own
 * error, and Mercurius answers with `statusCode`.
 */
function graphqlException(error: unknown, answer: HttpAnswer, apollo: boolean): HttpException {
  const { message, ...facts } = refusalFacts(answer)
  const { status, headers } = answer
  const extensions = {
    code: codes[status],
    ...facts,
    // Apollo Server takes it out again: https://www.apollographql.com/docs/apollo-server/data/errors
    ...(apollo && { http: { status, headers: new Map(Object.entries(headers)) } }),
  }
  return Object.assign(httpException(error, answer), { message, extensions, statusCode: status })
}

/** A reference resolver gets no arguments object, and so the context one place earlier. */
function contextOf(context: ExecutionContext): GraphqlContext {
  const args = context.getArgs<unknown[]>()
  const found = args.length === 3 ? args[1] : args[2]
  if (isObject(found)) return found
  throw notSetUp(
    `${nameOf(context)} runs without a GraphQL context, so nobody knows where its token is.`,
    'Return an object from the context option of GraphQLModule.',
  )
}

/**
 * True for a field of an object: the resolver of the operation was judged before. A reference resolver of a federated
 * graph is the way in, and no field.
 */
function isField(context: ExecutionContext): boolean {
  const args = context.getArgs<unknown[]>()
  const info = args[3] as Partial<ResolveInfo> | undefined
  if (args.length === 3 || info?.parentType === undefined || info.schema === undefined) return false
  const { parentType, schema } = info
  return ![schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].includes(parentType)
}

function factsOfRequest(request: GraphqlRequest): RequestFacts {
  const { method, url, originalUrl = url, body } = request
  const headers = headersOf(request.raw ?? request)
  return { method: method as string, url: originalUrl as string, headers, form: body }
}

/**
 * Mercurius copies what the client says in `connection_init` to the headers of the request, so the values are those that
 * were really sent as headers.
 */
function factsOfConnection({ request, params }: Connection): RequestFacts {
  const raw = request.raw ?? request
  const values = [...authorizationValues(raw), ...authorizationParams(params)]
  return { method: 'GET', url: raw.url as string, headers: withAuthorization(raw.headers, values) }
}

/** `{ Authorization: 'Bearer …' }`, or the same in `headers`, as the clients of Apollo and Mercurius send it. */
function authorizationParams(params: unknown): readonly unknown[] {
  if (!isObject(params)) return []
  const places = isObject(params['headers']) ? [params, params['headers']] : [params]
  return places.flatMap((place) =>
    Object.entries(place).flatMap(([name, value]) => (name.toLowerCase() === 'authorization' ? [value] : [])),
  )
}

/** graphql-ws has it in `extra`, which Nest puts in `req`; Mercurius' own protocol handler in the context itself. */
function connectionOf(gql: GraphqlContext): Connection | undefined {
  for (const place of [gql['req'], gql]) {
    if (!isObject(place) || !isObject(place['extra'])) continue
    const request = place['extra']['request']
    if (isRequest(request)) return { request, params: place['connectionParams'] }
  }
  return isRequest(gql['request']) && '_connectionInit' in gql
    ? { request: gql['request'], params: gql['_connectionInit'] }
    : undefined
}

function requestOf(gql: GraphqlContext): GraphqlRequest | undefined {
  const reply = gql['reply']
  return [gql['req'], gql['request'], isObject(reply) ? reply['request'] : undefined].find(isRequest)
}

function isRequest(value: unknown): value is GraphqlRequest {
  if (!isObject(value)) return false
  const raw = isObject(value['raw']) ? value['raw'] : value
  return isObject(raw['headers']) && Array.isArray(raw['rawHeaders'])
}

function isResponse(reply: Partial<HttpResponse> | undefined): reply is HttpResponse {
  return typeof reply?.header === 'function'
}

function nameOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${context.getHandler().name}`
}
