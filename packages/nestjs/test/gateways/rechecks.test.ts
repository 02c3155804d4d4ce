/** A connection whose messages are refused is judged again, and once at a time. */
import { HydraModule, type HydraModuleOptions, type ResourceServer } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { startApp } from '../support/app.ts'
import { connect, greet, socketKinds, useSockets } from '../support/gateway-clients.ts'

@WebSocketGateway()
class ChatGateway {
  handleConnection(client: object): void {
    greet(client)
  }

  @SubscribeMessage('say')
  say(): object {
    return { event: 'say', data: 'said' }
  }
}

test.each(socketKinds)('of two refused messages only the first starts a judgement, with %s', async (kind) => {
  const known = fakeResourceServer({ tokens: { alice: signedInAs({ subject: 'alice' }) } })
  /** Judgements that wait: each is told whether the token is still good. */
  const waiting: ((good: boolean) => void)[] = []
  let held = false
  const resourceServer: ResourceServer = {
    ...known,
    async authenticate(facts, rule) {
      const good = held ? await new Promise<boolean>((resolve) => waiting.push(resolve)) : true
      return known.authenticate(good ? facts : { ...facts, headers: {} }, rule)
    },
  }
  await using app = await startApp({
    imports: [HydraModule.forRoot({ resourceServer } as HydraModuleOptions)],
    providers: [ChatGateway],
    prepare: (nest) => useSockets(nest, kind),
  })
  using client = await connect(kind, app.url, 'alice')
  held = true
  const first = client.ask('say')
  await until(() => waiting.length === 1)
  waiting[0]?.(false)
  expect(await first).toMatchObject({ refused: { error: 'unauthorized' } })
  // The connection is being judged.
  await until(() => waiting.length === 2)
  const second = client.ask('say')
  await until(() => waiting.length === 3)
  waiting[2]?.(false)
  expect(await second).toMatchObject({ refused: { error: 'unauthorized' } })
  expect(waiting).toHaveLength(3)
  waiting[1]?.(false)
  expect((await client.closed).refused).toMatchObject({ error: 'unauthorized' })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
