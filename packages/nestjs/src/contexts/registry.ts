/** The kinds of execution context that the guard knows. */
import type { ExecutionContext } from '@nestjs/common'
import { notSetUp } from '../not-set-up.ts'
import type { ContextAdapter } from './context-adapter.ts'
import { graphqlContext } from './graphql.ts'
import { httpContext } from './http.ts'
import { rpcContext } from './rpc.ts'
import { websocketContext } from './websocket.ts'

const adapters: ReadonlyMap<string, ContextAdapter> = new Map(
  [httpContext, graphqlContext, websocketContext, rpcContext].map((adapter) => [adapter.type, adapter]),
)

/**
 * The adapter of a context.
 *
 * @throws Error `ERR_HYDRA_AUTH_MISSING` for a kind that is not known: nobody could say who calls, so nobody may.
 */
export function adapterOf(context: ExecutionContext): ContextAdapter {
  const type = context.getType<string>()
  const adapter = adapters.get(type)
  if (adapter !== undefined) return adapter
  throw notSetUp(
    `${context.getClass().name}.${context.getHandler().name} runs in a context of type ${JSON.stringify(type)}, in which @hydra-kit/nestjs cannot find a token.`,
    'Put @Public() on it if everyone may call it, and guard it by other means.',
  )
}
