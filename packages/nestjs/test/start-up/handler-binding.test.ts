/** What `APP_GUARD` alone leaves open, the start of the application closes. */
import { HydraGuard, HydraModule, Public, RequireToken, tokenOf } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Controller, Get, Injectable, Scope, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ClientProxyFactory, EventPattern, MessagePattern, Transport } from '@nestjs/microservices'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import type { AddressInfo, Server } from 'node:net'
import { firstValueFrom } from 'rxjs'
import { startApp } from '../support/app.ts'
import { connect, greet, socketKinds, useSockets } from '../support/gateway-clients.ts'
import { startHybrid } from '../support/microservice.ts'

const alice = signedInAs({ subject: 'alice', scopes: ['chat'] })
const resourceServer = fakeResourceServer({ tokens: { alice } })
const rpc = {
  tokenFrom: ({ data }: { data: unknown }): string | undefined => (data as { token?: string }).token,
}
const hydra = HydraModule.forRoot({ resourceServer, rpc })
const refused = { status: 'error', error: 'unauthorized', challenge: 'Bearer' }

/** Events that reached a handler. */
const seen: unknown[] = []
afterEach(() => void seen.splice(0))

@Controller()
class Jobs {
  @MessagePattern('run')
  run(): string {
    return 'done'
  }

  @EventPattern('note')
  note(data: unknown): void {
    seen.push(data)
  }

  @MessagePattern('open')
  @Public()
  open(): string {
    return 'open'
  }

  @Get('jobs')
  list(): string {
    return 'jobs'
  }
}

describe.each([undefined, false, true])('connectMicroservice, inheritAppConfig %s', (inheritAppConfig) => {
  test('guards messages and events without a decorator', async () => {
    const inherit = inheritAppConfig === undefined ? {} : { inheritAppConfig }
    await using hybrid = await startHybrid({ imports: [hydra], controllers: [Jobs], ...inherit })
    await expect(hybrid.send('run', {})).rejects.toMatchObject(refused)
    expect(await hybrid.send('run', { token: 'alice' })).toBe('done')
    expect(await hybrid.send('open', {})).toBe('open')
    await hybrid.emit('note', {})
    await hybrid.emit('note', { token: 'alice' })
    // In order on one connection: when the answer is here, both events were judged.
    await hybrid.send('open', {})
    await expect(hybrid.send('run', {})).rejects.toMatchObject(refused)
    expect(seen).toEqual([{ token: 'alice' }])
    expect((await hybrid.call('/jobs')).status).toBe(401)
    expect((await hybrid.call('/jobs', 'alice')).body).toBe('jobs')
  })
})

test('guards handlers of controllers that are made for each request', async () => {
  @Controller({ scope: Scope.REQUEST })
  class RequestJobs extends Jobs {}
  await using hybrid = await startHybrid({ imports: [hydra], controllers: [RequestJobs] })
  await expect(hybrid.send('run', {})).rejects.toMatchObject(refused)
  expect(await hybrid.send('run', { token: 'alice' })).toBe('done')
})

test('guards a microservice that stands alone', async () => {
  const app = await NestFactory.createMicroservice(
    { module: class Root {}, imports: [hydra], controllers: [Jobs] },
    { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 }, logger: false },
  )
  try {
    await app.listen()
    const server = (app as unknown as { unwrap(): Server }).unwrap()
    const { port } = server.address() as AddressInfo
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host: '127.0.0.1', port } })
    await expect(firstValueFrom(client.send('run', {}))).rejects.toMatchObject(refused)
    expect(await firstValueFrom(client.send('run', { token: 'alice' }))).toBe('done')
    await client.close()
  } finally {
    await app.close()
  }
})

@WebSocketGateway()
class OpenDoor {
  @Public()
  handleConnection(client: object): void {
    greet(client)
  }

  @SubscribeMessage('run')
  run(): object {
    return { event: 'run', data: 'done' }
  }
}

describe.each(socketKinds)('gateways with %s', (kind) => {
  test('guards messages without a decorator', async () => {
    await using app = await startApp({
      imports: [hydra],
      providers: [OpenDoor],
      prepare: (nest) => useSockets(nest, kind),
    })
    using stranger = await connect(kind, app.url)
    expect(await stranger.ask('run')).toMatchObject({ refused })
    using client = await connect(kind, app.url, 'alice')
    expect(await client.ask('run')).toEqual({ answer: 'done' })
  })

  test('in front of guards of the application, which can ask for the token', async () => {
    @Injectable()
    class OnlyAlice implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return tokenOf(context)?.subject === 'alice'
      }
    }
    @WebSocketGateway()
    @UseGuards(OnlyAlice)
    class Guarded extends OpenDoor {}
    await using app = await startApp({
      imports: [hydra],
      providers: [Guarded],
      prepare: (nest) => useSockets(nest, kind),
    })
    using client = await connect(kind, app.url, 'alice')
    expect(await client.ask('run')).toEqual({ answer: 'done' })
    using stranger = await connect(kind, app.url)
    expect(await stranger.ask('run')).toMatchObject({ refused })
  })

  test('a test puts another guard in its place, for connections too', async () => {
    @WebSocketGateway()
    class Closed {
      handleConnection(client: object): void {
        greet(client)
      }
      @SubscribeMessage('run')
      @RequireToken()
      run(): object {
        return { event: 'run', data: 'done' }
      }
    }
    const contexts: string[] = []
    const canActivate = (context: ExecutionContext): boolean => contexts.push(context.getHandler().name) > 0
    await using app = await startApp({
      imports: [hydra],
      providers: [Closed],
      override: (builder) => builder.overrideProvider(HydraGuard).useValue({ canActivate }),
      prepare: (nest) => useSockets(nest, kind),
    })
    using client = await connect(kind, app.url)
    expect(await client.ask('run')).toEqual({ answer: 'done' })
    expect(new Set(contexts)).toEqual(new Set(['handleConnection', 'run']))
  })

  test('what was bound for one application changes nothing in another', async () => {
    @WebSocketGateway()
    class Shared {
      handleConnection(client: object): void {
        greet(client)
      }
      @SubscribeMessage('run')
      run(): object {
        return { event: 'run', data: 'done' }
      }
    }
    const prepare = (nest: never): void => useSockets(nest, kind)
    await using _guarded = await startApp({ imports: [hydra], providers: [Shared], prepare: prepare as never })
    await using plain = await startApp({ providers: [Shared], prepare: prepare as never })
    using client = await connect(kind, plain.url)
    expect(await client.ask('run')).toEqual({ answer: 'done' })
    const perRoute = HydraModule.forRoot({ resourceServer, guard: 'per-route' })
    await using other = await startApp({ imports: [perRoute], providers: [Shared], prepare: prepare as never })
    using visitor = await connect(kind, other.url)
    expect(await visitor.ask('run')).toEqual({ answer: 'done' })
  })
})

test('an application context without any server starts and stops', async () => {
  const app = await NestFactory.createApplicationContext(
    { module: class Root {}, imports: [hydra], providers: [OpenDoor], controllers: [Jobs] },
    { logger: false },
  )
  expect(app.get(OpenDoor)).toBeInstanceOf(OpenDoor)
  await app.close()
})
