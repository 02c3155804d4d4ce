/** What a gateway can count on when its connections are guarded: its neighbours, its own hooks, its faults. */
import { HydraModule, Public, RequireToken, type HydraModuleOptions } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { describe, expect, test } from '@jest/globals'
import { WebSocketGateway } from '@nestjs/websockets'
import { startApp, type TestApp } from '../support/app.ts'
import {
  ConnectionRefused,
  connect,
  greet,
  socketKinds,
  useSockets,
  type SocketKind,
} from '../support/gateway-clients.ts'

const resourceServer = fakeResourceServer({ tokens: { alice: signedInAs({ subject: 'alice' }) } })

@WebSocketGateway()
@Public()
class LobbyGateway {
  handleConnection(client: object): void {
    greet(client)
  }
}

@WebSocketGateway()
@RequireToken()
class MembersGateway {
  handleConnection(client: object): void {
    greet(client)
  }
}

function start(
  kind: SocketKind,
  providers: (new () => object)[],
  options: Partial<HydraModuleOptions> = {},
): Promise<TestApp> {
  return startApp({
    imports: [HydraModule.forRoot({ resourceServer, ...options } as HydraModuleOptions)],
    providers,
    prepare: (app) => useSockets(app, kind),
  })
}

async function refusalOf(attempt: Promise<Disposable>): Promise<ConnectionRefused> {
  const outcome: unknown = await attempt.catch((error: unknown) => error)
  if (outcome instanceof ConnectionRefused) return outcome
  ;(outcome as Disposable)[Symbol.dispose]()
  throw new Error('The connection was accepted.')
}

const orders = [[LobbyGateway, MembersGateway] as const, [MembersGateway, LobbyGateway] as const]

describe.each(socketKinds)('%s', (kind) => {
  test.each(orders)('%p and %p share a server: the one that demands a token decides', async (...gateways) => {
    await using app = await start(kind, [...gateways])
    expect((await refusalOf(connect(kind, app.url))).refused.error).toBe('unauthorized')
    using _client = await connect(kind, app.url, 'alice')
  })

  test('afterInit of a gateway runs, with its server', async () => {
    const servers: object[] = []
    @WebSocketGateway()
    class InitGateway extends MembersGateway {
      afterInit(server: object): void {
        servers.push(server)
      }
    }
    await using _app = await start(kind, [InitGateway])
    expect(servers).toEqual([
      kind === 'ws' ? expect.objectContaining({ handleUpgrade: expect.anything() }) : expect.anything(),
    ])
  })

  test('a fault of the application closes the connection, and is not told to the client', async () => {
    const tenant = (): string => {
      throw new Error('relation "tenants" does not exist')
    }
    await using app = await start(kind, [MembersGateway], { tenant })
    const { refused, closeCode } = await refusalOf(connect(kind, app.url, 'alice'))
    expect(refused).toEqual({ error: 'server_error', message: 'The connection could not be judged.' })
    if (kind === 'ws') expect(closeCode).toBe(1011)
  })
})
