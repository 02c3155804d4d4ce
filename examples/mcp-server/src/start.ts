/** Starts both apps with an embedded Hydra between them, or with yours. */
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startHydra, type EmbeddedHydra } from '@hydra-kit/embedded'
import { createLoginApp } from './login-app.ts'
import { createMcpApp, scopes } from './mcp-app.ts'

/** What runs. */
export interface Started {
  /** The address for an MCP client. */
  readonly mcpUrl: string
  readonly loginUrl: string
  /** Undefined if a Hydra of yours is used. */
  readonly hydra: EmbeddedHydra | undefined
  stop(): Promise<void>
}

/** Starts it; a port of 0 is any free one. Without addresses, an embedded Hydra is started too. */
export async function start(options: {
  mcpPort: number
  loginPort: number
  hydraPublicUrl?: string | undefined
  hydraAdminUrl?: string | undefined
}): Promise<Started> {
  const mcp = await listen(options.mcpPort)
  const loginApp = await listen(options.loginPort)
  const hydra =
    options.hydraAdminUrl === undefined
      ? await startHydra({
          urls: {
            login: `${loginApp.url}/login`,
            consent: `${loginApp.url}/consent`,
            error: `${loginApp.url}/error`,
          },
          // The two settings that MCP clients need.
          dynamicRegistration: true,
          discovery: { clientRegistrationUrl: `${loginApp.url}/register` },
          // The official clients may refresh twice at once, and without this the second takes the first one's tokens away.
          refreshTokenRotation: { gracePeriod: '30s' },
          // For clients that live in a web page.
          cors: {},
        })
      : undefined
  const issuer = hydra?.publicUrl ?? options.hydraPublicUrl ?? 'http://127.0.0.1:4444'
  const adminUrl = hydra?.adminUrl ?? options.hydraAdminUrl ?? ''
  const resource = `${mcp.url}/mcp`
  const mcpApp = createMcpApp({ resource, issuer, adminUrl, now: hydra?.now ?? Date.now })
  mcp.serve(mcpApp.app)
  loginApp.serve(createLoginApp({ issuer, adminUrl, publicUrl: loginApp.url, resource, scopes }))
  return {
    mcpUrl: resource,
    loginUrl: loginApp.url,
    hydra,
    async stop() {
      await Promise.all([close(mcp.server), close(loginApp.server)])
      await mcpApp.close()
      await hydra?.stop()
    },
  }
}

interface Listening {
  readonly url: string
  readonly server: Server
  serve(app: unknown): void
}

/** Takes the port first: the app is made for the address that it gets. */
async function listen(port: number): Promise<Listening> {
  let listener: RequestListener = (_request, response) => void response.writeHead(503).end()
  const server = createServer((request, response) => listener(request, response)).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    serve(app) {
      listener = app as RequestListener
    },
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
