/** Calls every operation against a server that keeps what it is told: success, and the refusals that matter. */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { ClientCredentials, HydraClient, JsonWebKey, OAuth2Client, TokenResponse } from '@hydra-kit/client'

/** What became of one step: `ok`, the state of a result, `http <status>`, or the code of another error. */
export interface StepOutcome {
  step: string
  expected: string
  happened: string
}

/** Servers: the newest generation (26.2, embedded) or 1.11. */
export type Generation = '26.2' | '1.11'

const callback = 'http://127.0.0.1:5555/callback'
const scope = 'openid offline photos.read'

/** Runs all of it, in an order in which each step has what it needs. */
export async function liveThrough(
  hydra: HydraClient,
  publicUrl: string,
  generation: Generation,
): Promise<StepOutcome[]> {
  const life = new Life(generation)
  const { step } = life
  const old = generation === '1.11'
  const unsupported = old ? 'ERR_HYDRA_UNSUPPORTED' : 'ok'

  await step('metadata.version', 'ok', () => hydra.metadata.version())
  await step('metadata.alive', 'ok', () => hydra.metadata.alive())
  await step('metadata.ready', 'ok', () => hydra.metadata.ready())
  await step('metadata.metrics', 'ok', () => hydra.metadata.metrics())
  await step('oidc.discovery', 'ok', () => hydra.oidc.discovery())
  await step('oidc.jwks', 'ok', () => hydra.oidc.jwks())

  const web = (await step('clients.create', 'ok', () => hydra.clients.create(webClient)))!
  await step('clients.create, same id', 'http 409', () => hydra.clients.create({ client_id: web.client_id }))
  await step('clients.get', 'ok', () => hydra.clients.get(web.client_id))
  await step('clients.get, unknown', 'http 404', () => hydra.clients.get(randomUUID()))
  await step('clients.set', 'ok', () => hydra.clients.set(web.client_id, { ...web, client_name: 'second' }))
  const rename = [{ op: 'replace', path: '/client_name', value: 'third' }] as const
  await step('clients.patch', 'ok', () => hydra.clients.patch(web.client_id, rename))
  await step('clients.patch, remove nothing', 'http 500', () =>
    hydra.clients.patch(web.client_id, [{ op: 'remove', path: '/nothing' }]),
  )
  const lifespans = { client_credentials_grant_access_token_lifespan: '30m' }
  await step('clients.setLifespans', 'ok', () => hydra.clients.setLifespans(web.client_id, lifespans))
  await step('clients.list', 'ok', async () => {
    const found = await hydra.clients.list({ owner: web.owner, pageSize: 1 }).toArray()
    if (found.length !== 1 || found[0]?.client_name !== 'third') throw new Error(`found ${found.length}`)
  })

  const auth = { clientId: web.client_id, clientSecret: web.client_secret!, authMethod: 'client_secret_post' as const }
  const browser = new Browser()
  const { code, login, consent } = await signIn(life, hydra, browser, web.client_id)
  const used = old ? 'handled' : 'open'
  await step('loginRequests.get, used', used, () => hydra.loginRequests.get(login))
  await step('consentRequests.get, used', used, () => hydra.consentRequests.get(consent))
  await step('loginRequests.accept, used', old ? 'handled' : 'done', () =>
    hydra.loginRequests.accept(login, { subject: 'alice' }),
  )
  await rejections(life, hydra, web.client_id)

  const exchange = { grantType: 'authorization_code', redirectUri: callback, ...auth } as const
  let tokens = (await step('tokens.exchange, code', 'ok', () => hydra.tokens.exchange({ ...exchange, code })))!
  await step('tokens.introspect', 'active access_token', () => introspect(hydra, tokens.access_token))
  await step('tokens.introspect, refresh token', 'active refresh_token', () => introspect(hydra, tokens.refresh_token!))
  await step('tokens.introspect, unknown', 'inactive', () => introspect(hydra, 'nonsense'))
  await step('oidc.userinfo', 'ok', () => hydra.oidc.userinfo(tokens.access_token))
  await step('oidc.userinfo, unknown', 'http 401', () => hydra.oidc.userinfo('nonsense'))
  const refresh = { grantType: 'refresh_token', ...auth } as const
  const old_ = tokens.refresh_token!
  tokens = (await step('tokens.exchange, refresh', 'ok', () =>
    hydra.tokens.exchange({ ...refresh, refreshToken: old_ }),
  ))!
  await step('tokens.exchange, nonsense', 'http 400', () =>
    hydra.tokens.exchange({ ...refresh, refreshToken: 'nonsense' }),
  )
  const machine = { grantType: 'client_credentials', scope: 'photos.read', ...auth } as const
  await step('tokens.exchange, client credentials', 'ok', () => hydra.tokens.exchange(machine))
  await step('tokens.exchange, wrong secret', 'http 401', () =>
    hydra.tokens.exchange({ ...machine, clientSecret: 'wrong-one' }),
  )
  await step('consentSessions.list', 'ok', async () => {
    const found = await hydra.consentSessions.list({ subject: 'alice' }).toArray()
    if (!found.some(({ grant_scope }) => grant_scope.includes('photos.read'))) throw new Error('not listed')
  })
  await credentials(life, hydra, tokens)

  await keys(life, hydra)
  await trust(life, hydra, publicUrl, auth)
  await registration(life, hydra)
  await device(life, hydra, auth)
  await logout(life, hydra, browser, tokens)

  await step('loginSessions.revoke', 'ok', () => hydra.loginSessions.revoke({ subject: 'alice' }))
  await step('loginSessions.revoke, by sid', unsupported, () => hydra.loginSessions.revoke({ sid: 'no-such-session' }))
  await step('consentSessions.revoke', 'ok', () =>
    hydra.consentSessions.revoke({ subject: 'alice', client: web.client_id }),
  )
  await step('tokens.introspect, revoked with its consent', 'inactive', () => introspect(hydra, tokens.access_token))
  await step('consentSessions.revoke, all', 'ok', () => hydra.consentSessions.revoke({ subject: 'alice', all: true }))
  const consentRequestId = '0'.repeat(32)
  await step('consentSessions.revoke, by id', unsupported, () => hydra.consentSessions.revoke({ consentRequestId }))
  const more = (await hydra.tokens.exchange(machine)).access_token
  await step('tokens.revoke', 'ok', () => hydra.tokens.revoke({ token: more, ...auth }))
  await step('tokens.introspect, revoked', 'inactive', () => introspect(hydra, more))
  await step('tokens.revoke, unknown', 'ok', () => hydra.tokens.revoke({ token: 'nonsense', ...auth }))
  await step('tokens.revoke, wrong secret', 'http 401', () =>
    hydra.tokens.revoke({ token: more, ...auth, clientSecret: 'wrong-one' }),
  )
  await step('tokens.deleteByClient', 'ok', () => hydra.tokens.deleteByClient(web.client_id))
  await step('tokens.flushInactive', old ? 'ok' : 'ERR_HYDRA_UNSUPPORTED', () => hydra.tokens.flushInactive())
  await step('clients.delete', 'ok', () => hydra.clients.delete(web.client_id))
  await step('clients.delete, again', 'http 404', () => hydra.clients.delete(web.client_id))
  return life.outcomes
}

const webClient: OAuth2Client = {
  client_name: 'first',
  client_secret: 'a-secret-of-the-test',
  owner: randomUUID(),
  redirect_uris: [callback],
  post_logout_redirect_uris: ['http://127.0.0.1:5555/bye'],
  scope: `${scope} userinfo_credential_draft_00`,
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:device_code',
  ],
  token_endpoint_auth_method: 'client_secret_post',
}

class Life {
  readonly generation: Generation
  readonly outcomes: StepOutcome[] = []

  constructor(generation: Generation) {
    this.generation = generation
  }

  step = async <T>(step: string, expected: string, call: () => Promise<T>): Promise<T | undefined> => {
    let result: T | undefined
    let happened = 'ok'
    try {
      result = await call()
      const { state } = (result ?? {}) as { state?: string }
      if (typeof result === 'string' && /^(in)?active/.test(result)) happened = result
      else happened = state ?? 'ok'
    } catch (error) {
      const { code, status, message } = error as { code?: string; status?: number; message: string }
      happened = code === 'ERR_HYDRA_HTTP' ? `http ${status}` : (code ?? message)
    }
    this.outcomes.push({ step, expected, happened })
    return result
  }
}

async function introspect(hydra: HydraClient, token: string): Promise<string> {
  const found = await hydra.tokens.introspect({ token })
  return found.active ? `active ${found.token_use}` : 'inactive'
}

/** A cookie jar that follows nothing. */
class Browser {
  readonly #jar = new Map<string, string>()

  /** Where a page sends the browser. */
  async visit(url: string): Promise<URLSearchParams> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      this.#jar.set(name, value)
    }
    return new URL(response.headers.get('location') ?? 'about:blank').searchParams
  }
}

async function signIn(
  { step, generation }: Life,
  hydra: HydraClient,
  browser: Browser,
  clientId: string,
): Promise<{ code: string; login: string; consent: string }> {
  const wanted = generation === '1.11' ? scope : `${scope} userinfo_credential_draft_00`
  const url = hydra.oidc.authorizationUrl({ clientId, redirectUri: callback, scope: wanted, state: randomUUID() })
  const login = (await browser.visit(url)).get('login_challenge')!
  await step('loginRequests.get', 'open', () => hydra.loginRequests.get(login))
  await step('loginRequests.get, unknown', 'unknown', () => hydra.loginRequests.get('nonsense'))
  const body = { subject: 'alice', remember: true, remember_for: 3600, identity_provider_session_id: 'upstream' }
  const accepted = await step('loginRequests.accept', 'done', () => hydra.loginRequests.accept(login, body))
  const consent = (await browser.visit(followed(accepted))).get('consent_challenge')!
  await step('consentRequests.get', 'open', () => hydra.consentRequests.get(consent))
  await step('consentRequests.accept, unknown', 'unknown', () => hydra.consentRequests.accept('nonsense', {}))
  const session = { access_token: { tenant: 7 }, id_token: { name: 'Alice' } }
  const granted = await step('consentRequests.accept', 'done', () =>
    hydra.consentRequests.accept(consent, { grant_scope: wanted.split(' '), session, context: { from: 'test' } }),
  )
  const code = (await browser.visit(followed(granted))).get('code')!
  return { code, login, consent }
}

async function rejections({ step }: Life, hydra: HydraClient, clientId: string): Promise<void> {
  const browser = new Browser()
  const state = randomUUID()
  const url = hydra.oidc.authorizationUrl({ clientId, redirectUri: callback, scope: 'openid', state })
  const login = (await browser.visit(url)).get('login_challenge')!
  const denied = { error: 'access_denied', error_description: 'not today' }
  const rejected = await step('loginRequests.reject', 'done', () => hydra.loginRequests.reject(login, denied))
  await step('the client hears of the rejection', 'ok', async () => {
    const error = (await browser.visit(followed(rejected))).get('error')
    if (error !== 'access_denied') throw new Error(`error=${error}`)
  })
  const again = (await browser.visit(url)).get('login_challenge')!
  const accepted = await hydra.loginRequests.accept(again, { subject: 'bob' })
  const consent = (await browser.visit(followed(accepted))).get('consent_challenge')!
  await step('consentRequests.reject', 'done', () => hydra.consentRequests.reject(consent, denied))
}

async function credentials({ step, generation }: Life, hydra: HydraClient, tokens: TokenResponse): Promise<void> {
  const request = { format: 'jwt_vc_json', types: ['VerifiableCredential', 'UserInfoCredential'] }
  const expected = generation === '1.11' ? 'ERR_HYDRA_UNSUPPORTED' : 'proof_required'
  const first = await step('credentials.create', expected, () => hydra.credentials.create(tokens.access_token, request))
  if (first?.state !== 'proof_required') return
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = publicKey.export({ format: 'jwk' })
  const jwt = sign(privateKey, { jwk }, { nonce: first.nonce.c_nonce })
  const proof = { proof_type: 'jwt', jwt }
  await step('credentials.create, with proof', 'issued', () =>
    hydra.credentials.create(tokens.access_token, { ...request, proof }),
  )
}

async function keys({ step }: Life, hydra: HydraClient): Promise<void> {
  const set = `set-${randomUUID()}`
  await step('keySets.create', 'ok', () => hydra.keySets.create(set, { alg: 'RS256', kid: 'k1' }))
  await step('keySets.create, unknown algorithm', 'http 400', () => hydra.keySets.create(set, { alg: 'XX256' }))
  await step('keySets.get', 'ok', () => hydra.keySets.get(set))
  await step('keySets.getKey, kid without prefix', 'ok', () => hydra.keySets.getKey(set, 'k1'))
  await step('keySets.getKey, unknown', 'http 404', () => hydra.keySets.getKey(set, 'k2'))
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as JsonWebKey), use: 'sig', alg: 'RS256' }
  await step('keySets.setKey', 'ok', () => hydra.keySets.setKey(set, 'k3', jwk))
  await step('keySets.deleteKey', 'ok', () => hydra.keySets.deleteKey(set, 'k1'))
  await step('only the other key is left', 'ok', async () => {
    const kids = (await hydra.keySets.get(set)).keys.map(({ kid }) => kid)
    if (kids.join() !== 'k3') throw new Error(kids.join())
  })
  await step('keySets.set', 'ok', () => hydra.keySets.set(set, { keys: [{ ...jwk, kid: 'k4' }] }))
  await step('keySets.delete', 'ok', () => hydra.keySets.delete(set))
  await step('keySets.get, deleted', 'http 404', () => hydra.keySets.get(set))
}

async function trust({ step }: Life, hydra: HydraClient, publicUrl: string, auth: ClientCredentials): Promise<void> {
  const issuer = `https://issuer-${randomUUID()}.example`
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...(publicKey.export({ format: 'jwk' }) as JsonWebKey), kid: 'their-key', use: 'sig', alg: 'RS256' }
  const request = { issuer, subject: 'bob', jwk, scope: ['photos.read'], expires_at: '2040-01-01T00:00:00Z' }
  const trusted = await step('trustedIssuers.create', 'ok', () => hydra.trustedIssuers.create(request))
  await step('trustedIssuers.create, again', 'http 409', () => hydra.trustedIssuers.create(request))
  const { id = '' } = trusted ?? {}
  await step('trustedIssuers.get', 'ok', () => hydra.trustedIssuers.get(id))
  await step('trustedIssuers.list', 'ok', async () => {
    const found = await hydra.trustedIssuers.list({ issuer }).toArray()
    if (found.length !== 1) throw new Error(`found ${found.length}`)
  })
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuer,
    sub: 'bob',
    aud: `${publicUrl}/oauth2/token`,
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
  }
  const grant = {
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer' as const,
    assertion: sign(privateKey, { kid: 'their-key' }, claims),
    scope: 'photos.read',
    ...auth,
  }
  await step('tokens.exchange, assertion', 'ok', () => hydra.tokens.exchange(grant))
  await step('tokens.exchange, same assertion', 'http 400', () => hydra.tokens.exchange(grant))
  await step('trustedIssuers.delete', 'ok', () => hydra.trustedIssuers.delete(id))
  await step('trustedIssuers.delete, again', 'http 404', () => hydra.trustedIssuers.delete(id))
}

async function registration({ step, generation }: Life, hydra: HydraClient): Promise<void> {
  const body = { client_name: 'dynamic', redirect_uris: [callback] }
  const made = (await step('registration.create', 'ok', () => hydra.registration.create(body)))!
  const refused = generation === '1.11' ? 'http 403' : 'http 400'
  await step('registration.create, own secret', refused, () =>
    hydra.registration.create({ ...body, client_secret: 'chosen-by-the-caller' }),
  )
  const { client_id: id, registration_access_token: first = '' } = made
  await step('registration.get', 'ok', () => hydra.registration.get(id, first))
  await step('registration.get, wrong token', 'http 401', () => hydra.registration.get(id, 'nonsense'))
  const changed = await step('registration.set', 'ok', () => hydra.registration.set(id, first, body))
  await step('registration.get, old token', 'http 401', () => hydra.registration.get(id, first))
  const { registration_access_token: second = '' } = changed ?? {}
  await step('registration.delete', 'ok', () => hydra.registration.delete(id, second))
  await step('registration.get, deleted', 'http 401', () => hydra.registration.get(id, second))
}

async function device({ step, generation }: Life, hydra: HydraClient, auth: ClientCredentials): Promise<void> {
  const old = generation === '1.11'
  const request = { ...auth, clientId: auth.clientId!, scope: 'openid' }
  const codes = await step('device.authorize', old ? 'ERR_HYDRA_UNSUPPORTED' : 'ok', () =>
    hydra.device.authorize(request),
  )
  const poll = {
    grantType: 'urn:ietf:params:oauth:grant-type:device_code' as const,
    deviceCode: codes?.device_code ?? 'none',
    ...auth,
  }
  await step('tokens.exchange, device', old ? 'ERR_HYDRA_UNSUPPORTED' : 'http 400', () => hydra.tokens.exchange(poll))
  const user_code = codes?.user_code ?? 'none'
  const accept = (challenge: string, code: string) => () => hydra.deviceRequests.accept(challenge, { user_code: code })
  await step('deviceRequests.accept, unknown', old ? 'ERR_HYDRA_UNSUPPORTED' : 'unknown', accept('nonsense', user_code))
  if (codes === undefined) return
  const url = hydra.device.verificationUrl({ userCode: user_code })
  const challenge = (await new Browser().visit(url)).get('device_challenge')!
  await step('deviceRequests.accept, wrong code', 'http 400', accept(challenge, 'nonsense'))
  await step('deviceRequests.accept', 'done', accept(challenge, user_code))
}

async function logout(
  { step, generation }: Life,
  hydra: HydraClient,
  browser: Browser,
  tokens: TokenResponse,
): Promise<void> {
  const postLogoutRedirectUri = 'http://127.0.0.1:5555/bye'
  const url = hydra.oidc.endSessionUrl({ idTokenHint: tokens.id_token, postLogoutRedirectUri, state: 'bye' })
  const challenge = (await browser.visit(url)).get('logout_challenge')!
  await step('logoutRequests.get', 'open', () => hydra.logoutRequests.get(challenge))
  await step('logoutRequests.reject', 'done', () => hydra.logoutRequests.reject(challenge))
  await step('logoutRequests.get, rejected', 'unknown', () => hydra.logoutRequests.get(challenge))
  const accepted = await step('logoutRequests.accept', 'done', () => hydra.logoutRequests.accept(challenge))
  await step('the browser comes back', 'ok', async () => {
    const state = (await browser.visit(followed(accepted))).get('state')
    if (state !== 'bye') throw new Error(`state=${state}`)
  })
  await step('logoutRequests.get, used', 'handled', () => hydra.logoutRequests.get(challenge))
  await step('logoutRequests.accept, unknown', 'unknown', () => hydra.logoutRequests.accept('nonsense'))
  const rejected = generation === '1.11' ? 'done' : 'unknown'
  await step('logoutRequests.reject, unknown', rejected, () => hydra.logoutRequests.reject('nonsense'))
}

function followed(completion: { state: string; redirectTo?: string } | undefined): string {
  return completion?.redirectTo ?? 'about:blank'
}

function sign(key: KeyObject, header: object, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT', ...header })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}
