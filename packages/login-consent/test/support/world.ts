/** A Hydra, a login and consent app in front of it, and a client: everything real, on free ports. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHydraClient, type HydraClient, type OAuth2Client } from '@hydra-kit/client'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import {
  createLoginConsentProvider,
  login,
  type HttpInput,
  type HttpOutput,
  type LoginConsentOptions,
  type LoginConsentProvider,
} from '../../src/index.ts'
import { Visitor, type Fields, type Got } from './visitor.ts'

/** Options of the provider that a test sets; the rest is filled in. */
export type WorldOptions = Partial<LoginConsentOptions> & {
  /** A framework in place of the bare provider. */
  readonly serve?: (options: LoginConsentOptions) => Promise<Serving>
  /** Path below which the app lives. */
  readonly path?: string
  /**
   * Take the server of `HYDRA_PUBLIC_URL`, `HYDRA_ADMIN_URL`, if they are set, in place of an embedded one. Its pages are
   * expected below `HYDRA_LOGIN_URL`, where this process then listens.
   */
  readonly anyServer?: boolean
  /** Pages of the app's own, asked before the provider. */
  readonly ownPages?: (request: IncomingMessage, response: ServerResponse, world: World) => Promise<boolean>
}

/** A provider in a framework. */
export interface Serving {
  readonly provider: LoginConsentProvider
  /** Resolves when the answer has gone. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** See the module. */
export interface World {
  readonly hydra: EmbeddedHydra
  readonly admin: HydraClient
  readonly provider: LoginConsentProvider
  readonly loginUrl: string
  readonly clientId: string
  readonly redirectUri: string
  /** Errors that the provider reported. */
  readonly reported: { error: unknown; step: string; during: string }[]
  /** Bodies of the provider's calls, newest last, by operation: `login.accept`, `consent.reject`, … */
  readonly sent: { operation: string; body: Record<string, unknown> }[]
  /** Makes another provider in place of the first one. */
  configure(options: WorldOptions): void
  /** The address that begins a flow. */
  authorizeUrl(parameters?: Record<string, string>): string
  /** Begins a flow: to the login page, or wherever it leads. */
  begin(visitor: Visitor, parameters?: Record<string, string>): Promise<Got>
  /** Follows until the client's callback. */
  follow(visitor: Visitor, got: Got): Promise<Got>
  /** Signs in as alice: to the consent page, or wherever it leads. */
  signIn(visitor: Visitor, page: Got, fields?: Fields): Promise<Got>
  /** Redeems the code of a callback. */
  redeem(callback: Got): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

const redirectUri = 'http://127.0.0.1:9/callback'

/** PKCE verifier of every flow. */
const verifier = randomBytes(32).toString('base64url')

/** Alice's credentials, as the default `authenticate` knows them. */
export const alice: Fields = [
  ['email', 'alice@example.com'],
  ['password', 'wonderland'],
  ['choice', 'sign-in'],
]

/** Starts everything. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async () => {}
  const server = createServer((request, response) => void answer(request, response))
  const real = options.anyServer === true ? realServer() : undefined
  await listen(server, real?.loginPort ?? 0)
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const loginUrl = `${origin}${options.path ?? ''}`
  const hydra = real?.hydra ?? (await startEmbedded(loginUrl))
  const admin = createHydraClient({ publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl, retries: 0, timeoutMs: 2000 })
  if (real !== undefined) for (const client of clientsOf(redirectUri)) await register(admin, client)
  const reported: World['reported'] = []
  const sent: World['sent'] = []
  const watched = watch(
    admin,
    (operation, body) => void sent.push({ operation, body: body as Record<string, unknown> }),
  )
  let current: WorldOptions = options
  let provider: LoginConsentProvider
  /** A framework takes a moment to start: it does when the first request comes. */
  let serving: Promise<Serving> | undefined
  let wanted: LoginConsentOptions
  let closing: Promise<unknown> = Promise.resolve()
  const configure = (more: WorldOptions): void => {
    current = more
    const { path: _path, ownPages: _pages, anyServer: _any, serve: _serve, ...rest } = more
    const complete: LoginConsentOptions = {
      hydra: watched,
      issuer: hydra.publicUrl,
      publicUrl: loginUrl,
      secret: 'a secret of these tests, 32 bytes or more',
      authenticate: ({ form }) =>
        form.email === 'alice@example.com' && form.password === 'wonderland'
          ? login.accept({ subject: 'alice', amr: ['pwd'] })
          : login.retry('Wrong e-mail or password.'),
      onError: (error, context) => void reported.push({ error, ...context }),
      now: hydra.now,
      ...rest,
    }
    provider = createLoginConsentProvider(complete)
    wanted = complete
    closing = Promise.all([closing, serving?.then((old) => old.close())])
    serving = undefined
  }
  const start = async (serve: NonNullable<WorldOptions['serve']>): Promise<Serving> => {
    await closing
    const now = await serve(wanted)
    provider = now.provider
    return now
  }
  configure(options)
  const world: World = {
    hydra,
    admin,
    loginUrl,
    redirectUri,
    reported,
    sent,
    clientId: 'photos',
    configure,
    get provider() {
      return provider
    },
    authorizeUrl(parameters = {}) {
      const url = new URL(`${hydra.publicUrl}/oauth2/auth`)
      const query: Record<string, string> = {
        client_id: 'photos',
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid offline photos.read',
        state: randomBytes(8).toString('hex'),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      }
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
      return url.href
    },
    begin: (visitor, parameters) => visitor.open(world.authorizeUrl(parameters), isCallback),
    follow: (visitor, got) =>
      got.location === undefined || isCallback(new URL(got.location, got.url))
        ? Promise.resolve(got)
        : visitor.open(new URL(got.location, got.url), isCallback),
    signIn: async (visitor, page, fields = alice) => world.follow(visitor, await visitor.submit(page, fields)),
    async redeem(callback) {
      const code = new URL(callback.location ?? '').searchParams.get('code') ?? ''
      const response = await fetch(`${hydra.publicUrl}/oauth2/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          client_id: 'photos',
          client_secret: 'photos-secret',
          code_verifier: verifier,
        }),
      })
      return (await response.json()) as Record<string, unknown>
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await (await serving)?.close()
      await closing
      await admin.close()
      await hydra.stop()
    },
  }
  answer = async (request, response) => {
    if ((await current.ownPages?.(request, response, world)) === true) return
    if (options.serve === undefined) return write(response, await provider.handle(inputOf(request)))
    serving ??= start(options.serve)
    await (await serving).answer(request, response)
  }
  return world

  function isCallback(url: URL): boolean {
    return url.port === '9'
  }
}

/** A Node request as the provider takes it; the body stays a stream. */
export function inputOf(request: IncomingMessage): HttpInput {
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    ip: request.socket.remoteAddress,
    body: request,
    native: request,
  }
}

/** Writes an answer. */
export function write(response: ServerResponse, output: HttpOutput): void {
  response.statusCode = output.status
  for (const [name, value] of output.headers) response.appendHeader(name, value)
  response.end(output.body)
}

/** The same client, whose calls are noted on their way. */
function watch(hydra: HydraClient, note: (operation: string, body: unknown) => void): HydraClient {
  const { loginRequests, consentRequests } = hydra
  return {
    ...hydra,
    loginRequests: {
      ...loginRequests,
      accept: (challenge, body, options) => (
        note('login.accept', body),
        loginRequests.accept(challenge, body, options)
      ),
      reject: (challenge, body, options) => (
        note('login.reject', body),
        loginRequests.reject(challenge, body, options)
      ),
    },
    consentRequests: {
      ...consentRequests,
      accept: (challenge, body, options) => (
        note('consent.accept', body),
        consentRequests.accept(challenge, body, options)
      ),
      reject: (challenge, body, options) => (
        note('consent.reject', body),
        consentRequests.reject(challenge, body, options)
      ),
    },
  }
}

/** A new visitor. */
export function visitor(): Visitor {
  return new Visitor()
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
}

function startEmbedded(loginUrl: string): Promise<EmbeddedHydra> {
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
    clients: clientsOf(redirectUri).map((client) => ({ ...client })),
  })
}

function clientsOf(redirectUri: string): OAuth2Client[] {
  const common: OAuth2Client = {
    redirect_uris: [redirectUri],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_post',
  }
  return [
    {
      ...common,
      client_id: 'photos',
      client_secret: 'photos-secret',
      client_name: 'Photo Printer',
      post_logout_redirect_uris: ['http://127.0.0.1:9/bye'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      scope: 'openid offline photos.read photos.write admin',
      audience: ['https://api.example', 'https://other.example'],
    },
    {
      ...common,
      client_id: 'own-app',
      client_secret: 'own-secret',
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid offline photos.read',
      skip_consent: true,
    },
  ]
}

async function register(admin: HydraClient, client: OAuth2Client): Promise<void> {
  // Left over from an earlier run, perhaps.
  const created = await admin.clients.create(client).catch(() => undefined)
  if (created === undefined) await admin.clients.set(client.client_id ?? '', client)
}

/** The server that the environment names; time and faults are not ours there. */
function realServer(): { hydra: EmbeddedHydra; loginPort: number } | undefined {
  const { HYDRA_PUBLIC_URL: publicUrl, HYDRA_ADMIN_URL: adminUrl, HYDRA_LOGIN_URL: loginUrl } = process.env
  if (publicUrl === undefined || adminUrl === undefined) return undefined
  if (loginUrl === undefined) throw new Error('HYDRA_LOGIN_URL must say where that Hydra looks for its login page.')
  const hydra = { publicUrl, adminUrl, now: Date.now, reset: async () => {}, stop: async () => {} }
  return { hydra: hydra as unknown as EmbeddedHydra, loginPort: Number(new URL(loginUrl).port) }
}
