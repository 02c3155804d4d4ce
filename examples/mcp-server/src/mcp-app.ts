/** The protected MCP endpoint: everything that a reader copies for a server of their own. */
import {
  createResourceServer,
  hydraAuth,
  hydraErrors,
  protectedResourceMetadata,
  protectedResourceMetadataUrl,
  requireScopes,
  toMcpAuthInfo,
  tokenOf,
} from '@hydra-kit/express'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import express, { type Express } from 'express'
import { createPhotoServer, type Albums } from './photo-server.ts'

/** What clients are told to ask for. With `offline_access` Hydra issues a refresh token. */
export const scopes: readonly string[] = ['photos.read', 'photos.write', 'offline_access']

/** Where everything is. */
export interface McpAppOptions {
  /** This server as its clients see it, with the path: the audience of its tokens. */
  readonly resource: string
  /** Hydra as browsers see it. */
  readonly issuer: string
  readonly adminUrl: string
  /** The time in milliseconds; an embedded Hydra's clock can be moved. */
  readonly now: () => number
}

/** An app, and the connections to close behind it. */
export interface McpApp {
  readonly app: Express
  close(): Promise<void>
}

/** Makes it. */
export function createMcpApp({ resource, issuer, adminUrl, now }: McpAppOptions): McpApp {
  const resourceServer = createResourceServer({
    issuer,
    adminUrl,
    now,
    audience: resource,
    // The challenge of a 401 leads clients to the document below, and that leads them to Hydra.
    resourceMetadataUrl: protectedResourceMetadataUrl(resource),
    onRefused: ({ status, reason, message }) => console.log(status, reason, message),
  })
  const albums: Albums = new Map()

  const app = express().disable('x-powered-by')
  app.use(
    protectedResourceMetadata(resourceServer, {
      resource,
      name: 'Photos',
      scopes,
    }),
  )
  app.use(hydraAuth({ resourceServer }))
  app.post('/mcp', requireScopes('photos.read'), express.json(), async (req, res) => {
    // No session: each request stands for itself, so that none can be continued by somebody else.
    const server = createPhotoServer(albums)
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    res.on('close', () => void server.close())
    await server.connect(transport)
    await transport.handleRequest(Object.assign(req, { auth: toMcpAuthInfo(tokenOf(req)) }), res, req.body)
  })
  // Without sessions there is no stream to open and none to end.
  app.all('/mcp', (_req, res) => void res.status(405).set('allow', 'POST').end())
  app.use(hydraErrors())
  return { app, close: () => resourceServer.close() }
}
