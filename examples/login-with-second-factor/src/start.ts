/** Starts the app with an embedded Hydra in front of it, or with yours. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { startHydra } from '@hydra-kit/embedded'
import { createApp } from './app.ts'
import { createSecondFactor } from './second-factor.ts'

/** What runs. */
export interface Started {
  readonly url: string
  /** Begins a sign-in. */
  readonly signInUrl: string
  stop(): Promise<void>
}

/** Starts it; a port of 0 is any free one. Without addresses, an embedded Hydra is started too. */
export async function start(options: {
  port: number
  hydraPublicUrl?: string | undefined
  hydraAdminUrl?: string | undefined
  secret?: string | undefined
  /** Alice's, in base32. */
  totpSecret: string
}): Promise<Started> {
  let app: RequestListener = () => {}
  const server = createServer((request, response) => app(request, response)).listen(options.port, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const embedded =
    options.hydraAdminUrl === undefined
      ? await startHydra({
          urls: {
            login: `${url}/login`,
            consent: `${url}/consent`,
            logout: `${url}/logout`,
            error: `${url}/error`,
            deviceVerification: `${url}/device`,
            deviceSuccess: `${url}/device/done`,
            postLogoutRedirect: `${url}/signed-out`,
          },
          clients: [
            {
              client_id: 'bank',
              client_name: 'Example Bank',
              redirect_uris: [`${url}/callback`],
              response_types: ['code'],
              grant_types: ['authorization_code', 'refresh_token'],
              scope: 'openid accounts.read',
              token_endpoint_auth_method: 'none',
            },
          ],
        })
      : undefined
  const issuer = embedded?.publicUrl ?? options.hydraPublicUrl ?? 'http://127.0.0.1:4444'
  app = createApp({
    issuer,
    adminUrl: embedded?.adminUrl ?? options.hydraAdminUrl ?? '',
    publicUrl: url,
    secret: options.secret ?? randomBytes(32).toString('base64url'),
    secondFactor: createSecondFactor({ alice: options.totpSecret }),
  }) as RequestListener
  const query = new URLSearchParams({
    client_id: 'bank',
    response_type: 'code',
    redirect_uri: `${url}/callback`,
    scope: 'openid accounts.read',
    state: randomBytes(16).toString('hex'),
    // The verifier would be kept by a real client.
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  })
  return {
    url,
    signInUrl: `${issuer}/oauth2/auth?${query.toString()}`,
    async stop() {
      server.closeAllConnections()
      server.close()
      await embedded?.stop()
    },
  }
}
