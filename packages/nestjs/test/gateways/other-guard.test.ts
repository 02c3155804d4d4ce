import { HydraGuard, HydraModule } from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { WebSocketGateway } from '@nestjs/websockets'
import { startApp } from '../support/app.ts'
import { connect, greet, socketKinds, useSockets } from '../support/gateway-clients.ts'

test.each(socketKinds)(
  'a guard in the place of ours that says no without throwing refuses connections of %s',
  async (kind) => {
    const heard: object[] = []
    @WebSocketGateway()
    class ChatGateway {
      handleConnection(client: object): void {
        heard.push(client)
        greet(client)
      }
    }
    await using app = await startApp({
      imports: [HydraModule.forRoot({ resourceServer: fakeResourceServer({ tokens: {} }) })],
      providers: [ChatGateway],
      override: (builder) => builder.overrideProvider(HydraGuard).useValue({ canActivate: () => false }),
      prepare: (nest) => useSockets(nest, kind),
    })
    await expect(connect(kind, app.url)).rejects.toMatchObject({ refused: { error: 'server_error' } })
    expect(heard).toEqual([])
  },
)
