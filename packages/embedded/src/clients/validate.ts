import type { Engine } from '../engine.ts'
import { badRequest, invalidClientMetadata, invalidRedirectUri, invalidRequest } from '../errors.ts'
import { supportedSubjectTypes } from '../flow/subject-identifier.ts'
import { isObject } from '../http/go-json.ts'
import { accessTokenStrategy } from '../tokens/access-token.ts'
import type { Client } from './client.ts'

const assertionAlgorithms: readonly string[] = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512'.split(' ')

/**
 * Checks a client and fills in its defaults, in Hydra's order.
 *
 * @throws HydraError `invalid_client_metadata`, `invalid_redirect_uri`
 */
export async function validateClient(engine: Engine, client: Client): Promise<void> {
  const { config } = engine
  checkAuthentication(client)
  checkUris(client)
  if (client.client_secret !== '' && client.client_secret.length < 6) {
    throw invalidClientMetadata('client_secret must have at least 6 characters.')
  }
  client.scope ||= config.defaultClientScope
  client.allowed_cors_origins = client.allowed_cors_origins?.map(checkOrigin) ?? null
  client.client_secret_expires_at = 0
  if (client.sector_identifier_uri !== '') await checkSector(client)
  client.userinfo_signed_response_alg ||= 'none'
  if (!['none', 'RS256'].includes(client.userinfo_signed_response_alg)) {
    throw invalidClientMetadata('userinfo_signed_response_alg must be none or RS256.')
  }
  checkRedirects(client)
  const subjectTypes = supportedSubjectTypes(engine, accessTokenStrategy(engine, client))
  client.subject_type ||= subjectTypes.includes('public') ? 'public' : (subjectTypes[0] ?? '')
  if (!subjectTypes.includes(client.subject_type)) {
    throw invalidClientMetadata(`subject_type must be one of ${subjectTypes.join(', ')}.`)
  }
  checkPostLogout(client)
  checkStrategy(client)
}

function checkAuthentication(client: Client): void {
  const hasKeys = client.jwks?.keys !== undefined
  if (client.token_endpoint_auth_method === '') client.token_endpoint_auth_method = 'client_secret_basic'
  else if (client.token_endpoint_auth_method === 'private_key_jwt') {
    if (client.jwks_uri === '' && !hasKeys) throw invalidClientMetadata('private_key_jwt needs jwks or jwks_uri.')
    const alg = client.token_endpoint_auth_signing_alg
    if (alg !== '' && !assertionAlgorithms.includes(alg)) {
      throw invalidClientMetadata(`token_endpoint_auth_signing_alg must be one of ${assertionAlgorithms.join(', ')}.`)
    }
  }
  if (client.jwks_uri !== '' && hasKeys) throw invalidClientMetadata('Set jwks or jwks_uri, not both.')
  for (const key of client.jwks?.keys ?? []) {
    // A symmetric key is none of a client's public keys.
    if (!isObject(key) || typeof key.kty !== 'string' || key.kty === 'oct')
      throw invalidClientMetadata('A key in jwks is not valid.')
  }
}

function checkUris(client: Client): void {
  for (const name of ['tos_uri', 'policy_uri', 'logo_uri', 'client_uri'] as const) {
    const uri = client[name]
    if (uri === '') continue
    if (!isRequestUri(uri)) throw invalidClientMetadata(`${name} must be a URI.`)
    // A page shows these as links: javascript: and data: must not get there.
    if (!/^https?:/i.test(uri)) throw invalidClientMetadata(`${name} must be an http or https URL.`)
  }
}

/** Go's `ParseRequestURI`: an absolute path or something with a scheme, whose host and escapes can be read. */
function isRequestUri(uri: string): boolean {
  const match = /^(?:[a-z][a-z0-9+.-]*:)?(\/\/[^/?#]*)?/i.exec(uri)
  if (!/^(?:\/|[a-z][a-z0-9+.-]*:)/i.test(uri) || /[\s\p{Cc}]/u.test(uri) || /^[^?]*%(?![0-9a-f]{2})/i.test(uri))
    return false
  const authority = (match?.[1] ?? '').replace(/^\/\/(?:[^@]*@)?/, '')
  return /^(?:\[[^[\]]*\]|[^[\]:]*)(?::\d*)?$/.test(authority)
}

function checkOrigin(origin: string): string {
  const match = /^([a-z][a-z0-9+.-]*:)?(?:\/\/([^/?#]*))?(.*)$/i.exec(origin)
  const [, scheme = '', authority = '', rest = ''] = match ?? []
  if (!/^https?:$/i.test(scheme)) throw invalidClientMetadata('allowed_cors_origins must be http or https URLs.')
  if (authority.includes('@')) throw invalidClientMetadata('allowed_cors_origins must not contain a user.')
  if (rest.replace(/\/+$/, '') !== '')
    throw invalidClientMetadata('allowed_cors_origins must not have a path, query or fragment.')
  return `${scheme.toLowerCase()}//${authority}`
}

function checkRedirects(client: Client): void {
  for (const uri of client.redirect_uris ?? []) {
    if (uri.includes('#')) throw invalidRedirectUri('A fragment is not allowed.')
    if (!isRequestUri(uri)) throw invalidRedirectUri('It can not be parsed.')
  }
}

function checkPostLogout(client: Client): void {
  const origins = (client.redirect_uris ?? []).map(originOf)
  for (const uri of client.post_logout_redirect_uris ?? []) {
    if (!isRequestUri(uri)) throw invalidClientMetadata('A post_logout_redirect_uri can not be parsed.')
    if (!origins.includes(originOf(uri))) {
      throw invalidClientMetadata('A post_logout_redirect_uri must share scheme, host and port with a redirect URI.')
    }
  }
}

function originOf(uri: string): string {
  const match = /^([a-z][a-z0-9+.-]*):(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?/i.exec(uri)
  return `${(match?.[1] ?? '').toLowerCase()}://${match?.[2] ?? ''}`
}

function checkStrategy(client: Client): void {
  const strategy = client.access_token_strategy
  if (strategy === '') return
  client.access_token_strategy = strategy.toLowerCase()
  if (!['jwt', 'opaque'].includes(client.access_token_strategy)) {
    throw invalidClientMetadata('access_token_strategy must be jwt or opaque.')
  }
}

/** The document at `sector_identifier_uri` must list every redirect URI (OpenID Connect Core section 8.1). */
async function checkSector(client: Client): Promise<void> {
  const location = client.sector_identifier_uri
  if (!/^https:\/\//i.test(location)) throw invalidClientMetadata('sector_identifier_uri must be an https URL.')
  const uris = await fetch(location, { signal: AbortSignal.timeout(10_000) })
    .then((response) => response.json() as Promise<unknown>)
    .catch(() => undefined)
  if (!Array.isArray(uris) || uris.length === 0) {
    throw invalidClientMetadata('The document at sector_identifier_uri is not a list of URIs.')
  }
  if ((client.redirect_uris ?? []).some((uri) => !uris.includes(uri))) {
    throw invalidClientMetadata('The document at sector_identifier_uri does not list every redirect URI.')
  }
}

/**
 * What a client may not choose when it registers itself.
 *
 * @throws HydraError
 */
export function validateSelfRegistration(client: Client): void {
  if (client.metadata !== undefined)
    throw invalidClientMetadata('metadata is not open to clients that register themselves.')
  if (client.access_token_strategy !== '')
    throw badRequest('access_token_strategy is not open to clients that register themselves.')
  if (client.skip_consent) throw invalidRequest('skip_consent is not open to clients that register themselves.')
  if (client.skip_logout_consent === true) {
    throw invalidRequest('skip_logout_consent is not open to clients that register themselves.')
  }
}
