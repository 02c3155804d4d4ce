import {
  HydraModule,
  HydraRoutes,
  OptionalAuth,
  Public,
  RequireFresh,
  RequireToken,
  Scopes,
  UseHydra,
} from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { describe, expect, test } from '@jest/globals'
import {
  All,
  Controller,
  Get,
  Module,
  Post,
  RequestMethod,
  UseGuards,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type INestApplication,
  type LoggerService,
} from '@nestjs/common'
import { RouterModule } from '@nestjs/core'
import { HydraGuard, type HydraModuleOptions, type RouteEntry } from '../src/index.ts'
import { platforms, startApp, type TestApp } from './support/app.ts'

const resourceServer = fakeResourceServer({ tokens: {} })
const options: HydraModuleOptions = { resourceServer }

@Controller('photos')
@Scopes('photos.read')
class Photos {
  @Get() list(): string {
    return 'list'
  }
  @Get(':id') @OptionalAuth() one(): string {
    return 'one'
  }
  @Post([':id/tags', 'tags']) @RequireFresh(0) tag(): string {
    return 'tag'
  }
  @All('any/:rest') @Public() rest(): string {
    return 'rest'
  }
}

@Controller(['health', 'alive'])
class Health {
  @Get('/') check(): string {
    return 'check'
  }
}

@Controller({ path: 'reports', version: ['1', VERSION_NEUTRAL] })
@RequireToken()
class Reports {
  @Get() all(): string {
    return 'all'
  }
  @Get('daily') @Version('2') daily(): string {
    return 'daily'
  }
}

@Module({ controllers: [Photos] })
class PhotosModule {}

function listOf({ app }: TestApp): readonly RouteEntry[] {
  return app.get(HydraRoutes).list()
}

const shapes: Readonly<Record<string, (app: INestApplication) => void>> = {
  plain: () => {},
  'global prefix': (app) => app.setGlobalPrefix('api'),
  'global prefix with exceptions': (app) =>
    app.setGlobalPrefix('/api/', { exclude: ['health', { path: 'reports/daily', method: RequestMethod.GET }] }),
  'versions in the path': (app) => app.enableVersioning({ type: VersioningType.URI }),
  'versions in the path, a default, a prefix': (app) => {
    app.setGlobalPrefix('api', { exclude: ['alive'] })
    app.enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '7' })
  },
  'versions in the path without a letter': (app) => app.enableVersioning({ type: VersioningType.URI, prefix: false }),
  'versions in a header': (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
}

describe.each(Object.keys(shapes))('%s', (shape) => {
  const method = (name: string): string => (name === 'ALL' ? 'POST' : name)

  test.each(platforms)('every listed route is where the list says, on %s', async (platform) => {
    await using app = await startApp({
      platform,
      imports: [
        HydraModule.forRoot(options),
        PhotosModule,
        RouterModule.register([{ path: 'v/album', module: PhotosModule }]),
      ],
      controllers: [Health, Reports],
      override: (builder) => builder.overrideProvider(HydraGuard).useValue({ canActivate: () => true }),
      prepare: shapes[shape] as (app: INestApplication) => void,
    })
    const routes = listOf(app)
    expect(new Set(routes.map(({ handler }) => handler))).toEqual(
      new Set([
        'Photos.list',
        'Photos.one',
        'Photos.tag',
        'Photos.rest',
        'Health.check',
        'Reports.all',
        'Reports.daily',
      ]),
    )
    for (const route of routes) {
      const path = route.path.replace(':id', '7').replace(':rest', 'x')
      const version = route.versions?.[0]
      const headers: Record<string, string> =
        version === undefined || version === 'neutral' ? {} : { 'x-version': version }
      const { status, body } = await app.call(path, undefined, { method: method(route.method), headers })
      expect([route.path, status < 300, body]).toEqual([route.path, true, route.handler.split('.')[1]])
    }
  })
})

test('what the list says, and its JSON', async () => {
  await using app = await startApp({
    imports: [HydraModule.forRoot(options), HydraModule.forRoot({ ...options, name: 'partners' })],
    controllers: [Photos, Health],
    prepare: (each) => void each.setGlobalPrefix('api'),
  })
  expect(JSON.parse(JSON.stringify(app.app.get(HydraRoutes)))).toEqual([
    {
      type: 'http',
      method: 'GET',
      path: '/api/photos',
      handler: 'Photos.list',
      annotated: true,
      access: 'token',
      scopes: ['photos.read'],
    },
    {
      type: 'http',
      method: 'GET',
      path: '/api/photos/:id',
      handler: 'Photos.one',
      annotated: true,
      access: 'optional',
    },
    ...['/api/photos/:id/tags', '/api/photos/tags'].map((path) => ({
      type: 'http',
      method: 'POST',
      path,
      handler: 'Photos.tag',
      annotated: true,
      access: 'token',
      scopes: ['photos.read'],
      freshWithinSeconds: 0,
    })),
    {
      type: 'http',
      method: 'ALL',
      path: '/api/photos/any/:rest',
      handler: 'Photos.rest',
      annotated: true,
      access: 'public',
    },
    { type: 'http', method: 'GET', path: '/api/health', handler: 'Health.check', annotated: false, access: 'token' },
    { type: 'http', method: 'GET', path: '/api/alive', handler: 'Health.check', annotated: false, access: 'token' },
  ])
})

test('under per-route an undecorated route is listed as open, unless the guard is bound to it', async () => {
  @Controller('bound')
  class Bound {
    @Get('by-hand') @UseGuards(HydraGuard) byHand(): void {}
    @Get('by-decorator') @RequireToken() byDecorator(): void {}
    @Get('open') open(): void {}
  }
  await using app = await startApp({
    imports: [HydraModule.forRoot({ ...options, guard: 'per-route' })],
    controllers: [Bound],
  })
  expect(listOf(app).map(({ path, access }) => `${path} ${access}`)).toEqual([
    '/bound/by-hand token',
    '/bound/by-decorator token',
    '/bound/open open',
  ])
})

/** Lines that reached a logger. */
function recorder(): { lines: string[]; logger: LoggerService } {
  const lines: string[] = []
  const write = (message: unknown): void => void lines.push(String(message))
  return { lines, logger: { log: write, error: write, warn: write, debug: write, verbose: write } }
}

test('report logs a table', async () => {
  const { lines, logger } = recorder()
  await using _ = await startApp({
    imports: [HydraModule.forRoot({ ...options, routes: 'report' })],
    controllers: [Photos, Health],
    logger,
  })
  expect(lines.find((line) => line.startsWith('Who may call what'))).toBe(`Who may call what:
GET   /photos            scopes photos.read                    Photos.list
GET   /photos/:id        token if present                      Photos.one
POST  /photos/:id/tags   scopes photos.read, fresh within 0 s  Photos.tag
POST  /photos/tags       scopes photos.read, fresh within 0 s  Photos.tag
ALL   /photos/any/:rest  public                                Photos.rest
GET   /health            any good token (no decorator)         Health.check
GET   /alive             any good token (no decorator)         Health.check`)
})

test('without the option nothing is logged', async () => {
  const { lines, logger } = recorder()
  await using _ = await startApp({ imports: [HydraModule.forRoot(options)], controllers: [Photos], logger })
  expect(lines.filter((line) => line.includes('Who may call'))).toEqual([])
})

test('enforce refuses to start with a route that no decorator says anything about', async () => {
  const start = (guard: 'global' | 'per-route'): Promise<TestApp> =>
    startApp({
      imports: [HydraModule.forRoot({ ...options, routes: 'enforce', guard })],
      controllers: [Photos, Health],
      prepare: (app) => void app.setGlobalPrefix('api'),
    })
  for (const guard of ['global', 'per-route'] as const) {
    await expect(start(guard)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
      option: 'routes',
      message: expect.stringContaining('GET /api/health (Health.check), GET /api/alive (Health.check)'),
    })
  }
})

test('enforce starts when every route is decorated, also one of a foreign controller', async () => {
  @Controller('foreign')
  class Foreign {
    @Get() read(): string {
      return 'foreign'
    }
  }
  Public()(Foreign)
  await using app = await startApp({
    imports: [HydraModule.forRoot({ ...options, routes: 'enforce' })],
    controllers: [Photos, Foreign],
  })
  expect((await app.call('/foreign')).body).toBe('foreign')
})

test('a route of an instance that is not imported refuses to start', async () => {
  @Controller()
  class Lost {
    @Get() @UseHydra('partners') read(): void {}
  }
  const imports = [HydraModule.forRoot(options)]
  await expect(startApp({ imports, controllers: [Lost] })).rejects.toMatchObject({
    code: 'ERR_HYDRA_AUTH_MISSING',
    message: expect.stringContaining('No instance of HydraModule is named "partners"'),
  })
})
