/** Messages of microservices, on every transport. */
import type { HttpAnswer } from '@hydra-kit/resource-server'
import type { ExecutionContext } from '@nestjs/common'
import { notSetUp } from '../not-set-up.ts'
import type { ContextAdapter } from './context-adapter.ts'
import { loadRpcException } from './nest-exceptions.ts'
import { refusalFacts } from './refusal-facts.ts'
import { isGrpcMetadata, messageAuthorization, type GrpcMetadata } from './rpc-authorization.ts'
import { factsOfAuthorization, factsOfToken } from './token-facts.ts'

/** https://grpc.io/docs/guides/status-codes/ */
const grpcCodes: Readonly<Record<number, number>> = { 400: 3, 401: 16, 403: 7, 503: 14 }

export const rpcContext: ContextAdapter = {
  type: 'rpc',
  factsOf(context, { rpc }) {
    const [data, transport] = context.getArgs<[unknown, unknown]>()
    if (rpc.tokenFrom !== undefined) return factsOfToken(rpc.tokenFrom({ data, context: transport }))
    return factsOfAuthorization(messageAuthorization(transport))
  },
  carrierOf(context) {
    const [data, transport] = context.getArgs<[unknown, unknown]>()
    const carrier = [transport, data].find((value) => typeof value === 'object' && value !== null)
    if (carrier !== undefined) return carrier as object
    throw notSetUp(
      `${context.getClass().name}.${context.getHandler().name} gets neither a context nor an object, so its token cannot be remembered.`,
      'Let the transport hand over a context with each message.',
    )
  },
  async refusal(error, answer, context) {
    const RpcException = await loadRpcException()
    const exception = new RpcException({ status: 'error', ...refusalFacts(answer), ...grpcFacts(answer, context) })
    return Object.assign(exception, { cause: error })
  },
}

/** gRPC has numbers for it, and trailing metadata for what HTTP says in header fields. */
function grpcFacts({ status, headers }: HttpAnswer, context: ExecutionContext): object {
  const metadata = context.getArgByIndex<unknown>(1)
  if (!isGrpcMetadata(metadata)) return {}
  const trailing = new (metadata.constructor as new () => GrpcMetadata)()
  for (const [name, value] of Object.entries(headers)) trailing.set(name, value)
  return { code: grpcCodes[status], metadata: trailing }
}
