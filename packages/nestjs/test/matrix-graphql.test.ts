/** Decorators × queries, mutations and subscriptions, on Apollo and Mercurius. */
import { CurrentToken, HydraModule } from '@hydra-kit/nestjs'
import { Mutation, Query, Resolver, Subscription } from '@nestjs/graphql'
import { engines, resultsOf, startGraphql, type GraphqlApp, type GraphqlResult } from './support/graphql-app.ts'
import { Guarded, operations, testMatrix, type Channel, type Operation, type Outcome } from './support/matrix.ts'
import { statusOfError } from './support/refusal-status.ts'

type Token = { readonly subject?: string } | undefined

/** In one schema, operations of each kind have names of their own. */
const kinds = {
  query: { mount: Query, name: (operation: Operation) => operation },
  mutation: { mount: Mutation, name: (operation: Operation) => `${operation}Mutation` },
  subscription: { mount: Subscription, name: (operation: Operation) => `${operation}Subscription` },
} as const
type Kind = keyof typeof kinds

/** A resolver with every operation of each kind. */
function resolverOf(): new () => object {
  class Operations {}
  for (const kind of Object.keys(kinds) as Kind[]) {
    for (const operation of operations) {
      const name = kinds[kind].name(operation)
      const method = {
        [name]: (token: Token) => {
          const who = token?.subject ?? 'anonymous'
          return kind === 'subscription' ? once({ [name]: who }) : who
        },
      }[name]
      Object.defineProperty(Operations.prototype, name, { value: method, configurable: true, writable: true })
      const descriptor = Object.getOwnPropertyDescriptor(Operations.prototype, name) as PropertyDescriptor
      CurrentToken()(Operations.prototype, name, 0)
      kinds[kind].mount(() => String)(Operations.prototype, name, descriptor)
      Guarded(operation)(Operations.prototype, name, descriptor)
    }
  }
  Resolver()(Operations)
  return Operations
}

async function* once(payload: object): AsyncGenerator<object> {
  yield payload
}

async function ask(app: GraphqlApp, kind: Kind, name: string, token: string | undefined): Promise<GraphqlResult> {
  if (kind !== 'subscription') return app.ask(`${kind} { ${name} }`, token)
  const client = app.subscriber(token === undefined ? undefined : { Authorization: `Bearer ${token}` })
  try {
    for await (const result of resultsOf(client, `subscription { ${name} }`)) return result
    throw new Error('The subscription ended without a result.')
  } catch (error) {
    // Refused as a whole: the message of the protocol is a list of errors.
    if (Array.isArray(error)) return { errors: error as NonNullable<GraphqlResult['errors']> }
    throw error
  } finally {
    await client.dispose()
  }
}

const channels = engines.flatMap((engine) =>
  (Object.keys(kinds) as Kind[]).map((kind): Channel => ({
    name: `GraphQL ${kind}, ${engine}`,
    async start(resourceServer) {
      const imports = [HydraModule.forRoot({ resourceServer })]
      const app = await startGraphql(engine, { imports, providers: [resolverOf()] })
      return {
        async attempt(operation, token): Promise<Outcome> {
          const name = kinds[kind].name(operation)
          const { data, errors } = await ask(app, kind, name, token)
          if (errors === undefined) return { who: data?.[name] as string }
          const { error, challenge, retryAfterSeconds } = errors[0]?.extensions ?? {}
          return { status: statusOfError(error), error, challenge, retryAfter: retryAfterSeconds?.toString() }
        },
        [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
      }
    },
  })),
)

testMatrix(channels)
