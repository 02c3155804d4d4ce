/** Messages of microservices, on every transport. */
import type { HttpAnswer } from '@hydra-kit/resource-server'
import type { ExecutionContext } from '@nestjs/common'
import { isObject } from '../is-object.ts'
import { notSetUp } from '../not-set-up.ts'
import type { ContextAdapter } from './context-adapter.ts'
import { loadRpcException } from './nest-exceptions.ts'
import { refusalFacts } from './refusal-facts.ts'
import { isGrpcMetadata, messageAuthorization, type GrpcMetadata } from './rpc-authorization.ts'
import { factsOfAuthorization, factsOfToken } from './token-facts.ts'

/** https://grpc.io/docs/guides/status-codes/ */
const grpcCodes: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 503: 14 }

/**
 * What stands for a message: of a transport of the application, both its context (that of a connection, say) and its
 * payload (sent to several, say) may be the same object in several messages. Held as long as both of them.
 */
const messages = new WeakMap<object, WeakMap<object, object>>()

export const rpcContext: ContextAdapter = {
  type: 'rpc',
  factsOf(context, { rpc }) {
    const [data, transport] = context.getArgs<[unknown, unknown]>()
    if (rpc.tokenFrom !== undefined) return factsOfToken(rpc.tokenFrom({ data, context: transport }))
    return factsOfAuthorization(messageAuthorization(transport))
  },
  carrierOf(context) {
    const [data, transport] = context.getArgs<[unknown, unknown]>()
    if (isObject(transport)) return isObject(data) ? messageOf(transport, data) : transport
    if (isObject(data)) return data
    throw notSetUp(
      `${context.getClass().name}.${context.getHandler().name} gets neither a context nor an object, so its token cannot be remembered.`,
      'Let the transport hand over a context with each message.',
    )
  },
  isPerCall: true,
  async refusal(error, answer, context) {
    const RpcException = await loadRpcException()
    const exception = new RpcException({ status: 'error', ...refusalFacts(answer), ...grpcFacts(answer, context) })
    return Object.assign(exception, { cause: error })
  },
}

function messageOf(transport: object, data: object): object {
  const known = messages.get(transport) ?? new WeakMap<object, object>()
  messages.set(transport, known)
  const message = known.get(data) ?? {}
  known.set(data, message)
  return message
}

/** gRPC has numbers for it, and trailing metadata for what HTTP says in header fields. */
function grpcFacts({ status, headers }: HttpAnswer, context: ExecutionContext): object {
  const metadata = context.getArgByIndex<unknown>(1)
  if (!isGrpcMetadata(metadata)) return {}
  const trailing = new (metadata.constructor as new () => GrpcMetadata)()
  for (const [name, value] of Object.entries(headers)) trailing.set(name, value)
  return { code: grpcCodes[status], metadata: trailing }
}
