import { authorization, useHydra } from '@hydra-kit/embedded/testing'
import { getResourceServerToken } from '@hydra-kit/nestjs'
import { fakeResourceServer, signedInAs } from '@hydra-kit/nestjs/testing'
import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import request from 'supertest'
import type { App } from 'supertest/types.js'
import { AppModule, settings } from './app.module.js'

const hydra = useHydra()
let app: INestApplication<App>

beforeEach(() => {
  Object.assign(settings, { issuer: hydra.issuer, adminUrl: hydra.adminUrl, publicUrl: 'http://127.0.0.1:3000' })
})
afterEach(() => app.close())

describe('against an embedded Hydra', () => {
  beforeEach(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] }).compile()
    app = module.createNestApplication({ logger: false })
    await app.init()
  })

  const photos = (token?: string) =>
    request(app.getHttpServer())
      .get('/photos')
      .set(token === undefined ? {} : authorization(token))
  const mint = (more: object = {}) =>
    hydra.mint.accessToken({
      subject: 'ada',
      clientId: 'photo-app',
      scope: ['photos.read'],
      audience: ['https://api.example.com'],
      ...more,
    })

  test.each(['opaque', 'jwt'])('a good %s token', async (format) => {
    await photos(await mint({ format })).expect(200, { owner: 'ada', photos: ['Low tide'] })
  })

  test('no token: a bare challenge', async () => {
    const answer = await photos().expect(401)
    expect(answer.headers['www-authenticate']).toBe('Bearer scope="photos.read"')
  })

  test("another API's token", async () => {
    const answer = await photos(await mint({ audience: ['https://other.example.com'] })).expect(401)
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
  })

  test('the handler asks for its own scope, instead of that of the class', async () => {
    const post = (token: string) => request(app.getHttpServer()).post('/photos').set(authorization(token))
    const answer = await post(await mint()).expect(403)
    expect(answer.headers['www-authenticate']).toContain('scope="photos.write"')
    await post(await mint({ scope: ['photos.write'] })).expect(201, { by: 'photo-app' })
  })

  test('an open route', () => request(app.getHttpServer()).get('/photos/about').expect(200, { open: true }))

  test('while Hydra is away: 503', async () => {
    const token = await mint()
    await hydra.faults.pause('admin')
    const answer = await photos(token).expect(503)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  })
})

test('without any Hydra', async () => {
  const alice = signedInAs({ subject: 'alice', scopes: ['photos.read'] })
  const module = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(getResourceServerToken())
    .useValue(fakeResourceServer({ tokens: { alice, down: 'unavailable' } }))
    .compile()
  app = module.createNestApplication({ logger: false })
  await app.init()
  const photos = () => request(app.getHttpServer()).get('/photos')
  await photos().set('Authorization', 'Bearer alice').expect(200, { owner: 'alice', photos: [] })
  await photos().set('Authorization', 'Bearer nonsense').expect(401)
  await photos().set('Authorization', 'Bearer down').expect(503)
})
