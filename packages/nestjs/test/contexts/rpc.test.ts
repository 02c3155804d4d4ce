/** Where each transport carries its token, and how refusals are said. The pipeline is Nest's; only the wire is missing. */
import { CurrentToken, HydraModule, Scopes, type HydraModuleOptions } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/resource-server/testing'
import { describe, expect, test } from '@jest/globals'
import { Controller, UseGuards, type CanActivate } from '@nestjs/common'
import {
  BaseRpcContext,
  KafkaContext,
  MessagePattern,
  MqttContext,
  NatsContext,
  RedisContext,
  RmqContext,
  Server,
  TcpContext,
  type CustomTransportStrategy,
} from '@nestjs/microservices'
import { lastValueFrom } from 'rxjs'
import { startApp, type TestApp } from '../support/app.ts'

const alice = signedInAs({ subject: 'alice', scopes: ['jobs'] })
const bob = signedInAs({ subject: 'bob' })
const carol = signedInAs({ subject: 'carol', scopes: ['jobs'] })
const resourceServer = fakeResourceServer({ tokens: { alice, bob, carol, outage: 'unavailable' } })

@Controller()
class Jobs {
  @MessagePattern('run')
  @Scopes('jobs')
  run(@CurrentToken('subject') subject: string): string {
    return subject
  }
}

/** {@link Jobs} with guards behind that of the module. */
function guardedBy(guards: (new () => CanActivate)[]): new () => Jobs {
  @Controller()
  @UseGuards(...guards)
  class GuardedJobs extends Jobs {}
  return GuardedJobs
}

/** A transport that hands over what a test gives it. */
class Wire extends Server implements CustomTransportStrategy {
  listen(callback: () => void): void {
    callback()
  }
  close(): void {}
  on(): void {}
  unwrap<T>(): T {
    return undefined as T
  }

  async deliver(context: unknown, data: unknown = {}): Promise<unknown> {
    const handler = this.getHandlerByPattern('run')
    if (handler === null) throw new Error('Nobody handles it.')
    return lastValueFrom(this.transformToObservable(await handler(data, context)))
  }
}

async function startWire(
  options: Partial<HydraModuleOptions<never>> = {},
  guards: (new () => CanActivate)[] = [],
): Promise<TestApp & { readonly wire: Wire }> {
  const wire = new Wire()
  const app = await startApp({
    imports: [HydraModule.forRoot({ resourceServer, ...options } as HydraModuleOptions)],
    controllers: [guardedBy(guards)],
    prepare: (nest) => void nest.connectMicroservice({ strategy: wire }),
  })
  return { ...app, wire }
}

/** As `MsgHdrs` of the nats package: names differ by case. */
function natsHeaders(values: Readonly<Record<string, string[]>>): object {
  return { keys: () => Object.keys(values), values: (name: string) => values[name] ?? [] }
}

/** As `Metadata` of @grpc/grpc-js. */
class Metadata {
  readonly values = new Map<string, (string | Buffer)[]>()
  get(name: string): (string | Buffer)[] {
    return this.values.get(name.toLowerCase()) ?? []
  }
  set(name: string, value: string): void {
    this.values.set(name.toLowerCase(), [value])
  }
  getMap(): object {
    return Object.fromEntries(this.values)
  }
}

function grpcMetadata(...values: string[]): Metadata {
  const metadata = new Metadata()
  metadata.values.set('authorization', values)
  return metadata
}

const contexts: Readonly<Record<string, (...values: string[]) => unknown>> = {
  NATS: (...values) => new NatsContext(['run', natsHeaders({ Authorization: values })] as never),
  Kafka: (...values) =>
    new KafkaContext([{ headers: { authorization: values.map((value) => Buffer.from(value)) } }] as never),
  RabbitMQ: (...values) =>
    new RmqContext([{ properties: { headers: { Authorization: values.length === 1 ? values[0] : values } } }] as never),
  'MQTT 5': (...values) =>
    new MqttContext(['run', { properties: { userProperties: { authorization: values } } }] as never),
  gRPC: (...values) => grpcMetadata(...values),
}

describe.each(Object.keys(contexts))('%s', (transport) => {
  const contextOf = contexts[transport] as (...values: string[]) => unknown

  test('reads the token where the transport has its headers', async () => {
    await using app = await startWire()
    expect(await app.wire.deliver(contextOf('Bearer alice'))).toBe('alice')
  })

  const refusals: [string, string[], string][] = [
    ['no token', [], 'unauthorized'],
    ['bad token', ['Bearer nonsense'], 'invalid_token'],
    ['missing scope', ['Bearer bob'], 'insufficient_scope'],
    ['another scheme', ['Basic YTpi'], 'unauthorized'],
    ['two tokens', ['Bearer alice', 'Bearer bob'], 'invalid_request'],
  ]
  test.each(refusals)('refuses: %s', async (_what, values, error) => {
    await using app = await startWire()
    await expect(app.wire.deliver(contextOf(...values))).rejects.toMatchObject({
      status: 'error',
      error,
      message: expect.any(String),
      challenge: expect.stringMatching(/^Bearer/),
    })
  })

  test('an outage is no refusal', async () => {
    await using app = await startWire()
    await expect(app.wire.deliver(contextOf('Bearer outage'))).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      retryAfterSeconds: 2,
    })
  })
})

const codes: [string, string[], number][] = [
  ['UNAUTHENTICATED', [], 16],
  ['INVALID_ARGUMENT', ['Bearer'], 3],
  ['PERMISSION_DENIED', ['Bearer bob'], 7],
  ['UNAVAILABLE', ['Bearer outage'], 14],
]
test.each(codes)(
  'gRPC has a code for it, and the header fields in trailing metadata: %s',
  async (_name, values, code) => {
    await using app = await startWire()
    const refused = await app.wire.deliver(grpcMetadata(...values)).catch((error: unknown) => error)
    const { metadata, ...facts } = refused as { metadata: Metadata }
    expect(facts).toMatchObject({ code })
    expect(metadata).toBeInstanceOf(Metadata)
    expect(metadata.get(code === 14 ? 'retry-after' : 'www-authenticate')).toHaveLength(1)
  },
)

const bare = { TCP: new TcpContext([] as never), Redis: new RedisContext(['run']), unknown: new BaseRpcContext([]) }
test.each(Object.entries(bare))(
  '%s has no headers: refused unless the application says where',
  async (_name, context) => {
    await using app = await startWire()
    await expect(app.wire.deliver(context, { authorization: 'Bearer alice' })).rejects.toMatchObject({
      error: 'unauthorized',
      scope: 'jobs',
    })
    const rpc = { tokenFrom: ({ data }: { data: unknown }) => (data as { token?: string }).token }
    await using own = await startWire({ rpc } as never)
    expect(await own.wire.deliver(context, { token: 'alice' })).toBe('alice')
    expect(await own.wire.deliver(context, { token: 'Bearer alice' })).toBe('alice')
    await expect(own.wire.deliver(context, {})).rejects.toMatchObject({ error: 'unauthorized' })
    await expect(own.wire.deliver(context, { token: { no: 'text' } })).rejects.toMatchObject({
      error: 'invalid_request',
    })
  },
)

test('an extractor replaces the usual places', async () => {
  const rpc = { tokenFrom: ({ context }: { context: unknown }) => (context as NatsContext).getSubject() }
  await using app = await startWire({ rpc } as never)
  const context = new NatsContext(['alice', natsHeaders({ Authorization: ['Bearer bob'] })] as never)
  expect(await app.wire.deliver(context)).toBe('alice')
})

test('without a context the payload stands for the caller', async () => {
  const rpc = { tokenFrom: ({ data }: { data: unknown }) => (data as { token?: string }).token }
  await using app = await startWire({ rpc } as never)
  expect(await app.wire.deliver(undefined, { token: 'alice' })).toBe('alice')
})

describe('a transport that hands the same objects to several messages', () => {
  /** Holds messages back, behind the guard of the module, until it is told to let them go. */
  function startWithGate(): Promise<TestApp & { readonly wire: Wire; readonly waiting: (() => void)[] }> {
    const waiting: (() => void)[] = []
    class Gate {
      canActivate(): Promise<boolean> {
        return new Promise((resolve) => waiting.push(() => resolve(true)))
      }
    }
    const rpc = {
      tokenFrom: ({ data, context }: { data: { token?: string } | string; context: { token?: string } }) =>
        typeof data === 'string' ? data : (data.token ?? context.token),
    }
    return startWire({ rpc } as never, [Gate]).then((app) => ({ ...app, waiting }))
  }

  const connection = { connection: 'one' }
  const payload = { broadcast: 'to all' }
  const both: [string, (token: string) => [context: unknown, data: unknown]][] = [
    ['context', (token) => [connection, { token }]],
    ['payload', (token) => [{ token }, payload]],
  ]
  test.each(both)('the same %s: each handler is told its own caller', async (_what, messageOf) => {
    await using app = await startWithGate()
    const first = app.wire.deliver(...messageOf('alice'))
    await until(() => app.waiting.length === 1)
    const second = app.wire.deliver(...messageOf('carol'))
    await until(() => app.waiting.length === 2)
    for (const go of app.waiting) go()
    expect(await Promise.all([first, second])).toEqual(['alice', 'carol'])
  })

  test('with nothing to tell them apart, another caller is refused, and the same one is not', async () => {
    await using app = await startWithGate()
    const first = app.wire.deliver(connection, 'alice')
    await until(() => app.waiting.length === 1)
    await expect(app.wire.deliver(connection, 'carol')).rejects.toMatchObject({ message: 'Internal server error' })
    const again = app.wire.deliver(connection, 'alice')
    await until(() => app.waiting.length === 2)
    for (const go of app.waiting) go()
    expect(await Promise.all([first, again])).toEqual(['alice', 'alice'])
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
