/** Protected resource metadata (RFC 9728): how a client that knows only the API finds its authorization server. */
import { parseUrl } from './issuer-url.ts'
import { optionsError } from './options-error.ts'
import type { TokenPlace } from './options.ts'
import { isScopeToken } from './scopes.ts'

/** What the document says beside what the resource server knows itself. */
export interface ProtectedResource {
  /** `resource`: the identifier of the API, an https URL without fragment; what clients send as `resource` (RFC 8707). */
  readonly resource: string
  /** `scopes_supported`. */
  readonly scopes?: readonly string[] | undefined
  /** `resource_name`: for people. */
  readonly name?: string | undefined
  /** `resource_documentation`: URL of a page for developers. */
  readonly documentation?: string | undefined
}

/** The answer to `GET /.well-known/oauth-protected-resource`. */
export interface MetadataAnswer {
  readonly status: 200
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** To be sent as JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** What a resource server knows itself. */
export interface KnownMetadata {
  readonly issuers: readonly string[]
  readonly tokenFrom: readonly TokenPlace[]
}

/**
 * Builds the answer (RFC 9728 section 3.2). Public: any origin may read it, and it may be kept for an hour.
 *
 * @throws TypeError `ERR_OPTIONS`.
 */
export function protectedResourceMetadata(resource: ProtectedResource, known: KnownMetadata): MetadataAnswer {
  const { resource: identifier, scopes, name, documentation, ...unknown } = resource
  for (const option of Object.keys(unknown)) {
    const cure = 'Use resource, scopes, name or documentation.'
    throw optionsError(option, `A protected resource has no member ${JSON.stringify(option)}.`, cure)
  }
  protectedResourceMetadataUrl(identifier)
  if (scopes !== undefined && !scopes.every(isScopeToken)) {
    throw optionsError('scopes', 'scopes must be a list of scopes (RFC 6749 section 3.3).', 'Correct it.')
  }
  const body = {
    resource: identifier,
    authorization_servers: known.issuers,
    bearer_methods_supported: bearerMethods(known.tokenFrom),
    ...(scopes !== undefined && { scopes_supported: scopes }),
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && { resource_documentation: documentation }),
  }
  const headers = { 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*' }
  return { status: 200, headers, body }
}

/**
 * Where clients look for the document: the well-known part stands between host and path (RFC 9728 section 3.1). The
 * value for `resourceMetadataUrl`.
 *
 * @throws TypeError `ERR_OPTIONS`.
 */
export function protectedResourceMetadataUrl(resource: string): string {
  const url = parseUrl(resource)
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hash !== '') {
    const problem = 'resource must be an absolute URL without a fragment.'
    throw optionsError('resource', problem, 'As https://api.example.com.')
  }
  const path = url.pathname === '/' ? '' : url.pathname
  return `${url.origin}/.well-known/oauth-protected-resource${path}${url.search}`
}

/** Only the three ways that have a name in RFC 9728 section 2. */
function bearerMethods(places: readonly TokenPlace[]): readonly string[] {
  const names = { header: 'header', form: 'body', query: 'query' } as const
  return places.flatMap((place) => (typeof place === 'string' ? [names[place]] : []))
}
