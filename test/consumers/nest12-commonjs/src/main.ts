/** `nest start` of a CommonJS project: its files are CommonJS, Nest 12 itself is not. */
import assert from 'node:assert/strict'
import { startHydra } from '@hydra-kit/embedded'
import { HydraRoutes } from '@hydra-kit/nestjs'
import { NestFactory } from '@nestjs/core'
import { AppModule, settings } from './app.module'

async function main(): Promise<void> {
  const hydra = await startHydra()
  Object.assign(settings, { issuer: hydra.issuer, adminUrl: hydra.adminUrl, publicUrl: 'http://127.0.0.1:3000' })
  const app = await NestFactory.create(AppModule, { logger: ['error'] })
  await app.listen(0, '127.0.0.1')
  const url = `${await app.getUrl()}/photos`
  const photos = (headers: Record<string, string> = {}) => fetch(url, { headers })

  for (const format of ['opaque', 'jwt'] as const) {
    const token = await hydra.mint.accessToken({
      format,
      subject: 'ada',
      clientId: 'photo-app',
      scope: ['photos.read'],
      audience: ['https://api.example.com'],
    })
    const seen = await photos({ authorization: `Bearer ${token}` })
    assert.deepEqual([seen.status, await seen.json()], [200, { owner: 'ada', photos: ['Low tide'] }])
  }
  const bare = await photos()
  assert.deepEqual([bare.status, bare.headers.get('www-authenticate')], [401, 'Bearer scope="photos.read"'])
  const refused = await photos({ authorization: 'Bearer nonsense' })
  assert.equal(refused.status, 401)
  assert.match(refused.headers.get('www-authenticate') ?? '', /error="invalid_token"/)
  assert.equal((await fetch(`${url}/about`)).status, 200)
  assert.ok(app.get(HydraRoutes).list().length > 0)

  await app.close()
  await hydra.stop()
}

void main()
