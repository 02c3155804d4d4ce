/** Addresses of the public port that a browser is sent to; nothing is requested here. */
import { refuseUnknown, requireText } from './arguments.ts'
import type { Caller } from './caller.ts'
import { encodeFields } from './encoding.ts'
import type { FieldValue } from './encoding.ts'
import { optionsError } from './options-error.ts'

/** An authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1). */
export interface AuthorizationUrlRequest {
  /** Who asks. */
  clientId: string
  /** Must equal a registered one exactly (any port on a loopback IP). */
  redirectUri: string
  /** Default `code`. */
  responseType?: string | undefined
  /**
   * What is asked for. `openid` for an ID token, `offline` or `offline_access` for a refresh token. Default: not sent.
   */
  scope?: string | readonly string[] | undefined
  /** At least 8 characters: Hydra refuses shorter ones. */
  state: string
  /** Comes back in the ID token; at least 8 characters. Default: not sent. */
  nonce?: string | undefined
  /** PKCE (RFC 7636) with `S256`, the only method that Hydra takes. Default: not sent. */
  codeChallenge?: string | undefined
  /** Audiences of the access token; must be on the client's list. Default: not sent. */
  audience?: string | readonly string[] | undefined
  /** `none`, `login`, `consent`, and `registration` since 2.2. Default: not sent. */
  prompt?: string | readonly string[] | undefined
  /** The oldest login that will do, in seconds. Default: not sent. */
  maxAgeSeconds?: number | undefined
  /** What the user may want to sign in as. Default: not sent. */
  loginHint?: string | undefined
  /** An earlier ID token: only this user may be signed in. Default: not sent. */
  idTokenHint?: string | undefined
  /** Requested authentication classes, best first. Default: not sent. */
  acrValues?: string | readonly string[] | undefined
  /** Languages, as BCP 47 tags, best first. Default: not sent. */
  uiLocales?: string | readonly string[] | undefined
  /** How the pages should look. Default: not sent. */
  display?: string | undefined
  /** How the answer comes back. Default: by response type. */
  responseMode?: 'query' | 'fragment' | 'form_post' | undefined
  /** Any other parameters. Default: none. */
  parameters?: Readonly<Record<string, string>> | undefined
  /** Where the browser reaches Hydra. Default: `publicUrl`. */
  issuer?: string | undefined
}

/** A request to sign out (OpenID Connect RP-Initiated Logout 1.0). */
export interface EndSessionUrlRequest {
  /** An ID token of the session, expired or not. Needed by the other two. Default: not sent. */
  idTokenHint?: string | undefined
  /** Must equal a registered one exactly. Default: not sent. */
  postLogoutRedirectUri?: string | undefined
  /** Comes back on the redirect. Default: not sent. */
  state?: string | undefined
  /** Where the browser reaches Hydra. Default: `publicUrl`. */
  issuer?: string | undefined
}

const AUTHORIZATION = [
  'clientId',
  'redirectUri',
  'responseType',
  'scope',
  'state',
  'nonce',
  'codeChallenge',
  'audience',
  'prompt',
  'maxAgeSeconds',
  'loginHint',
  'idTokenHint',
  'acrValues',
  'uiLocales',
  'display',
  'responseMode',
  'parameters',
  'issuer',
]

/** @throws TypeError `ERR_OPTIONS` for what Hydra is known to refuse */
export function authorizationUrl(caller: Caller, request: AuthorizationUrlRequest): string {
  const { clientId, redirectUri, state } = request
  refuseUnknown(request, AUTHORIZATION)
  requireText(clientId, 'clientId')
  if (!URL.canParse(redirectUri)) throw optionsError('`redirectUri` must be an absolute URL')
  if (typeof state !== 'string' || state.length < 8) {
    throw optionsError('`state` must have at least 8 characters, else Hydra refuses it; use a random one')
  }
  return browserUrl(caller, 'oidc.authorizationUrl', request.issuer, '/oauth2/auth', {
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: request.responseType ?? 'code',
    scope: request.scope,
    state,
    nonce: request.nonce,
    code_challenge: request.codeChallenge,
    code_challenge_method: request.codeChallenge === undefined ? undefined : 'S256',
    audience: request.audience,
    prompt: request.prompt,
    max_age: request.maxAgeSeconds,
    login_hint: request.loginHint,
    id_token_hint: request.idTokenHint,
    acr_values: request.acrValues,
    ui_locales: request.uiLocales,
    display: request.display,
    response_mode: request.responseMode,
    ...request.parameters,
  })
}

/** @throws TypeError `ERR_OPTIONS` for what Hydra is known to refuse */
export function endSessionUrl(caller: Caller, request: EndSessionUrlRequest): string {
  refuseUnknown(request, ['idTokenHint', 'postLogoutRedirectUri', 'state', 'issuer'])
  const { idTokenHint, postLogoutRedirectUri, state, issuer } = request
  if (idTokenHint === undefined && (postLogoutRedirectUri !== undefined || state !== undefined)) {
    throw optionsError('`postLogoutRedirectUri` and `state` need `idTokenHint`: without it Hydra refuses them')
  }
  return browserUrl(caller, 'oidc.endSessionUrl', issuer, '/oauth2/sessions/logout', {
    id_token_hint: idTokenHint,
    post_logout_redirect_uri: postLogoutRedirectUri,
    state,
  })
}

/** An address below the issuer (or `publicUrl`), with its query. */
export function browserUrl(
  caller: Caller,
  method: string,
  issuer: string | undefined,
  path: string,
  query: Readonly<Record<string, FieldValue>>,
): string {
  if (issuer !== undefined && !URL.canParse(issuer)) throw optionsError('`issuer` must be an absolute URL')
  const address = issuer === undefined ? caller.publicAddress(method) : undefined
  const base = address === undefined ? issuer!.replace(/\/+$/, '') : address.origin + address.path
  const fields = encodeFields(query)
  return base + path + (fields === '' ? '' : `?${fields}`)
}
