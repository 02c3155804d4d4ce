/** The applications around Hydra, played by one local server: pages it redirects to, and URLs that it calls itself. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/** A request that Hydra itself made to one of our applications. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

/** What an application answers; 200 without a body unless told. */
export interface AppAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
}

/** Decides the answer to one received request. */
export type AppHandler = (request: ReceivedRequest) => AppAnswer | Promise<AppAnswer>

/** The base path of each application page that a Hydra is configured with. */
export const appPages = {
  login: '/login',
  consent: '/consent',
  logout: '/logout',
  error: '/error',
  registration: '/registration',
  postLogoutRedirect: '/after-logout',
  deviceVerification: '/device',
  deviceSuccess: '/device/done',
  tokenHook: '/hooks/token',
  refreshTokenHook: '/hooks/refresh',
} as const

/** Header and value that Hydra is told to send with its hooks (profile `hooks`). */
export const hookKey = { name: 'X-Contract-Key', value: 'key-of-the-contract-hooks' } as const

/** The local server; one per Hydra. */
export class AppServer {
  readonly #server: Server
  readonly #handlers = new Map<string, AppHandler>()
  readonly #hooks = new Map<string, AppHandler>()
  readonly url: string

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  /** Listens on 127.0.0.1; port 0 is any free one. */
  static async start(port = 0): Promise<AppServer> {
    const server = createServer()
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return new AppServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  }

  /** Serves `path` (without query) until {@link AppServer.off}. */
  on(path: string, handler: AppHandler): void {
    this.#handlers.set(path, handler)
  }

  off(path: string): void {
    this.#handlers.delete(path)
  }

  /** Serves the hook for one client, so that cases on a shared Hydra do not see each other's calls. */
  onHook(kind: 'token' | 'refresh', clientId: string, handler: AppHandler): void {
    this.#hooks.set(`${kind} ${clientId}`, handler)
  }

  offHook(kind: 'token' | 'refresh', clientId: string): void {
    this.#hooks.delete(`${kind} ${clientId}`)
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const received: ReceivedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '/',
      headers: incoming.headers,
      text: Buffer.concat(chunks).toString('utf8'),
    }
    const { status = 200, headers = {}, json, text = '' } = await this.#decide(received)
    const body = json === undefined ? text : JSON.stringify(json)
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    response.writeHead(status, { ...type, ...headers }).end(body)
  }

  async #decide(received: ReceivedRequest): Promise<AppAnswer> {
    const path = received.path.split('?')[0] ?? ''
    const hook = hookKind(path)
    const handler =
      hook === undefined ? this.#handlers.get(path) : this.#hooks.get(`${hook} ${clientOfHook(received.text)}`)
    if (handler !== undefined) return handler(received)
    return hook === undefined ? { status: 404, text: 'no application at this path' } : { status: 204 }
  }
}

function hookKind(path: string): 'token' | 'refresh' | undefined {
  if (path === appPages.tokenHook) return 'token'
  return path === appPages.refreshTokenHook ? 'refresh' : undefined
}

/** The token hook names the client in `request`, the refresh hook at the top (oauth2/token_hook.go, oauth2/refresh_hook.go). */
function clientOfHook(text: string): string {
  const body = JSON.parse(text) as { client_id?: string; request?: { client_id?: string } }
  return body.request?.client_id ?? body.client_id ?? ''
}
