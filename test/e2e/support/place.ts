/**
 * A Hydra, a login and consent app, and a client: each at an origin of its own. The Hydra is embedded, or the one of
 * `HYDRA_PUBLIC_URL` and `HYDRA_ADMIN_URL`, whose pages are below `HYDRA_LOGIN_URL` (`urls.login` is that + `/login`).
 */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { randomBytes, randomUUID } from 'node:crypto'
import { createHydraClient, type HydraClient } from '@hydra-kit/client'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { login, type LoginConsentOptions } from '@hydra-kit/express'
import express from 'express'
import { expressApp, type App, type StartApp } from './apps.ts'

/** See the module. */
export interface Place {
  /** Of a server that is not embedded, only its addresses. */
  readonly hydra: EmbeddedHydra
  /** Whether the server keeps one flow a browser, whatever the client: 1.x. */
  readonly isV1: boolean
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

/** Whether time and faults are ours to make. */
export const isEmbedded: boolean = process.env['HYDRA_PUBLIC_URL'] === undefined

/** Starts it, with an app of that kind. */
export async function startPlace(startApp: StartApp = expressApp): Promise<Place> {
  const loginPort = Number(new URL(process.env['HYDRA_LOGIN_URL'] ?? 'http://127.0.0.1:0').port)
  /** An app takes a moment to start: it does when the first request comes. */
  let app: Promise<App> | undefined
  let wanted: LoginConsentOptions
  const loginServer = await listen((request, response) => {
    app ??= startApp(wanted)
    void app.then(({ listener }) => listener(request, response))
  }, loginPort)
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
  const clients = [client('printer', 'Photo Printer'), client('album', 'Album')]
  const hydra = isEmbedded ? await startEmbedded(loginUrl, clients) : runningServer()
  const admin = createHydraClient({ adminUrl: hydra.adminUrl, retries: 0 })
  if (!isEmbedded) for (const one of clients) await register(admin, one)
  const { line } = await admin.serverVersion()
  // A server that is not ours remembers the consents of the last test.
  let subject = 'alice'
  const configure = (options: Partial<LoginConsentOptions> = {}): void => {
    wanted = {
      hydra: admin,
      issuer: hydra.publicUrl,
      publicUrl: loginUrl,
      secret: 'a secret of these tests, 32 bytes or more',
      authenticate: ({ form }) =>
        form.email === 'alice@example.com' && form.password === 'wonderland'
          ? login.accept({ subject })
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
    }
    void app?.then((old) => old.close())
    app = undefined
  }
  configure()
  return {
    hydra,
    isV1: line.startsWith('1.'),
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
      if (isEmbedded) await hydra.reset()
      else subject = randomUUID()
      configure()
    },
    async stop() {
      for (const server of [loginServer, clientServer]) {
        server.closeAllConnections()
        server.close()
      }
      await (await app)?.close()
      await admin.close()
      if (isEmbedded) await hydra.stop()
    },
  }
}

function startEmbedded(loginUrl: string, clients: readonly Record<string, unknown>[]): Promise<EmbeddedHydra> {
  return startHydra({
    urls: {
      login: `${loginUrl}/login`,
      consent: `${loginUrl}/consent`,
      logout: `${loginUrl}/logout`,
      error: `${loginUrl}/error`,
      postLogoutRedirect: `${loginUrl}/signed-out`,
      deviceVerification: `${loginUrl}/device`,
      deviceSuccess: `${loginUrl}/device/done`,
    },
    clients,
  })
}

function runningServer(): EmbeddedHydra {
  const { HYDRA_PUBLIC_URL: publicUrl, HYDRA_ADMIN_URL: adminUrl, HYDRA_LOGIN_URL: loginUrl } = process.env
  if (adminUrl === undefined || loginUrl === undefined) throw new Error('set HYDRA_ADMIN_URL and HYDRA_LOGIN_URL too')
  return { publicUrl, adminUrl, now: Date.now } as unknown as EmbeddedHydra
}

async function register(admin: HydraClient, client: Record<string, unknown>): Promise<void> {
  // Left over from an earlier run, perhaps; its callback is at another port now.
  await admin.clients.delete(client['client_id'] as string).catch(() => undefined)
  await admin.clients.create(client)
}

/** A client that shows what came back. */
function clientApp(): express.Express {
  return express().get('/callback', (req, res) => {
    const { code, error, scope } = req.query
    res.type('text/plain')
    res.send(typeof code === 'string' ? `code for ${String(scope as string)}` : `error ${String(error as string)}`)
  })
}

async function listen(listener: RequestListener, port = 0): Promise<Server> {
  const server = createServer(listener).listen(port, '127.0.0.1')
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
