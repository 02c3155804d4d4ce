import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { createHydraClient, createResourceServer, HydraHealthIndicator, HydraModule, Public } from '@hydra-kit/nestjs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Controller, Get, Inject } from '@nestjs/common'
import { HealthCheck, HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus'
import { startApp, type TestApp } from './support/app.ts'

const audience = 'https://api.example.com'
let hydra: EmbeddedHydra
beforeEach(async () => {
  hydra = await startHydra()
})
afterEach(() => hydra.stop())

@Controller('health')
@Public()
class Health {
  readonly #health: HealthCheckService
  readonly #hydra: HydraHealthIndicator
  constructor(
    @Inject(HealthCheckService) health: HealthCheckService,
    @Inject(HydraHealthIndicator) indicator: HydraHealthIndicator,
  ) {
    this.#health = health
    this.#hydra = indicator
  }
  @Get() @HealthCheck() check(): Promise<HealthCheckResult> {
    const indicator = this.#hydra
    return this.#health.check([
      () => indicator.server('hydra'),
      () => indicator.keys('keys'),
      () => indicator.breaker('introspection'),
    ])
  }
}

const admin = (): object => ({ adminUrl: hydra.adminUrl })
const introspection = (): object => ({ introspectionUrl: `${hydra.adminUrl}/admin/oauth2/introspect` })

async function start(options: object): Promise<TestApp> {
  const breaker = { openAfterFailures: 1, retryAfterSeconds: 60 }
  const imports = [
    TerminusModule.forRoot({ logger: false }),
    HydraModule.forRoot({ issuer: hydra.issuer, audience, breaker, ...options } as never),
  ]
  return startApp({ imports, controllers: [Health] })
}

async function details(app: TestApp): Promise<{ status: number; details: unknown }> {
  const { status, body } = await app.call('/health')
  expect(body).not.toContain(hydra.issuer)
  return { status, details: (JSON.parse(body) as HealthCheckResult).details }
}

describe.each([
  ['adminUrl', admin],
  ['introspectionUrl', introspection],
])('%s', (_, options) => {
  test('all is well', async () => {
    await using app = await start(options())
    expect(await details(app)).toEqual({
      status: 200,
      details: {
        hydra: { status: 'up' },
        keys: { status: 'up', count: expect.any(Number), ageSeconds: 0 },
        introspection: { status: 'up', breaker: 'closed' },
      },
    })
    expect((await app.call('/health')).body).not.toContain('"count":0')
  })

  test('Hydra is away from the start', async () => {
    await using app = await start(options())
    await hydra.faults.pause()
    expect(await details(app)).toEqual({
      status: 503,
      details: {
        hydra: { status: 'down', error: 'ERR_HYDRA_UNREACHABLE' },
        keys: { status: 'down', count: 0 },
        introspection: { status: 'up', breaker: 'closed' },
      },
    })
  })
})

test('an open breaker is down, and keeps keys up', async () => {
  const client = createHydraClient({ publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl, retries: 0 })
  const resourceServer = createResourceServer({
    issuer: hydra.issuer,
    audience,
    client,
    breaker: { openAfterFailures: 1, retryAfterSeconds: 60 },
  })
  await using app = await startApp({
    imports: [TerminusModule.forRoot({ logger: false }), HydraModule.forRoot({ resourceServer })],
    controllers: [Health],
  })
  hydra.faults.add({ route: 'POST /oauth2/introspect', kind: 'status', status: 500 })
  await expect(resourceServer.verify('unseen')).rejects.toMatchObject({ code: 'ERR_VERIFICATION_UNAVAILABLE' })
  expect(await details(app)).toMatchObject({
    status: 503,
    details: { keys: { status: 'up' }, introspection: { status: 'down', breaker: 'open' } },
  })
  await client.close()
})

test('an instance that is not there is a mistake', async () => {
  await using app = await start(admin())
  const indicator = app.app.get(HydraHealthIndicator)
  await expect(indicator.server('hydra', { instance: 'partners' })).rejects.toMatchObject({
    code: 'ERR_HYDRA_AUTH_MISSING',
  })
})
