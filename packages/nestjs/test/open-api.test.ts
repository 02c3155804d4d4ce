import { addHydraSecurity, AnyScope, HydraModule, OptionalAuth, Public, Scopes, UseHydra } from '@hydra-kit/nestjs'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Controller, Get, Post, VersioningType } from '@nestjs/common'
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger'
import { startApp } from './support/app.ts'

@Controller({ path: 'photos', version: '1' })
@Scopes('photos.read')
class Photos {
  @Get() list(): void {}
  @Get(':id/:size') @OptionalAuth() one(): void {}
  @Post() @AnyScope('photos.write', 'photos.admin') add(): void {}
  @Get('open') @Public() open(): void {}
  @Get('partners') @UseHydra('partners') partners(): void {}
}
@Controller('me')
class Me {
  @Get() read(): void {}
}

const resourceServer = fakeResourceServer({ tokens: {} })

async function documentOf(
  ignoreGlobalPrefix: boolean,
  guard: 'global' | 'per-route' = 'global',
): Promise<OpenAPIObject> {
  await using app = await startApp({
    imports: [
      HydraModule.forRoot({ resourceServer, guard }),
      HydraModule.forRoot({ resourceServer, guard, name: 'partners' }),
    ],
    controllers: [Photos, Me],
    prepare: (each) => {
      each.setGlobalPrefix('api')
      each.enableVersioning({ type: VersioningType.URI })
    },
  })
  const config = new DocumentBuilder().addBearerAuth().build()
  return addHydraSecurity(SwaggerModule.createDocument(app.app, config, { ignoreGlobalPrefix }), app.app)
}

function securityOf({ paths }: OpenAPIObject): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { security?: unknown }>).map(([method, { security }]) => [
        `${method} ${path}`,
        security,
      ]),
    ),
  )
}

test.each([
  ['/api', false],
  ['', true],
])('with the prefix %p in its paths', async (prefix, ignoreGlobalPrefix) => {
  const document = await documentOf(ignoreGlobalPrefix)
  expect(securityOf(document)).toEqual({
    [`get ${prefix}/v1/photos`]: [{ hydra: ['photos.read'] }],
    [`get ${prefix}/v1/photos/{id}/{size}`]: [{}, { hydra: [] }],
    [`post ${prefix}/v1/photos`]: [
      { hydra: ['photos.read', 'photos.write'] },
      { hydra: ['photos.read', 'photos.admin'] },
    ],
    [`get ${prefix}/v1/photos/open`]: [],
    [`get ${prefix}/v1/photos/partners`]: [{ 'hydra-partners': ['photos.read'] }],
    [`get ${prefix}/me`]: [{ hydra: [] }],
  })
})

test('its schemes stand beside those of the application', async () => {
  const { components } = await documentOf(false)
  const openIdConnectUrl = 'https://hydra.test/.well-known/openid-configuration'
  expect(components?.securitySchemes).toEqual({
    bearer: { scheme: 'bearer', bearerFormat: 'JWT', type: 'http' },
    hydra: { type: 'openIdConnect', openIdConnectUrl },
    'hydra-partners': { type: 'openIdConnect', openIdConnectUrl },
  })
})

test('a route that no guard runs on stays as it is', async () => {
  expect(securityOf(await documentOf(false, 'per-route'))['get /api/me']).toBeUndefined()
})
