/** Spans and metrics, as OpenTelemetry's own SDK receives them. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { openTelemetry } from '@hydra-kit/resource-server/opentelemetry'
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { Context, ContextManager } from '@opentelemetry/api'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { createResourceServer } from '../src/index.ts'
import type { ResourceServer, ResourceServerOptions, Telemetry } from '../src/index.ts'
import { sign, signingKey } from './support/hydra-stub.ts'
import { bearer, reasonOf, startWorld } from './support/world.ts'
import type { World } from './support/world.ts'

/** A reader that only collects when it is asked to. */
class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** What `@opentelemetry/context-async-hooks` does, in short. */
class Contexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>()
  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT
  }
  with: ContextManager['with'] = (active, work, self, ...rest) =>
    this.#storage.run(active, () => work.apply(self as never, rest))
  bind<T>(_context: Context, target: T): T {
    return target
  }
  enable(): this {
    return this
  }
  disable(): this {
    return this
  }
}

let world: World
let spans: InMemorySpanExporter
let reader: OnDemandReader
let telemetry: Telemetry
let server: ResourceServer

beforeEach(async () => {
  world = await startWorld()
  context.setGlobalContextManager(new Contexts())
  spans = new InMemorySpanExporter()
  reader = new OnDemandReader({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE })
  telemetry = openTelemetry({
    tracerProvider: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
    meterProvider: new MeterProvider({ readers: [reader] }),
  })
  server = world.server({ telemetry })
})
afterEach(async () => {
  context.disable()
  await world.close()
})

const named = (name: string): ReadableSpan[] => spans.getFinishedSpans().filter((span) => span.name === name)

/** The points of a metric: attributes and value, or count of a histogram. */
async function points(name: string): Promise<{ attributes: object; value: unknown }[]> {
  const { resourceMetrics, errors } = await reader.collect()
  expect(errors).toEqual([])
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
  const metric = metrics.find(({ descriptor }) => descriptor.name === name)
  return (metric?.dataPoints ?? []).map(({ attributes, value }) => ({
    attributes,
    value: typeof value === 'object' ? value.count : value,
  }))
}

function breakHydra(): void {
  world.hydra.intercept = (_request, response) => {
    response.end('<html>bad gateway</html>')
    return true
  }
}

describe('spans', () => {
  test('a verification and the call that it needed, one below the other', async () => {
    await server.authenticate(bearer(await world.jwt()))
    const [verification, call] = [named('verify access token')[0]!, named('hydra jwks')[0]!]
    expect(verification.attributes).toEqual({
      'hydra_kit.verification.outcome': 'accepted',
      'hydra_kit.verification.source': 'keys',
      'hydra_kit.token.format': 'jwt',
    })
    expect(verification.status.code).toBe(SpanStatusCode.UNSET)
    expect(call.attributes).toEqual({ 'hydra_kit.upstream.operation': 'jwks' })
    expect(call.kind).toBe(SpanKind.CLIENT)
    expect(call.parentSpanContext?.spanId).toBe(verification.spanContext().spanId)
  })

  test('a remembered token has no call', async () => {
    world.hydra.tokens.set('a.b', world.answer())
    await server.authenticate(bearer('a.b'))
    await server.authenticate(bearer('a.b'))
    expect(named('hydra introspect')).toHaveLength(1)
    expect(named('verify access token')[1]!.attributes).toMatchObject({ 'hydra_kit.verification.source': 'cache' })
  })

  test('a refusal is no error of this service', async () => {
    await reasonOf(server.authenticate(bearer('a.b')))
    const [span] = named('verify access token')
    expect(span!.attributes).toEqual({
      'hydra_kit.verification.outcome': 'refused',
      'hydra_kit.refusal.reason': 'inactive',
      'hydra_kit.verification.source': 'introspection',
    })
    expect(span!.status.code).toBe(SpanStatusCode.UNSET)
  })

  test('an outage is one, and so is the call', async () => {
    world.hydra.intercept = (_request, response) => {
      response.writeHead(429).end('{"error":"x"}')
      return true
    }
    await reasonOf(server.authenticate(bearer('a.b')))
    const [verification, call] = [named('verify access token')[0]!, named('hydra introspect')[0]!]
    expect(verification.attributes).toEqual({
      'hydra_kit.verification.outcome': 'unavailable',
      'error.type': 'ERR_VERIFICATION_UNAVAILABLE',
    })
    expect(call.attributes).toMatchObject({ 'error.type': 'ERR_HYDRA_HTTP', 'http.response.status_code': 429 })
    for (const span of [verification, call]) expect(span.status).toEqual({ code: SpanStatusCode.ERROR })
  })

  test('what the application threw is neither a refusal nor an outage', async () => {
    const own = world.server({
      telemetry,
      tokenFrom: [
        () => {
          throw new Error('own')
        },
      ],
    })
    await expect(own.authenticate(bearer('a.b'))).rejects.toThrow('own')
    expect(named('verify access token')[0]!.attributes).toEqual({
      'hydra_kit.verification.outcome': 'failed',
      'error.type': '_OTHER',
    })
  })

  test('verify() is watched as authenticate() is', async () => {
    await reasonOf(server.verify('a.b'))
    await reasonOf(server.verify(''))
    expect(named('verify access token').map(({ attributes }) => attributes['hydra_kit.refusal.reason'])).toEqual([
      'inactive',
      'malformed',
    ])
  })
})

describe('metrics', () => {
  test('verifications by outcome, reason, source and format', async () => {
    world.hydra.tokens.set('a.b', world.answer())
    for (let round = 0; round < 3; round++) await server.authenticate(bearer('a.b'))
    await server.authenticate(bearer(await world.jwt()))
    await reasonOf(server.authenticate({ method: 'GET', url: '/', headers: {} }))
    await reasonOf(server.authenticate(bearer(await world.jwt({ exp: 1 }))))
    expect(await points('hydra_kit.verifications')).toEqual(
      expect.arrayContaining([
        { attributes: accepted('introspection', 'opaque'), value: 1 },
        { attributes: accepted('cache', 'opaque'), value: 2 },
        { attributes: accepted('keys', 'jwt'), value: 1 },
        { attributes: refused('missing'), value: 1 },
        { attributes: { ...refused('expired'), 'hydra_kit.verification.source': 'keys' }, value: 1 },
      ]),
    )
    expect(await points('hydra_kit.cache.lookups')).toEqual([
      { attributes: { 'hydra_kit.cache.result': 'miss' }, value: 3 },
      { attributes: { 'hydra_kit.cache.result': 'hit' }, value: 2 },
    ])
  })

  test('listeners are called as without', async () => {
    await server.authenticate(bearer(await world.jwt()))
    await reasonOf(server.authenticate(bearer('a.b')))
    expect(world.verified).toHaveLength(1)
    expect(world.refused.map(({ reason }) => reason)).toEqual(['inactive'])
  })

  test('a token that lacks a scope', async () => {
    const token = await server.authenticate(bearer(await world.jwt()))
    expect(() => server.authorize(token, { all: ['admin'] })).toThrow(expect.objectContaining({ status: 403 }))
    server.authorize(token, { all: ['photos.read'] })
    expect(await points('hydra_kit.authorization.refusals')).toEqual([
      { attributes: { 'hydra_kit.refusal.reason': 'insufficient_scope' }, value: 1 },
    ])
  })

  test('duration of calls by operation and error', async () => {
    await server.authenticate(bearer(await world.jwt()))
    await reasonOf(server.authenticate(bearer('a.b')))
    breakHydra()
    await reasonOf(server.authenticate(bearer('c.d')))
    expect(await points('hydra_kit.upstream.duration')).toEqual([
      { attributes: { 'hydra_kit.upstream.operation': 'jwks' }, value: 1 },
      { attributes: { 'hydra_kit.upstream.operation': 'introspect' }, value: 1 },
      {
        attributes: {
          'hydra_kit.upstream.operation': 'introspect',
          'error.type': 'ERR_HYDRA_PROTOCOL',
          'http.response.status_code': 200,
        },
        value: 1,
      },
    ])
  })

  test('the state of the breaker, until the server is closed', async () => {
    await server.close()
    // With delta temporality only what was observed since the last time is reported.
    reader = new OnDemandReader({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA })
    telemetry = openTelemetry({ meterProvider: new MeterProvider({ readers: [reader] }) })
    const own = world.server({ telemetry, breaker: { openAfterFailures: 1 } })
    const state = async (): Promise<Record<string, unknown>> =>
      Object.fromEntries(
        (await points('hydra_kit.breaker.state')).map(({ attributes, value }) => [
          (attributes as Record<string, string>)['hydra_kit.breaker.state'],
          value,
        ]),
      )
    expect(await state()).toEqual({ closed: 1, open: 0, half_open: 0 })
    breakHydra()
    await reasonOf(own.authenticate(bearer('a.b')))
    expect(await state()).toEqual({ closed: 0, open: 1, half_open: 0 })
    await own.close()
    expect(await state()).toEqual({})
  })

  test('questions and remembered answers', async () => {
    world.hydra.tokens.set('a.b', world.answer())
    await server.authenticate(bearer('a.b'))
    await reasonOf(server.authenticate(bearer('c.d')))
    await reasonOf(server.authenticate(bearer('e.f')))
    await server.authenticate(bearer(await world.jwt()))
    expect(await points('hydra_kit.cache.entries')).toEqual([
      { attributes: { 'hydra_kit.cache.name': 'verified_jwts' }, value: 1 },
      { attributes: { 'hydra_kit.cache.name': 'active' }, value: 1 },
      { attributes: { 'hydra_kit.cache.name': 'inactive' }, value: 2 },
    ])
    world.hydra.intercept = () => true
    const before = world.hydra.asked.length
    void server.authenticate(bearer('g.h')).catch(() => {})
    while (world.hydra.asked.length === before) await new Promise((resolve) => setImmediate(resolve))
    expect(await points('hydra_kit.introspection.questions')).toEqual([
      { attributes: { 'hydra_kit.question.state': 'in_flight' }, value: 1 },
      { attributes: { 'hydra_kit.question.state': 'queued' }, value: 0 },
    ])
  })

  function accepted(source: string, format: string): object {
    return {
      'hydra_kit.verification.outcome': 'accepted',
      'hydra_kit.verification.source': source,
      'hydra_kit.token.format': format,
    }
  }

  function refused(reason: string): object {
    return { 'hydra_kit.verification.outcome': 'refused', 'hydra_kit.refusal.reason': reason }
  }
})

test('several issuers are told apart by their configured name, and by nothing that a token says', async () => {
  const { url, introspectionUrl } = world.hydra
  const several = createResourceServer({
    now: () => world.now * 1000,
    telemetry,
    issuers: [
      { name: 'tenant-a', issuer: url, introspectionUrl, audience: null },
      { name: 'tenant-b', issuer: 'https://b.example', introspectionUrl, audience: null },
    ],
    selectIssuer: ({ tenant }) => tenant,
  } as ResourceServerOptions)
  world.hydra.tokens.set('a.b', world.answer())
  await several.authenticate({ ...bearer('a.b'), tenant: 'tenant-a' })
  await several.authenticate({ ...bearer('a.b'), tenant: 'tenant-a' })
  await reasonOf(several.authenticate({ ...bearer('c.d'), tenant: 'tenant-a' }))
  await reasonOf(several.authenticate({ ...bearer('c.d'), tenant: 'invented' }))
  await reasonOf(several.authenticate(bearer(await world.jwt({ iss: 'https://evil.example' }))))
  const names = named('verify access token').map(({ attributes }) => attributes['hydra_kit.issuer.name'])
  expect(names).toEqual(['tenant-a', 'tenant-a', 'tenant-a', undefined, undefined])
  expect(named('hydra introspect')[0]!.attributes).toMatchObject({ 'hydra_kit.issuer.name': 'tenant-a' })
  for (const metric of ['hydra_kit.breaker.state', 'hydra_kit.cache.entries', 'hydra_kit.upstream.duration']) {
    const found = await points(metric)
    expect(found.length).toBeGreaterThan(0)
    const issuers = found.map(({ attributes }) => (attributes as Record<string, unknown>)['hydra_kit.issuer.name'])
    // The server of this file's tests has one issuer, which needs no name.
    for (const name of issuers) expect(['tenant-a', 'tenant-b', undefined]).toContain(name)
    expect(issuers).toContain('tenant-a')
  }
  await several.close()
})

test('nothing of a token, its subject or its client is recorded', async () => {
  const forger = await signingKey('invented-kid')
  const tokens = [
    await world.jwt(),
    await world.jwt({ exp: 1 }),
    await world.jwt({ iss: 'https://evil.example' }),
    await sign(forger, world.claims()),
    'ory_at_c29tZXRoaW5n.c2VjcmV0',
    'in^valid',
  ]
  world.hydra.tokens.set(tokens[4]!, world.answer())
  for (const token of [...tokens, ...tokens]) await reasonOf(server.authenticate(bearer(token)))
  breakHydra()
  world.now += 60
  for (const token of tokens) await reasonOf(server.authenticate(bearer(token), { freshWithinSeconds: 0 }))
  const recorded = JSON.stringify([
    spans.getFinishedSpans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
    (await reader.collect()).resourceMetrics.scopeMetrics,
  ])
  expect(recorded.length).toBeGreaterThan(1000)
  const secrets = [...tokens.flatMap((token) => token.split('.')), 'alice', 'photo-app', 'evil.example', 'invented-kid']
  for (const secret of secrets) expect(recorded).not.toContain(secret)
})

test('the API without an SDK records nothing and changes nothing', async () => {
  const silent = world.server({ telemetry: openTelemetry() })
  await silent.authenticate(bearer(await world.jwt()))
  expect(await reasonOf(silent.authenticate(bearer('a.b')))).toBe('inactive')
  await silent.close()
})

test('the periodic exporter of the SDK gets the same', async () => {
  // The class that applications use; the reader above only spares the waiting.
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
  const provider = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] })
  const own = world.server({ telemetry: openTelemetry({ meterProvider: provider }) })
  await own.authenticate(bearer(await world.jwt()))
  await provider.forceFlush()
  const exported = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics)
  expect(exported.map(({ scope }) => scope.name)).toEqual(['@hydra-kit/resource-server'])
  await own.close()
  await provider.shutdown()
})

describe('options', () => {
  test.each([[{}], [7], [null], [{ verification() {} }]])('telemetry %j: refused', (telemetry) => {
    expect(() => world.server({ telemetry })).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option: 'telemetry' }),
    )
  })

  test('an unknown one of openTelemetry is refused', () => {
    expect(() => openTelemetry({ traceProvider: {} } as object)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTIONS', option: 'traceProvider' }),
    )
  })
})

test('only the module of that name needs the peer', () => {
  const folder = join(__dirname, '../src')
  const files = spawnSync('grep', ['-rl', "@opentelemetry/api'", folder], { encoding: 'utf8' }).stdout.trim()
  expect(files).toBe(join(folder, 'opentelemetry.ts'))
  const importing = spawnSync('grep', ['-rl', "from './opentelemetry.ts'", folder], { encoding: 'utf8' }).stdout
  expect(importing).toBe('')
  const { peerDependenciesMeta } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as {
    peerDependenciesMeta: object
  }
  expect(peerDependenciesMeta).toEqual({ '@opentelemetry/api': { optional: true } })
})
