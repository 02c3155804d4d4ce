import { createServer } from 'node:net'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { browser } from '@hydra-kit/embedded/testing'
import type { INestApplication } from '@nestjs/common'
import { Test } from '@nestjs/testing'
import { AppModule, settings } from './app.module.js'

let app: INestApplication
let hydra: EmbeddedHydra

beforeAll(async () => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  hydra = await startHydra({
    urls: { login: `${publicUrl}/login`, consent: `${publicUrl}/consent`, error: `${publicUrl}/error` },
    clients: [
      {
        client_id: 'photo-app',
        redirect_uris: ['http://127.0.0.1:5555/callback'],
        token_endpoint_auth_method: 'none',
        scope: 'openid photos.read',
      },
    ],
  })
  Object.assign(settings, { issuer: hydra.issuer, adminUrl: hydra.adminUrl, publicUrl })
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile()
  app = module.createNestApplication({ logger: false })
  await app.listen(port, '127.0.0.1')
})
afterAll(async () => {
  await app.close()
  await hydra.stop()
})

/** Hydra is told where the pages are before the app listens. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

test('a sign-in: the methods decide, the pages and all else are ours', async () => {
  const query = new URLSearchParams({
    client_id: 'photo-app',
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:5555/callback',
    scope: 'openid photos.read',
    state: 'some-state-of-the-client',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  })
  const user = browser()
  const ours = ({ port }: URL) => port !== '5555'
  const page = await user.open(`${hydra.publicUrl}/oauth2/auth?${query}`, { follow: ours })
  expect(page.status).toBe(200)
  const formToken = (body: string) => /name="form_token" value="([^"]*)"/.exec(body)?.[1] ?? ''
  const wrong = await user.open(page.url, {
    form: { form_token: formToken(page.body), email: 'ada@example.com', password: 'analytical-engine' },
  })
  expect(wrong.status).toBe(422)
  expect(wrong.body).toContain('Wrong e-mail or password.')
  const end = await user.open(page.url, {
    form: { form_token: formToken(wrong.body), email: 'ada@example.com', password: 'difference-engine' },
    follow: ours,
  })
  expect(end.location?.searchParams.get('code')).toMatch(/^ory_ac_/)
})
