/** Applications with GraphQL, on every engine and HTTP adapter, and clients for them. */
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { GraphQLModule } from '@nestjs/graphql'
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius'
import type { DynamicModule } from '@nestjs/common'
import { createClient, type Client } from 'graphql-ws'
import { WebSocket } from 'ws'
import { startApp, type AppOptions, type Platform, type TestApp } from './app.ts'

export const engines = ['Apollo on express', 'Apollo on fastify', 'Mercurius'] as const
export type Engine = (typeof engines)[number]

/** The GraphQL error of a client. */
export interface GraphqlFailure {
  readonly message: string
  readonly extensions: {
    readonly code?: string
    readonly error?: string
    readonly scope?: string
    readonly challenge?: string
    readonly retryAfterSeconds?: number
  } & Readonly<Record<string, unknown>>
}

export interface GraphqlResult {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly GraphqlFailure[]
}

/** Options of `GraphQLModule` that all engines have. */
export interface GraphqlExtras {
  readonly fieldResolverEnhancers?: ('guards' | 'filters' | 'interceptors')[]
  /** Apollo only: let errors set the status of the answer. */
  readonly preserveHttpStatusForExecutionErrors?: boolean
  readonly context?: (...args: never[]) => unknown
}

export function graphqlModule(engine: Engine, extras: GraphqlExtras = {}): DynamicModule {
  const options = { autoSchemaFile: true, ...extras }
  if (engine === 'Mercurius') {
    return GraphQLModule.forRoot<MercuriusDriverConfig>({
      ...(options as MercuriusDriverConfig),
      driver: MercuriusDriver,
      subscription: { fullWsTransport: true },
    })
  }
  return GraphQLModule.forRoot<ApolloDriverConfig>({
    ...(options as ApolloDriverConfig),
    driver: ApolloDriver,
    subscriptions: { 'graphql-ws': true },
  })
}

export function platformOf(engine: Engine): Platform {
  return engine === 'Apollo on express' ? 'express' : 'fastify'
}

export interface GraphqlApp extends TestApp {
  /** One operation over HTTP. */
  ask(query: string, token?: string): Promise<GraphqlResult & { readonly status: number; readonly headers: Headers }>
  /** A client of the graphql-transport-ws protocol, with these `connectionParams` and upgrade headers. */
  subscriber(params?: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Client
}

export async function startGraphql(engine: Engine, options: AppOptions, extras?: GraphqlExtras): Promise<GraphqlApp> {
  const imports = [...(options.imports ?? []), graphqlModule(engine, extras)]
  const app = await startApp({ ...options, imports, platform: platformOf(engine) })
  return {
    ...app,
    async ask(query, token) {
      const { status, headers, body } = await app.call('/graphql', token, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      })
      return { status, headers, ...(JSON.parse(body) as GraphqlResult) }
    },
    subscriber: (connectionParams, headers = {}) =>
      createClient({
        url: `${app.url.replace('http', 'ws')}/graphql`,
        retryAttempts: 0,
        ...(connectionParams !== undefined && { connectionParams }),
        webSocketImpl: class extends WebSocket {
          constructor(url: string, protocols: string[]) {
            super(url, protocols, { headers })
          }
        },
      }),
  }
}

/** The results of a subscription, until it is over. */
export function resultsOf(client: Client, query: string): AsyncIterableIterator<GraphqlResult> {
  return client.iterate({ query }) as unknown as AsyncIterableIterator<GraphqlResult>
}
