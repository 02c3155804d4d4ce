import { type Client, clientScopes, responseTypes } from '../clients/client.ts'
import { knownClient } from '../clients/find.ts'
import { checkAudience, requestedAudiences } from '../audience.ts'
import type { Engine } from '../engine.ts'
import {
  invalidRequest,
  invalidScope,
  invalidState,
  registrationNotSupported,
  unsupportedResponseMode,
  unsupportedResponseType,
} from '../errors.ts'
import { type HydraRequest, mergedForm } from '../http/request.ts'
import { asGoUrl } from '../http/urls.ts'
import { hasScope, splitScopes } from '../scopes.ts'
import { minEntropy } from '../tokens/id-token.ts'
import { matchRedirectUri } from './redirect-uri.ts'
import { applyRequestObject } from './request-object.ts'

/** How parameters get back to the client. */
export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** An authorization request, as far as it has been read: errors are told with what is known by then. */
export interface AuthorizeRequest {
  form: URLSearchParams
  state: string
  client: Client | undefined
  /** Only set once it is known to be the client's. */
  redirectUri: string | undefined
  /** `undefined`: not asked for and not yet known. */
  responseMode: ResponseMode | undefined
  /** What the response type implies. */
  defaultResponseMode: ResponseMode | undefined
  responseTypes: string[]
  requestedScopes: string[]
  requestedAudience: string[]
}

/** A request of which nothing is known yet. */
export function emptyAuthorizeRequest(): AuthorizeRequest {
  return {
    form: new URLSearchParams(),
    state: '',
    client: undefined,
    redirectUri: undefined,
    responseMode: undefined,
    defaultResponseMode: undefined,
    responseTypes: [],
    requestedScopes: [],
    requestedAudience: [],
  }
}

/**
 * Reads and checks what can be judged before anybody signs in, in Hydra's order: what comes after the redirect URI is
 * told to the client, what comes before to the error page. `ar` is filled step by step.
 *
 * @throws HydraError
 */
export async function readAuthorizeRequest(engine: Engine, request: HydraRequest, ar: AuthorizeRequest): Promise<void> {
  ar.form = await mergedForm(request)
  ar.state = ar.form.get('state') ?? ''
  const client = knownClient(engine, ar.form.get('client_id') ?? '')
  ar.client = client
  await applyRequestObject(engine, client, ar)
  ar.responseMode = parseResponseMode(ar.form.get('response_mode') ?? '')
  ar.requestedScopes = splitScopes(ar.form.get('scope'))
  const redirectUri = ar.form.get('redirect_uri') ?? ''
  if (redirectUri === '' && hasScope(ar.requestedScopes, 'openid')) {
    throw invalidRequest('OpenID Connect requests need a redirect_uri.')
  }
  ar.redirectUri = asGoUrl(matchRedirectUri(client, redirectUri))
  checkRequestedScopes(engine, client, ar.requestedScopes)
  ar.requestedAudience = requestedAudiences(ar.form.getAll('audience'))
  checkAudience(client.audience ?? [], ar.requestedAudience)
  if ((ar.form.get('registration') ?? '') !== '') throw registrationNotSupported()
  ar.responseTypes = parseResponseType(client, ar.form.get('response_type') ?? '')
  if (ar.responseMode === undefined) {
    setDefaultResponseMode(ar, ar.responseTypes.length === 1 && ar.responseTypes[0] === 'code' ? 'query' : 'fragment')
  }
  if (ar.state.length < minEntropy) throw invalidState(`It needs at least ${minEntropy} characters.`)
}

/** Sets the mode that a response type implies; one that was asked for stays. */
export function setDefaultResponseMode(ar: AuthorizeRequest, mode: ResponseMode): void {
  ar.responseMode ??= mode
  ar.defaultResponseMode = mode
}

function parseResponseMode(mode: string): ResponseMode | undefined {
  if (mode === '') return undefined
  if (mode === 'query' || mode === 'fragment' || mode === 'form_post') return mode
  throw unsupportedResponseMode('It is not query, fragment or form_post.')
}

/** Every scope must be covered by the client's. @throws HydraError `invalid_scope` */
export function checkRequestedScopes(engine: Engine, client: Client, scopes: readonly string[]): void {
  const registered = clientScopes(client)
  for (const scope of scopes) {
    if (!engine.config.scopeStrategy(registered, scope)) {
      throw invalidScope(`The client has not registered the scope '${scope}'.`)
    }
  }
}

function parseResponseType(client: Client, value: string): string[] {
  const types = splitScopes(value)
  if (types.length === 0) throw unsupportedResponseType('The response_type is missing.')
  // The order of the parts carries no meaning (RFC 6749 section 3.1.1); neither does their case, up to here.
  const canonical = (parts: readonly string[]): string =>
    parts
      .map((part) => part.toLowerCase())
      .toSorted()
      .join(' ')
  const registered = responseTypes(client).some((type) => canonical(splitScopes(type)) === canonical(types))
  if (!registered) throw unsupportedResponseType('The client has not registered it.')
  return types
}
