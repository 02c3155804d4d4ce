/** Decorators × messages of WebSocket gateways, with socket.io and ws on both HTTP adapters. */
import { CurrentToken, HydraModule, Public } from '@hydra-kit/nestjs'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { platforms, startApp } from './support/app.ts'
import { connect, greet, socketKinds, useSockets, type SocketKind } from './support/gateway-clients.ts'
import { Guarded, operations, testMatrix, type Channel } from './support/matrix.ts'
import { statusOfError } from './support/refusal-status.ts'

type Token = { readonly subject?: string } | undefined

/** A gateway with a message for each operation. Anyone may connect, so that each message is judged on its own. */
function gatewayOf(kind: SocketKind): new () => object {
  class Operations {
    handleConnection(client: object): void {
      greet(client)
    }
  }
  const connection = Object.getOwnPropertyDescriptor(Operations.prototype, 'handleConnection') as PropertyDescriptor
  Public()(Operations.prototype, 'handleConnection', connection)
  for (const operation of operations) {
    const method = {
      [operation]: (token: Token) => {
        const who = token?.subject ?? 'anonymous'
        return kind === 'ws' ? { event: operation, data: who } : who
      },
    }[operation]
    Object.defineProperty(Operations.prototype, operation, { value: method, configurable: true, writable: true })
    const descriptor = Object.getOwnPropertyDescriptor(Operations.prototype, operation) as PropertyDescriptor
    CurrentToken()(Operations.prototype, operation, 0)
    SubscribeMessage(operation)(Operations.prototype, operation, descriptor)
    Guarded(operation)(Operations.prototype, operation, descriptor)
  }
  WebSocketGateway()(Operations)
  return Operations
}

const channels = platforms.flatMap((platform) =>
  socketKinds.map((kind): Channel => ({
    name: `gateway ${kind}, ${platform}`,
    async start(resourceServer) {
      const app = await startApp({
        platform,
        imports: [HydraModule.forRoot({ resourceServer })],
        providers: [gatewayOf(kind)],
        prepare: (nest) => useSockets(nest, kind),
      })
      return {
        async attempt(operation, token) {
          using client = await connect(kind, app.url, token)
          const reply = await client.ask(operation)
          if ('answer' in reply) return { who: reply.answer as string }
          const { error, challenge, retryAfterSeconds } = reply.refused
          return { status: statusOfError(error), error, challenge, retryAfter: retryAfterSeconds?.toString() }
        },
        [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
      }
    },
  })),
)

testMatrix(channels)
