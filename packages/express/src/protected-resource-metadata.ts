/** Protected resource metadata (RFC 9728) in an Express app: how an MCP client finds the authorization server of an API. */
import { protectedResourceMetadataUrl, type ProtectedResource, type ResourceServer } from '@hydra-kit/resource-server'
import { middleware, type Middleware } from './middleware.ts'

const methods = 'GET, HEAD, OPTIONS'

/**
 * Answers at the well-known place of a resource: for `https://api.example.com/mcp` that is
 * `/.well-known/oauth-protected-resource/mcp`, so it belongs at the top of the app and in front of `hydraAuth`. Other
 * requests pass. Any origin may read the document.
 *
 * A client is led there by the challenge: give `resourceMetadataUrl: protectedResourceMetadataUrl(resource)` to
 * `hydraAuth`.
 *
 * @example
 * app.use(protectedResourceMetadata(resourceServer, { resource: 'https://api.example.com/mcp', scopes: ['photos.read'] }))
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function protectedResourceMetadata(
  resourceServer: ResourceServer<unknown>,
  resource: ProtectedResource,
): Middleware {
  const { status, headers, body } = resourceServer.protectedResourceMetadata(resource)
  const place = new URL(protectedResourceMetadataUrl(resource.resource))

  return middleware('protectedResourceMetadata', (request, response, next) => {
    if (!isAt(place, request.originalUrl)) return next()
    response.set(headers)
    if (request.method === 'GET' || request.method === 'HEAD') {
      response.status(status).json(body)
    } else if (request.method === 'OPTIONS') {
      // Browsers ask first where a client sends a header of its own, as MCP clients do (`MCP-Protocol-Version`).
      response.set({ 'access-control-allow-methods': methods, 'access-control-allow-headers': '*' })
      response.set('access-control-max-age', '3600').status(204).end()
    } else {
      response.status(405).set('allow', methods).removeHeader('cache-control')
      response.end()
    }
  })
}

/** A query belongs to the place only where the identifier of the resource has one (RFC 9728 section 3.1). */
function isAt(place: URL, target: string): boolean {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  return path === place.pathname && (place.search === '' || target.slice(query) === place.search)
}
