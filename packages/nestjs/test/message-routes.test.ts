/** The list of routes also has what is called otherwise than by plain HTTP. */
import { HydraModule, HydraRoutes, Public, RequireToken, Scopes, type GuardMode } from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Controller } from '@nestjs/common'
import { Mutation, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql'
import { EventPattern, MessagePattern } from '@nestjs/microservices'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { startApp, type TestApp } from './support/app.ts'

@WebSocketGateway()
@Scopes('chat')
class Chat {
  @SubscribeMessage('say')
  say(): void {}
  @SubscribeMessage('ping')
  @Public()
  ping(): void {}
}

@WebSocketGateway()
class Lobby {
  @RequireToken()
  handleConnection(): void {}
}

@Controller()
class Jobs {
  @MessagePattern({ cmd: 'run' })
  @Scopes('jobs')
  run(): void {}
  @EventPattern('note')
  note(_data: unknown): void {}
}

@Resolver()
class Photos {
  @Query(() => String)
  @Scopes('photos.read')
  photo(): string {
    return ''
  }
  @Mutation(() => String, { name: 'addPhoto' })
  add(): string {
    return ''
  }
  @Subscription(() => String)
  added(): void {}
  @ResolveField(() => String)
  size(): void {}
  @ResolveField(() => String)
  @Scopes('photos.read')
  place(): void {}
}

function start(settings: { routes?: 'enforce'; guard?: GuardMode } = {}): Promise<TestApp> {
  const hydra = HydraModule.forRoot({ resourceServer: fakeResourceServer({ tokens: {} }), ...settings })
  return startApp({ imports: [hydra], providers: [Chat, Lobby, Photos], controllers: [Jobs] })
}

test('lists connections, messages, events and operations with their rules', async () => {
  await using app = await start()
  const token = { annotated: false, access: 'token' }
  const scopes = (scope: string): object => ({ annotated: true, access: 'token', scopes: [scope] })
  expect(app.app.get(HydraRoutes).list()).toEqual([
    { type: 'ws', method: 'connect', path: '', handler: 'Chat.handleConnection', ...scopes('chat') },
    {
      type: 'ws',
      method: 'connect',
      path: '',
      handler: 'Lobby.handleConnection',
      annotated: true,
      access: 'token',
    },
    { type: 'ws', method: 'message', path: 'say', handler: 'Chat.say', ...scopes('chat') },
    { type: 'ws', method: 'message', path: 'ping', handler: 'Chat.ping', annotated: true, access: 'public' },
    { type: 'rpc', method: 'message', path: '{"cmd":"run"}', handler: 'Jobs.run', ...scopes('jobs') },
    { type: 'rpc', method: 'event', path: 'note', handler: 'Jobs.note', ...token },
    { type: 'graphql', method: 'query', path: 'photo', handler: 'Photos.photo', ...scopes('photos.read') },
    { type: 'graphql', method: 'mutation', path: 'addPhoto', handler: 'Photos.add', ...token },
    { type: 'graphql', method: 'subscription', path: 'added', handler: 'Photos.added', ...token },
    { type: 'graphql', method: 'field', path: 'place', handler: 'Photos.place', ...scopes('photos.read') },
  ])
})

test('under guard: per-route, what no decorator guards is open', async () => {
  await using app = await start({ guard: 'per-route' })
  const open = app.app
    .get(HydraRoutes)
    .list()
    .filter(({ access }) => access === 'open')
  expect(open.map(({ handler }) => handler)).toEqual(['Jobs.note', 'Photos.add', 'Photos.added'])
})

test('routes: enforce refuses to start with an undecorated handler', async () => {
  await expect(start({ routes: 'enforce' })).rejects.toMatchObject({
    code: 'ERR_OPTIONS',
    message: expect.stringMatching(/event note \(Jobs.note\).*mutation addPhoto \(Photos.add\)/),
  })
})
