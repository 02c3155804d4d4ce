/** Connections to gateways are judged before the gateway hears of them, and as long as they are open. */
import {
  CurrentToken,
  HydraModule,
  Public,
  RequireToken,
  Scopes,
  createResourceServer,
  handshakeOf,
  tokenOfSocket,
} from '@hydra-kit/nestjs'
import type { HydraModuleOptions, ResourceServer, VerifiedToken } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { ExecutionContext } from '@nestjs/common'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { io } from 'socket.io-client'
import { platforms, startApp, type Platform, type TestApp } from '../support/app.ts'
import {
  ConnectionRefused,
  connect,
  connectPlain,
  connectSocketIo,
  greet,
  socketKinds,
  useSockets,
  type SocketKind,
} from '../support/gateway-clients.ts'

const alice = signedInAs({ subject: 'alice', scopes: ['chat'] })
const bob = signedInAs({ subject: 'bob' })
const resourceServer = fakeResourceServer({ tokens: { alice, bob, outage: 'unavailable', old: 'expired' } })

/** A server of socket.io, as far as it is used here. */
interface SocketIoServer {
  use(middleware: (socket: EventEmitter, next: () => void) => void): unknown
  readonly engine: { on(event: 'connection', listener: (transport: EventEmitter) => void): unknown }
}

/** Who a gateway heard of. */
const heard: (string | undefined)[] = []

@WebSocketGateway()
@Scopes('chat')
class ChatGateway {
  handleConnection(client: object): void {
    heard.push(tokenOfSocket(client)?.subject)
    greet(client)
  }

  @SubscribeMessage('who')
  who(): object {
    return { event: 'who', data: 'chat' }
  }
}

@WebSocketGateway()
@Public()
class LobbyGateway {
  handleConnection(client: object): void {
    heard.push(tokenOfSocket(client)?.subject ?? 'anonymous')
    greet(client)
  }

  @SubscribeMessage('secret')
  @RequireToken()
  secret(@CurrentToken() token: VerifiedToken): object {
    return { event: 'secret', data: token.subject }
  }
}

interface GatewayAppOptions {
  readonly platform?: Platform
  readonly options?: Partial<HydraModuleOptions<never>>
}

function startGateway(kind: SocketKind, gateway: new () => object, given: GatewayAppOptions = {}): Promise<TestApp> {
  heard.length = 0
  const { platform = 'express', options } = given
  return startApp({
    platform,
    imports: [HydraModule.forRoot({ resourceServer, ...options } as HydraModuleOptions)],
    providers: [gateway],
    prepare: (app) => useSockets(app, kind),
  })
}

async function refusalOf(attempt: Promise<Disposable>): Promise<ConnectionRefused> {
  const outcome = await attempt.then(
    (client) => client,
    (error: unknown) => error,
  )
  if (outcome instanceof ConnectionRefused) return outcome
  if (typeof outcome === 'object' && outcome !== null && Symbol.dispose in outcome) {
    ;(outcome as Disposable)[Symbol.dispose]()
    throw new Error('The connection was accepted.')
  }
  throw outcome
}

const ways = platforms.flatMap((platform) => socketKinds.map((kind) => ({ platform, kind })))

describe.each(ways)('$kind, $platform', ({ platform, kind }) => {
  const refusals = [
    { token: undefined, error: 'unauthorized', code: 4401, challenge: 'Bearer scope="chat"' },
    { token: 'old', error: 'invalid_token', code: 4401, challenge: /^Bearer error="invalid_token"/ },
    { token: 'bob', error: 'insufficient_scope', code: 4403, challenge: /scope="chat"$/ },
    { token: 'bad token', error: 'invalid_token', code: 4401, challenge: /^Bearer error="invalid_token"/ },
    { token: 'outage', error: 'temporarily_unavailable', code: 1013, challenge: undefined },
  ]
  test.each(refusals)('refuses the connection: $token', async ({ token, error, code, challenge }) => {
    await using app = await startGateway(kind, ChatGateway, { platform })
    const { refused, closeCode } = await refusalOf(connect(kind, app.url, token))
    expect(refused).toMatchObject({ error, message: expect.any(String) })
    if (challenge === undefined) expect(refused).toMatchObject({ retryAfterSeconds: 2 })
    else expect(refused.challenge).toMatch(challenge)
    expect(refused).not.toHaveProperty('reason')
    if (kind === 'ws') expect(closeCode).toBe(code)
    expect(heard).toEqual([])
  })

  test('tells the gateway who connected', async () => {
    await using app = await startGateway(kind, ChatGateway, { platform })
    using _client = await connect(kind, app.url, 'alice')
    expect(heard).toEqual(['alice'])
  })

  test('@Public() on the class opens connections, and @RequireToken() still guards a message', async () => {
    await using app = await startGateway(kind, LobbyGateway, { platform })
    using stranger = await connect(kind, app.url)
    expect(await stranger.ask('secret')).toMatchObject({ refused: { status: 'error', error: 'unauthorized' } })
    using client = await connect(kind, app.url, 'alice')
    const reply = await client.ask('secret')
    expect(reply).toMatchObject({ answer: 'alice' })
    expect(heard).toEqual(['anonymous', 'anonymous'])
  })
})

describe.each(socketKinds)('%s', (kind) => {
  test('decorators of handleConnection replace those of the class', async () => {
    @WebSocketGateway()
    @Scopes('chat')
    class OpenDoorGateway {
      @RequireToken()
      handleConnection(client: object): void {
        heard.push(tokenOfSocket(client)?.subject)
        greet(client)
      }
    }
    await using app = await startGateway(kind, OpenDoorGateway)
    using _client = await connect(kind, app.url, 'bob')
    expect(heard).toEqual(['bob'])
    expect((await refusalOf(connect(kind, app.url))).refused.error).toBe('unauthorized')
  })

  test('a gateway without a decorator, without handleConnection, needs a token', async () => {
    @WebSocketGateway()
    class SilentGateway {}
    await using app = await startGateway(kind, SilentGateway)
    expect((await refusalOf(connect(kind, app.url))).refused.error).toBe('unauthorized')
  })

  test('a gateway with a port of its own is guarded from its first connection on', async () => {
    const port = await freePort()
    @WebSocketGateway(port)
    class OwnPortGateway extends ChatGateway {}
    let early: Promise<ConnectionRefused> | undefined
    // The port listens before the application does, and this module takes its time.
    class SlowModule {
      async onModuleInit(): Promise<void> {
        early = refusalOf(connect(kind, `http://127.0.0.1:${port}`))
        await early
      }
    }
    heard.length = 0
    const app = await startApp({
      imports: [HydraModule.forRoot({ resourceServer })],
      providers: [OwnPortGateway, SlowModule],
      prepare: (nest) => useSockets(nest, kind),
    })
    await using _app = app
    await early?.catch(() => undefined)
    expect(heard).toEqual([])
    using _client = await connect(kind, `http://127.0.0.1:${port}`, 'alice')
    expect(heard).toEqual(['alice'])
  })

  test('of gateways that share a server, each has a say', async () => {
    heard.length = 0
    await using app = await startApp({
      imports: [HydraModule.forRoot({ resourceServer })],
      providers: [LobbyGateway, ChatGateway],
      prepare: (nest) => useSockets(nest, kind),
    })
    expect((await refusalOf(connect(kind, app.url))).refused.error).toBe('unauthorized')
    expect(heard).toEqual([])
  })

  test('under guard: per-route, connections to an undecorated gateway are open', async () => {
    @WebSocketGateway()
    class OpenGateway {
      handleConnection(client: object): void {
        greet(client)
      }
      @SubscribeMessage('open')
      open(): object {
        return { event: 'open', data: 'everyone' }
      }
      @SubscribeMessage('secret')
      @RequireToken()
      secret(): object {
        return { event: 'secret', data: 'some' }
      }
    }
    await using app = await startGateway(kind, OpenGateway, { options: { guard: 'per-route' } as never })
    using client = await connect(kind, app.url)
    expect(await client.ask('open')).toMatchObject({ answer: 'everyone' })
    expect(await client.ask('secret')).toMatchObject({ refused: { error: 'unauthorized' } })
  })

  test('tenant sees the handshake', async () => {
    const tenants: (string | undefined)[] = []
    const tenant = (context: ExecutionContext): string | undefined => {
      tenants.push(handshakeOf(context.switchToWs().getClient())?.request.headers['x-tenant'] as string | undefined)
      return undefined
    }
    await using app = await startGateway(kind, ChatGateway, { options: { tenant } })
    const headers = { 'x-tenant': 'blue', authorization: 'Bearer alice' }
    using client = await (kind === 'ws'
      ? connectPlain(app.url, { headers })
      : connectSocketIo(app.url, { extraHeaders: headers }))
    await client.ask('who')
    expect(new Set(tenants)).toEqual(new Set(['blue']))
  })

  test('an open connection is told once why it is closed, and watched no longer', async () => {
    let good = true
    const judged = fakeResourceServer({ tokens: { alice } })
    const once: ResourceServer = {
      ...judged,
      authenticate: (facts, rule) => judged.authenticate(good ? facts : { ...facts, headers: {} }, rule),
    }
    const options = { resourceServer: once, websocket: { recheckSeconds: 1 } } as never
    await using app = await startGateway(kind, ChatGateway, { options })
    using client = await connect(kind, app.url, 'alice')
    good = false
    const { exceptions } = await client.closed
    expect(exceptions).toEqual([expect.objectContaining({ error: 'unauthorized' })])
  })

  test('a token in a place of the application', async () => {
    const tokenFrom = ({ request }: { request: { headers: { [name: string]: unknown } } }): string | undefined =>
      (request.headers['x-token'] as string | undefined) ?? undefined
    await using app = await startGateway(kind, ChatGateway, { options: { websocket: { tokenFrom } } as never })
    const headers = { 'x-token': 'alice' }
    using _client = await (kind === 'ws'
      ? connectPlain(app.url, { headers })
      : connectSocketIo(app.url, { extraHeaders: headers }))
    expect(heard).toEqual(['alice'])
    // The usual place is no place any more.
    expect((await refusalOf(connect(kind, app.url, 'alice'))).refused.error).toBe('unauthorized')
  })
})

describe('socket.io', () => {
  test.each(['alice', 'Bearer alice'])('auth.token: %s', async (token) => {
    await using app = await startGateway('socket.io', ChatGateway)
    using _client = await connectSocketIo(app.url, { auth: { token } })
    expect(heard).toEqual(['alice'])
  })

  test('by polling', async () => {
    await using app = await startGateway('socket.io', ChatGateway)
    using _client = await connectSocketIo(app.url, { auth: { token: 'alice' }, transports: ['polling'] })
    expect(heard).toEqual(['alice'])
  })

  const bad: [string, object][] = [
    ['two places', { auth: { token: 'alice' }, extraHeaders: { authorization: 'Bearer alice' } }],
    ['no text', { auth: { token: { toString: 'alice' } } }],
    ['empty', { auth: { token: '' } }],
  ]
  test.each(bad)('a token in %s is an invalid request', async (_what, options) => {
    await using app = await startGateway('socket.io', ChatGateway)
    expect((await refusalOf(connectSocketIo(app.url, options))).refused.error).toBe('invalid_request')
  })

  test('each namespace is judged by its own gateway', async () => {
    @WebSocketGateway({ namespace: 'chat' })
    class NamespaceGateway extends ChatGateway {}
    await using app = await startApp({
      imports: [HydraModule.forRoot({ resourceServer })],
      providers: [NamespaceGateway, LobbyGateway],
      prepare: (nest) => useSockets(nest, 'socket.io'),
    })
    using _lobby = await connectSocketIo(app.url)
    expect((await refusalOf(connectSocketIo(`${app.url}/chat`))).refused.error).toBe('unauthorized')
    using _chat = await connectSocketIo(`${app.url}/chat`, { auth: { token: 'alice' } })
  })

  test('a token that expires while middleware of the application keeps the client waiting', async () => {
    let good = true
    const short = signedInAs({ subject: 'alice', scopes: ['chat'], expiresAt: new Date() })
    const until: ResourceServer = {
      ...fakeResourceServer({ tokens: { short } }),
      authenticate: (facts) => fakeResourceServer({ tokens: { short: good ? short : 'expired' } }).authenticate(facts),
    }
    @WebSocketGateway()
    class SlowGateway extends ChatGateway {
      afterInit(server: SocketIoServer): void {
        server.use((_socket, next) => {
          // As long as it takes an expired token to be judged again.
          setTimeout(() => {
            good = false
            next()
          }, 1100)
        })
      }
    }
    await using app = await startGateway('socket.io', SlowGateway, { options: { resourceServer: until } as never })
    using client = await connectSocketIo(app.url, { auth: { token: 'short' } })
    expect((await client.closed).refused).toMatchObject({ error: 'invalid_token' })
  })

  test('nothing is kept of a client that hangs up while its token is judged', async () => {
    const moments = new EventEmitter()
    const [asked, answered, hungUp, judged] = ['asked', 'answered', 'hung up', 'judged'].map((it) => once(moments, it))
    const fake = fakeResourceServer({ tokens: { alice } })
    const slow: ResourceServer = {
      ...fake,
      async authenticate(facts) {
        moments.emit('asked')
        await answered
        return fake.authenticate(facts)
      },
    }
    @WebSocketGateway()
    class PatientGateway extends ChatGateway {
      afterInit(server: SocketIoServer): void {
        server.use((socket, next) => {
          moments.emit('judged', socket)
          next()
        })
        server.engine.on('connection', (transport) => {
          transport.on('close', () => moments.emit('hung up'))
        })
      }
    }
    await using app = await startGateway('socket.io', PatientGateway, { options: { resourceServer: slow } as never })
    const client = io(app.url, { transports: ['websocket'], reconnection: false, auth: { token: 'alice' } })
    await asked
    client.disconnect()
    await hungUp
    moments.emit('answered')
    const [socket] = (await judged) as [EventEmitter]
    expect(socket.listenerCount('disconnect')).toBe(0)
    expect(heard).toEqual([])
  })

  test('recovered connections that skip middleware are refused at start', async () => {
    @WebSocketGateway({ connectionStateRecovery: {} } as object)
    class RecoveringGateway extends ChatGateway {}
    await expect(startGateway('socket.io', RecoveringGateway)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      message: expect.stringMatching(/RecoveringGateway.*skipMiddlewares: false/),
    })
  })
})

test('ws: a token in Sec-WebSocket-Protocol, for browsers', async () => {
  const tokenFrom = ({ request }: { request: { headers: { [name: string]: unknown } } }): string | undefined =>
    /bearer\.([^, ]+)/.exec(String(request.headers['sec-websocket-protocol']))?.[1]
  await using app = await startGateway('ws', ChatGateway, { options: { websocket: { tokenFrom } } as never })
  using _client = await connectPlain(app.url, { protocols: ['chat', 'bearer.alice'] })
  expect(heard).toEqual(['alice'])
})

test('a WebSocket adapter that cannot be guarded is refused at start', async () => {
  class OtherAdapter {
    create(): object {
      return { on: () => undefined }
    }
    bindClientConnect(): void {}
    bindMessageHandlers(): void {}
    close(): void {}
    dispose(): void {}
  }
  const start = startApp({
    imports: [HydraModule.forRoot({ resourceServer })],
    providers: [ChatGateway],
    prepare: (app) => void app.useWebSocketAdapter(new OtherAdapter() as never),
  })
  await expect(start).rejects.toMatchObject({
    code: 'ERR_OPTIONS',
    message: expect.stringMatching(/ChatGateway.*@nestjs\/platform-socket.io or @nestjs\/platform-ws/),
  })
})

describe('open connections', () => {
  let hydra: EmbeddedHydra
  let real: ResourceServer
  beforeAll(async () => {
    hydra = await startHydra()
    const { issuer, adminUrl, now } = hydra
    real = createResourceServer({
      issuer,
      adminUrl,
      audience: null,
      now,
      clockToleranceSeconds: 0,
      cache: { maxAgeSeconds: 1 },
    })
  })
  afterAll(async () => {
    await real.close()
    await hydra.stop()
  })

  describe.each(socketKinds)('%s', (kind) => {
    beforeEach(() => hydra.clock.reset())

    test('a message is judged by the clock of its time', async () => {
      await using app = await startGateway(kind, ChatGateway, { options: { resourceServer: real } as never })
      const token = await hydra.mint.accessToken({ format: 'jwt', scope: 'chat', expiresInSeconds: 3600 })
      using client = await connect(kind, app.url, token)
      expect(await client.ask('who')).toMatchObject({ answer: 'chat' })
      hydra.clock.advance('3601s')
      expect(await client.ask('who')).toMatchObject({ refused: { error: 'invalid_token' } })
      // And whoever was refused must not go on listening.
      expect(await client.closed).toMatchObject(kind === 'ws' ? { code: 4401 } : {})
    })

    test('a client that only listens is cut off when its token expires', async () => {
      await using app = await startGateway(kind, ChatGateway, { options: { resourceServer: real } as never })
      const token = await hydra.mint.accessToken({ format: 'jwt', scope: 'chat', expiresInSeconds: 2 })
      using client = await connect(kind, app.url, token)
      const { code, refused } = await client.closed
      expect(refused).toMatchObject({ error: 'invalid_token' })
      if (kind === 'ws') expect(code).toBe(4401)
    })

    test('and when it is revoked', async () => {
      const options = { resourceServer: real, websocket: { recheckSeconds: 1 } } as never
      await using app = await startGateway(kind, ChatGateway, { options })
      const token = await hydra.mint.accessToken({ format: 'opaque', scope: 'chat', clientId: 'listener' })
      using client = await connect(kind, app.url, token)
      await fetch(`${hydra.adminUrl}/admin/oauth2/tokens?client_id=listener`, { method: 'DELETE' })
      expect((await client.closed).refused).toMatchObject({ error: 'invalid_token' })
    })
  })
})

/** A port that nobody listens on: Nest takes 0 for the port of the application. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
