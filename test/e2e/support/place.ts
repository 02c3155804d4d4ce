/** A Hydra, a login and consent app in Express, and a client: each at an origin of its own. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes } from 'node:crypto'
import { createHydraClient } from '@hydra-kit/client'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { createLoginConsentProvider, login, loginConsentRouter, type LoginConsentOptions } from '@hydra-kit/express'
import express from 'express'

/** See the module. */
export interface Place {
  readonly hydra: EmbeddedHydra
  readonly loginUrl: string
  /** Begins a sign-in. */
  authorizeUrl(parameters?: Record<string, string>): string
  /** Begins a device flow. */
  device(): Promise<{ userCode: string; address: string; completeAddress: string; poll(): Promise<string> }>
  /** Other options for the provider. */
  configure(options?: Partial<LoginConsentOptions>): void
  /** Forgets everything. */
  reset(): Promise<void>
  stop(): Promise<void>
}

/** Starts it. */
export async function startPlace(): Promise<Place> {
  let app: RequestListener = () => {}
  const loginServer = await listen((request, response) => app(request, response))
  const clientServer = await listen(clientApp() as RequestListener)
  const loginUrl = urlOf(loginServer)
  const redirectUri = `${urlOf(clientServer)}/callback`
  const client = (id: string, name: string): Record<string, unknown> => ({
    client_id: id,
    client_name: name,
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    scope: 'openid offline photos.read photos.write',
    audience: ['https://api.photos.example/v1'],
    token_endpoint_auth_method: 'client_secret_post',
    client_secret: 'a secret of the client',
    policy_uri: 'https://photos.example/privacy',
    tos_uri: 'https://photos.example/terms',
    client_uri: 'https://photos.example/',
  })
  const hydra = await startHydra({
    urls: {
      login: `${loginUrl}/login`,
      consent: `${loginUrl}/consent`,
      logout: `${loginUrl}/logout`,
      error: `${loginUrl}/error`,
      postLogoutRedirect: `${loginUrl}/signed-out`,
      deviceVerification: `${loginUrl}/device`,
      deviceSuccess: `${loginUrl}/device/done`,
    },
    clients: [client('printer', 'Photo Printer'), client('album', 'Album')],
  })
  const admin = createHydraClient({ adminUrl: hydra.adminUrl, retries: 0 })
  const configure = (options: Partial<LoginConsentOptions> = {}): void => {
    const provider = createLoginConsentProvider({
      hydra: admin,
      issuer: hydra.publicUrl,
      publicUrl: loginUrl,
      secret: 'a secret of these tests, 32 bytes or more',
      authenticate: ({ form }) =>
        form.email === 'alice@example.com' && form.password === 'wonderland'
          ? login.accept({ subject: 'alice' })
          : login.retry('Wrong e-mail or password.'),
      describeAccount: () => ({ name: 'Alice Liddell', detail: 'alice@example.com' }),
      scopes: {
        'photos.read': 'See your photos',
        'photos.write': { description: 'Add and delete photos', preselected: false },
      },
      rememberLogin: { forSeconds: 3600 },
      rememberConsent: { forSeconds: 0 },
      branding: { name: 'Example ID', homeUrl: '/home' },
      onError: () => {},
      now: hydra.now,
      ...options,
    })
    app = express().use(loginConsentRouter(provider)) as RequestListener
  }
  configure()
  return {
    hydra,
    loginUrl,
    configure,
    authorizeUrl(parameters = {}) {
      const query = new URLSearchParams({
        client_id: 'printer',
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid offline photos.read photos.write',
        audience: 'https://api.photos.example/v1',
        state: randomBytes(8).toString('hex'),
        ...parameters,
      })
      return `${hydra.publicUrl}/oauth2/auth?${query.toString()}`
    },
    async device() {
      const credentials = { client_id: 'printer', client_secret: 'a secret of the client' }
      const begun = await post(`${hydra.publicUrl}/oauth2/device/auth`, { ...credentials, scope: 'openid photos.read' })
      return {
        userCode: begun['user_code'] ?? '',
        address: begun['verification_uri'] ?? '',
        completeAddress: begun['verification_uri_complete'] ?? '',
        async poll() {
          const answer = await post(`${hydra.publicUrl}/oauth2/token`, {
            ...credentials,
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
            device_code: begun['device_code'] ?? '',
          })
          return answer['error'] ?? answer['scope'] ?? ''
        },
      }
    },
    async reset() {
      await hydra.reset()
      configure()
    },
    async stop() {
      for (const server of [loginServer, clientServer]) {
        server.closeAllConnections()
        server.close()
      }
      await admin.close()
      await hydra.stop()
    },
  }
}

/** A client that shows what came back. */
function clientApp(): express.Express {
  return express().get('/callback', (req, res) => {
    const { code, error, scope } = req.query
    res.type('text/plain')
    res.send(typeof code === 'string' ? `code for ${String(scope as string)}` : `error ${String(error as string)}`)
  })
}

async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function post(url: string, form: Record<string, string>): Promise<Record<string, string>> {
  return (await (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).json()) as Record<
    string,
    string
  >
}
