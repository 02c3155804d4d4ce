/** The authorize flow as browser, login app and consent app see it, one step at a time. */
import { createHash, randomBytes } from 'node:crypto'
import type { Answer } from './answer.ts'
import type { Browser } from './browser.ts'
import type { CaseContext, Fields } from './case-context.ts'
import type { TestClient } from './test-client.ts'

/** What an authorize request asks for. */
export interface FlowOptions {
  /** Put before each step's name, when a case has more than one flow. */
  readonly name?: string
  readonly browser?: Browser
  readonly scope?: string
  readonly responseType?: string
  /** More authorize parameters; `undefined` takes one away. */
  readonly params?: Fields
  readonly subject?: string
  /** Nothing of it is recorded. */
  readonly quiet?: boolean
}

/** PKCE values (RFC 7636 section 4). */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

/** A fresh verifier and its S256 challenge. */
export function createPkce(t: CaseContext): Pkce {
  const verifier = t.hide('code_verifier', randomBytes(32).toString('base64url'))
  const challenge = t.hide('code_challenge', createHash('sha256').update(verifier).digest('base64url'))
  return { verifier, challenge }
}

/** One authorize flow of one client in one browser. */
export class Flow {
  readonly t: CaseContext
  readonly client: TestClient
  readonly browser: Browser
  readonly state: string
  readonly nonce: string
  readonly subject: string
  readonly scope: string
  readonly #prefix: string
  readonly #options: FlowOptions
  #loginChallenge: string | undefined
  #consentChallenge: string | undefined
  #last: Answer | undefined

  constructor(t: CaseContext, client: TestClient, options: FlowOptions = {}) {
    this.t = t
    this.client = client
    this.browser = options.browser ?? t.browser()
    this.state = t.unique('state')
    this.nonce = t.unique('nonce')
    this.subject = options.subject ?? t.unique('subject')
    this.scope = options.scope ?? 'openid offline photos.read'
    this.#prefix = options.name === undefined ? '' : `${options.name}: `
    this.#options = options
  }

  /** The login challenge of the latest authorize request. */
  get loginChallenge(): string {
    return present(this.#loginChallenge, 'login challenge')
  }

  get consentChallenge(): string {
    return present(this.#consentChallenge, 'consent challenge')
  }

  /** The latest redirect. */
  get last(): Answer {
    if (this.#last === undefined) throw new Error('the flow has not begun')
    return this.#last
  }

  /** The code in the latest redirect. */
  get code(): string {
    return this.last.needParam('code')
  }

  get parameters(): Fields {
    return {
      client_id: this.client.id,
      response_type: this.#options.responseType ?? 'code',
      redirect_uri: this.client.redirectUri,
      scope: this.scope,
      state: this.state,
      nonce: this.nonce,
      ...this.#options.params,
    }
  }

  /** GET /oauth2/auth. */
  async authorize(): Promise<Answer> {
    const query = this.parameters
    const answer = await this.t.public.get(this.#step('authorize'), '/oauth2/auth', {
      query,
      browser: this.browser,
      quiet: this.#quiet,
    })
    return this.keep(answer)
  }

  getLogin(): Promise<Answer> {
    const query = { login_challenge: this.loginChallenge }
    return this.t.admin.get(this.#step('get login request'), '/oauth2/auth/requests/login', {
      query,
      quiet: this.#quiet,
    })
  }

  /** Accepts the login; the subject is this flow's unless told. */
  acceptLogin(body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const query = { login_challenge: this.loginChallenge }
    const json = { subject: this.subject, ...body }
    const step = this.#step('accept login')
    return this.t.admin.put(step, '/oauth2/auth/requests/login/accept', { query, json, quiet: this.#quiet })
  }

  rejectLogin(body: Readonly<Record<string, unknown>>): Promise<Answer> {
    const query = { login_challenge: this.loginChallenge }
    const step = this.#step('reject login')
    return this.t.admin.put(step, '/oauth2/auth/requests/login/reject', { query, json: body, quiet: this.#quiet })
  }

  getConsent(): Promise<Answer> {
    const query = { consent_challenge: this.consentChallenge }
    const step = this.#step('get consent request')
    return this.t.admin.get(step, '/oauth2/auth/requests/consent', { query, quiet: this.#quiet })
  }

  /** Accepts the consent; all requested scopes and audiences are granted unless told. */
  acceptConsent(body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const query = { consent_challenge: this.consentChallenge }
    const audience = this.parameters['audience']
    const json = {
      grant_scope: this.scope.split(' ').filter((part) => part !== ''),
      grant_access_token_audience: typeof audience === 'string' ? audience.split(' ') : [],
      ...body,
    }
    const step = this.#step('accept consent')
    return this.t.admin.put(step, '/oauth2/auth/requests/consent/accept', { query, json, quiet: this.#quiet })
  }

  rejectConsent(body: Readonly<Record<string, unknown>>): Promise<Answer> {
    const query = { consent_challenge: this.consentChallenge }
    const step = this.#step('reject consent')
    return this.t.admin.put(step, '/oauth2/auth/requests/consent/reject', { query, json: body, quiet: this.#quiet })
  }

  /** Opens the `redirect_to` of an accept or reject in this flow's browser, or in another one. */
  async follow(step: string, accepted: Answer, browser: Browser = this.browser): Promise<Answer> {
    const answer = await this.t.visit(this.#step(step), accepted.string('redirect_to'), browser, { quiet: this.#quiet })
    return this.keep(answer)
  }

  /** Accepts the login and follows. */
  async login(body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.follow('follow login', await this.acceptLogin(body))
  }

  /** Accepts the consent and follows. */
  async consent(body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.follow('follow consent', await this.acceptConsent(body))
  }

  /** All steps up to the redirect to the client. */
  async run(steps: RunSteps = {}): Promise<Answer> {
    await this.authorize()
    await this.login(steps.login)
    return this.consent(steps.consent)
  }

  /** Exchanges the code of the latest redirect. */
  tokens(form: Fields = {}): Promise<Answer> {
    return this.t.public.post(this.#step('exchange the code'), '/oauth2/token', {
      form: {
        grant_type: 'authorization_code',
        code: this.code,
        redirect_uri: this.client.redirectUri,
        ...this.client.credentials,
        ...form,
      },
      quiet: this.#quiet,
    })
  }

  get #quiet(): boolean {
    return this.#options.quiet === true
  }

  #step(name: string): string {
    return `${this.#prefix}${name}`
  }

  /** Takes over a redirect that came about in another way, such as that of the device flow. */
  keep(answer: Answer): Answer {
    this.#last = answer
    if (answer.header('location') !== undefined) {
      this.#loginChallenge = answer.param('login_challenge') ?? this.#loginChallenge
      this.#consentChallenge = answer.param('consent_challenge') ?? this.#consentChallenge
    }
    return answer
  }
}

/** Bodies of the two accepts. */
export interface RunSteps {
  readonly login?: Readonly<Record<string, unknown>>
  readonly consent?: Readonly<Record<string, unknown>>
}

/** A finished sign-in: its flow and the token answer. */
export interface SignedIn {
  readonly flow: Flow
  readonly tokens: Answer
  readonly accessToken: string
  readonly refreshToken: string
  readonly idToken: string
}

/** Signs a user in without recording it; for cases that are about what comes afterwards. */
export async function signIn(
  t: CaseContext,
  client: TestClient,
  options: FlowOptions & RunSteps = {},
): Promise<SignedIn> {
  const flow = new Flow(t, client, { quiet: true, ...options })
  await flow.run(options)
  const tokens = await flow.tokens()
  if (tokens.status !== 200) throw new Error(`set-up: sign-in ended with ${tokens.status}, ${tokens.shape}`)
  const text = (name: string): string => {
    const value = tokens.at(name)
    return typeof value === 'string' ? value : ''
  }
  return {
    flow,
    tokens,
    accessToken: t.hide('access_token', text('access_token')),
    refreshToken: text('refresh_token') === '' ? '' : t.hide('refresh_token', text('refresh_token')),
    idToken: text('id_token') === '' ? '' : t.hide('id_token', text('id_token')),
  }
}

function present(value: string | undefined, what: string): string {
  if (value === undefined) throw new Error(`the flow has no ${what} yet`)
  return value
}
