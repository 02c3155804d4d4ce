/** Starts the app with an embedded Hydra in front of it, or with yours. */
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { startHydra } from '@hydra-kit/embedded'
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core'
import { AppModule } from './app.module.ts'

/** What runs. */
export interface Started {
  readonly url: string
  /** Begins a sign-in. */
  readonly signInUrl: string
  /** Hydra's admin port. */
  readonly adminUrl: string
  stop(): Promise<void>
}

/** Starts it; a port of 0 is any free one. Without addresses, an embedded Hydra is started too. */
export async function start(options: {
  port: number
  hydraPublicUrl?: string | undefined
  hydraAdminUrl?: string | undefined
  secret?: string | undefined
  hookKey?: string | undefined
  /** Default: Express. */
  adapter?: AbstractHttpAdapter | undefined
}): Promise<Started> {
  // Hydra must know the app's address before the app can know Hydra's.
  const port = options.port === 0 ? await freePort() : options.port
  const url = `http://127.0.0.1:${port}`
  const hookKey = options.hookKey ?? randomBytes(32).toString('base64url')
  const embedded = options.hydraAdminUrl === undefined ? await startEmbedded(url, hookKey) : undefined
  const issuer = embedded?.publicUrl ?? options.hydraPublicUrl ?? 'http://127.0.0.1:4444'
  const adminUrl = embedded?.adminUrl ?? options.hydraAdminUrl ?? ''
  const module = AppModule.forRoot({
    issuer,
    adminUrl,
    publicUrl: url,
    secret: options.secret ?? randomBytes(32).toString('base64url'),
    hookKey,
  })
  const settings = { logger: ['error', 'warn'] as ('error' | 'warn')[] }
  const app =
    options.adapter === undefined
      ? await NestFactory.create(module, settings)
      : await NestFactory.create(module, options.adapter, settings)
  app.enableShutdownHooks()
  await app.listen(port, '127.0.0.1')
  const query = new URLSearchParams({
    client_id: 'photo-printer',
    response_type: 'code',
    redirect_uri: `${url}/callback`,
    scope: 'openid profile offline photos.read photos.write',
    state: randomBytes(16).toString('hex'),
    // The verifier would be kept by a real client.
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  })
  return {
    url,
    signInUrl: `${issuer}/oauth2/auth?${query.toString()}`,
    adminUrl,
    async stop() {
      await app.close()
      await embedded?.stop()
    },
  }
}

function startEmbedded(url: string, hookKey: string): ReturnType<typeof startHydra> {
  return startHydra({
    urls: {
      login: `${url}/login`,
      consent: `${url}/consent`,
      logout: `${url}/logout`,
      error: `${url}/error`,
      deviceVerification: `${url}/device`,
      deviceSuccess: `${url}/device/done`,
      postLogoutRedirect: `${url}/signed-out`,
    },
    tokenHook: {
      url: `${url}/hooks/token`,
      auth: { type: 'api_key', config: { in: 'header', name: 'X-Api-Key', value: hookKey } },
    },
    clients: [
      {
        client_id: 'photo-printer',
        client_name: 'Photo Printer',
        redirect_uris: [`${url}/callback`],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
        scope: 'openid profile email offline photos.read photos.write',
        token_endpoint_auth_method: 'none',
      },
    ],
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
