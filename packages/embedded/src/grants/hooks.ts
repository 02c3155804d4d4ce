import type { Engine } from '../engine.ts'
import { accessDenied, serverError } from '../errors.ts'
import { decodeMembers, firstDocument, isDecodeError } from '../http/go-json.ts'
import { postWithRetries } from '../http/outgoing.ts'
import type { WebhookOptions } from '../options.ts'
import { idTokenKid } from '../tokens/id-token.ts'
import type { TokenSession } from '../tokens/session.ts'
import { deviceCodeGrantType } from './device-code.ts'
import type { GrantRequest, PreparedGrant } from './grant.ts'

/**
 * The webhooks that may change or refuse tokens (Hydra's `oauth2.refresh_token_hook` and `oauth2.token_hook`). They
 * are called once a grant was found to be good, and before anything is issued or used up: after a refusal the same
 * code or refresh token still works. The refresh hook comes first, and the token hook sees what it changed.
 *
 * @throws HydraError `access_denied` when a hook answers 403, `server_error` for any other answer than 200 and 204
 */
export async function callHooks(asked: GrantRequest, { request }: PreparedGrant): Promise<void> {
  const { tokenHook, refreshTokenHook } = asked.engine.config
  const grantType = (asked.form.get('grant_type') ?? '').trim()
  if (refreshTokenHook !== undefined && grantType === 'refresh_token') {
    const requester = {
      client_id: request.clientId,
      granted_scopes: request.grantedScopes,
      granted_audience: request.grantedAudience,
      grant_types: [grantType],
    }
    const { grant_types: _, ...legacy } = requester
    const session = await shownSession(asked.engine, request.session)
    const answer = await call(asked.engine, refreshTokenHook, {
      subject: request.session.subject,
      session,
      requester,
      ...legacy,
    })
    if (answer !== undefined) apply(request.session, answer, grantType)
  }
  if (tokenHook !== undefined) {
    // What a consent granted is read from storage only when the tokens are made, after the hook.
    const granted = !isMerged(grantType)
    const body = {
      session: await shownSession(asked.engine, request.session),
      request: {
        client_id: request.clientId,
        requested_scopes: nullIfEmpty(request.requestedScopes),
        granted_scopes: granted ? request.grantedScopes : [],
        granted_audience: granted ? request.grantedAudience : [],
        grant_types: [grantType],
        payload: payloadOf(asked.form),
      },
    }
    const answer = await call(asked.engine, tokenHook, body)
    if (answer !== undefined) apply(request.session, answer, grantType)
  }
}

/** Grants whose stored session is laid over the hook's answer. */
function isMerged(grantType: string): boolean {
  return grantType === 'authorization_code' || grantType === deviceCodeGrantType
}

/** Fields of the form that a hook gets to see. Secrets and codes are not among them, assertions are. */
const payloadFields: readonly string[] = ['grant_type', 'response_type', 'scope', 'client_id', 'assertion']

function payloadOf(form: URLSearchParams): Record<string, string[]> {
  const entries = payloadFields.map((name) => [name, form.getAll(name)] as const)
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0))
}

/** What a hook answered; `null` for a side that it left out. */
interface HookAnswer {
  readonly accessToken: Record<string, unknown> | null
  readonly idToken: Record<string, unknown> | null
}

/** Posts to a hook. `undefined`: keep the session as it is. */
async function call(engine: Engine, hook: WebhookOptions, body: unknown): Promise<HookAnswer | undefined> {
  const post = {
    headers: { 'content-type': 'application/json; charset=UTF-8', ...authHeader(hook) },
    body: JSON.stringify(body),
  }
  const response = await postWithRetries(hook.url, post, engine.ending).catch(() => {
    throw serverError('The token hook could not be reached.')
  })
  // Not text(): it would swallow a byte order mark, at which Go's decoder stumbles.
  const text = await response.arrayBuffer().then(
    (bytes) => Buffer.from(bytes).toString(),
    () => '',
  )
  if (response.status === 204) return undefined
  if (response.status === 403) throw accessDenied('The token hook refused.')
  if (response.status !== 200) throw serverError('The token hook answered with an error.')
  try {
    const { session = null } = decodeMembers(firstDocument(text), { session: 'object' })
    const members = decodeMembers(session, { access_token: 'object', id_token: 'object' })
    return {
      accessToken: (members.access_token as Record<string, unknown> | undefined) ?? null,
      idToken: (members.id_token as Record<string, unknown> | undefined) ?? null,
    }
  } catch (error) {
    if (isDecodeError(error)) throw serverError('The answer of the token hook can not be read.')
    throw error
  }
}

function authHeader({ auth }: WebhookOptions): Record<string, string> {
  if (auth === undefined) return {}
  const { in: place, name, value } = auth.config
  return place === 'header' ? { [name]: value } : { cookie: `${name}=${value}` }
}

/**
 * Puts the answer into the session. With codes and devices the consent is laid over it, so a hook can only add; with
 * every other grant it replaces both sides, and one that is missing is emptied.
 */
function apply(session: TokenSession, { accessToken, idToken }: HookAnswer, grantType: string): void {
  const claims = session.idTokenClaims
  if (isMerged(grantType)) {
    session.extra = { ...accessToken, ...session.extra }
    claims.ext = { ...idToken, ...claims.ext }
    return
  }
  session.extra = accessToken ?? {}
  session.extraRemoved = accessToken === null
  claims.ext = idToken ?? {}
}

/** A session in the form that hooks know. Times are RFC 3339, unset ones Go's year 1. */
async function shownSession(engine: Engine, session: TokenSession): Promise<unknown> {
  const { config } = engine
  const { idTokenClaims: claims, expiresAt } = session
  const fromConsent = session.consentChallenge !== ''
  return {
    id_token: {
      id_token_claims: {
        jti: claims.jti,
        iss: claims.iss,
        sub: claims.sub,
        aud: nullIfEmpty(claims.aud),
        nonce: claims.nonce,
        exp: time(claims.exp),
        iat: time(claims.iat),
        rat: time(claims.rat),
        auth_time: time(claims.authTime),
        at_hash: claims.atHash,
        acr: claims.acr,
        amr: nullIfEmpty(claims.amr),
        c_hash: claims.cHash,
        ext: Object.keys(claims.ext).length === 0 ? null : claims.ext,
      },
      headers: { extra: fromConsent ? { kid: await idTokenKid(engine) } : null },
      expires_at: {
        ...(expiresAt.access === undefined ? {} : { access_token: time(expiresAt.access) }),
        ...(expiresAt.code === undefined ? {} : { authorize_code: time(expiresAt.code) }),
        ...(expiresAt.device === undefined
          ? {}
          : { device_code: time(expiresAt.device), user_code: time(expiresAt.device) }),
        ...(expiresAt.refresh === undefined ? {} : { refresh_token: time(expiresAt.refresh) }),
      },
      ...(session.username === '' ? {} : { username: session.username }),
      ...(session.subject === '' ? {} : { subject: session.subject }),
    },
    extra: session.extraRemoved === true ? null : session.extra,
    kid: session.kid,
    client_id: session.clientId,
    consent_challenge: session.consentChallenge,
    exclude_not_before_claim: config.excludeNotBeforeClaim,
    allowed_top_level_claims: config.allowedTopLevelClaims,
    mirror_top_level_claims: config.mirrorTopLevelClaims,
  }
}

function nullIfEmpty<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list
}

function time(ms: number | undefined): string {
  return ms === undefined ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace('.000Z', 'Z')
}
