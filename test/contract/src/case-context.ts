/** What a case works with: HTTP under step names, facts by version, applications, names that no other case uses. */
import { randomBytes } from 'node:crypto'
import { Answer } from './answer.ts'
import type { AppHandler, ReceivedRequest } from './app-server.ts'
import { Browser } from './browser.ts'
import { Checks } from './checks.ts'
import { send } from './http-client.ts'
import { operationOf, type Operation, type Port } from './operations.ts'
import { Receiver } from './receiver.ts'
import type { RunningServer } from './running-server.ts'
import { isAtLeast, pick, type ByVersion, type TestedVersion } from './server-version.ts'
import { createClient, type ClientOverrides, type TestClient } from './test-client.ts'
import type { Json } from './transcript/exchange.ts'
import { Recorder } from './transcript/recorder.ts'

/** A value of a form or query; `undefined` is left out, an array is sent as repeated fields. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>

/** How one request is made. */
export interface CallOptions {
  readonly query?: Fields
  readonly json?: unknown
  readonly form?: Fields
  /** A body as it is; give `content-type` yourself. */
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly basic?: readonly [id: string, secret: string]
  readonly bearer?: string
  readonly browser?: Browser
  /** Neither recorded nor compared: for setting up, and for what can't be repeated exactly. */
  readonly quiet?: boolean
  /** The path is sent as it is, without the prefix of the admin port. */
  readonly asIs?: boolean
}

/** The methods of one port. */
export type PortCalls = {
  readonly [method in 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head' | 'options']: (
    step: string,
    path: string,
    options?: CallOptions,
  ) => Promise<Answer>
}

/** Everything that a case can do. */
export class CaseContext {
  readonly server: RunningServer
  readonly version: TestedVersion
  readonly checks: Checks = new Checks()
  readonly recorder: Recorder
  /** Calls to the public port. */
  readonly public: PortCalls
  /** Calls to the admin port; the path is without `/admin`, which is put in front for servers that have it. */
  readonly admin: PortCalls
  readonly #called = new Set<Operation>()
  readonly #cleanups: (() => unknown)[] = []
  #lastOperation: Operation | undefined

  constructor(server: RunningServer) {
    this.server = server
    this.version = server.version
    this.recorder = new Recorder(server)
    this.public = this.#calls('public')
    this.admin = this.#calls('admin')
  }

  /** The operations that were called, recorded or not. */
  get called(): ReadonlySet<Operation> {
    return this.#called
  }

  /** Whether the server is of this version or newer. */
  atLeast(version: string): boolean {
    return isAtLeast(this.version, version)
  }

  /** The value for this server. */
  by<T extends string | number | boolean | null | undefined>(value: ByVersion<T>): T {
    return pick(value, this.version)
  }

  /** A name that no other case uses; transcripts show it as `<label>`. */
  unique(label: string): string {
    const value = `${label}-${randomBytes(8).toString('hex')}`
    this.recorder.placeholders.of(label, value)
    return value
  }

  /** Shows a value of this case's own making as `<label>` in the transcript. */
  hide(label: string, value: string): string {
    this.recorder.placeholders.of(label, value)
    return value
  }

  browser(): Browser {
    return new Browser()
  }

  /** A client of this case's own, made without being recorded. */
  client(overrides: ClientOverrides = {}): Promise<TestClient> {
    return createClient(this, overrides)
  }

  /** An address that Hydra itself can call, and what it sent there. */
  receiver(label: string, handler?: AppHandler): Receiver {
    const path = `/${this.unique(label)}`
    const receiver = new Receiver(`${this.server.app.url}${path}`, handler)
    this.server.app.on(path, receiver.handle)
    this.cleanup(() => this.server.app.off(path))
    return receiver
  }

  /** Answers the hook calls for one client, and keeps them. */
  hook(kind: 'token' | 'refresh', client: TestClient, handler: AppHandler): Receiver {
    const receiver = new Receiver(`${this.server.app.url}/hooks/${kind}`, handler)
    this.server.app.onHook(kind, client.id, receiver.handle)
    this.cleanup(() => this.server.app.offHook(kind, client.id))
    return receiver
  }

  /** Shows a request that Hydra made as if it were an exchange of the case, so that it is compared as well. */
  received(step: string, request: ReceivedRequest): void {
    this.recorder.addReceived(step, request)
  }

  /** Runs after the case, whatever became of it; the last one first. */
  cleanup(undo: () => unknown): void {
    this.#cleanups.push(undo)
  }

  async runCleanups(): Promise<void> {
    for (const undo of this.#cleanups.toReversed()) await undo()
  }

  /** Lets lifetimes run down. */
  passTime(seconds: number): Promise<void> {
    return this.server.passTime(seconds)
  }

  /** The fact that two values are equal. */
  equal(fact: string, actual: unknown, expected: unknown): void {
    this.checks.equal(this.#lastOperation, fact, actual, expected)
  }

  /** The fact that something holds. */
  ok(fact: string, holds: boolean): void {
    this.checks.equal(this.#lastOperation, fact, holds, true)
  }

  /** The fact of a status. */
  status(answer: Answer, expected: ByVersion<number>): void {
    const wanted = pick(expected, this.version)
    const detail = answer.status === wanted ? '' : ` (${answer.shape})`
    this.equal(`${answer.step}: status${detail}`, answer.status, wanted)
  }

  /** The fact of an error answer: its status and its `error` member. */
  error(answer: Answer, status: ByVersion<number>, error: ByVersion<string>): void {
    this.status(answer, status)
    this.equal(`${answer.step}: error`, answer.at('error'), pick(error, this.version))
  }

  /** The fact of a member of a JSON answer. */
  member(answer: Answer, path: string, expected: unknown): void {
    this.equal(`${answer.step}: ${path}`, answer.at(path), expected)
  }

  /** The fact that a redirect carries this error to `page` of the applications, or to a client's callback. */
  redirectError(answer: Answer, error: ByVersion<string>, page?: string): void {
    this.equal(`${answer.step}: error in the redirect`, answer.param('error'), pick(error, this.version))
    if (page !== undefined) this.redirectsTo(answer, page)
  }

  /** The fact that a redirect leads to `page` of the applications. */
  redirectsTo(answer: Answer, page: string): void {
    this.equal(`${answer.step}: redirects to ${page}`, answer.location.pathname, page)
  }

  #calls(port: Port): PortCalls {
    const call =
      (method: string) =>
      (step: string, path: string, options: CallOptions = {}): Promise<Answer> =>
        this.#call(port, method, step, path, options)
    return {
      get: call('GET'),
      post: call('POST'),
      put: call('PUT'),
      patch: call('PATCH'),
      delete: call('DELETE'),
      head: call('HEAD'),
      options: call('OPTIONS'),
    }
  }

  /** GET on the admin port with the path exactly as given, without `/admin` in front. */
  unprefixed(step: string, path: string, quiet = false): Promise<Answer> {
    return this.#call('admin', 'GET', step, path, { quiet, asIs: true })
  }

  /** The issuer: 1.x always ends it with a slash. */
  get issuer(): string {
    return this.version === '1.11' ? `${this.server.publicUrl}/` : this.server.publicUrl
  }

  /** Follows a URL that Hydra gave out, as the browser does. */
  visit(step: string, url: string | URL, browser: Browser, options: CallOptions = {}): Promise<Answer> {
    const { pathname, search } = new URL(url, this.server.publicUrl)
    return this.#call('public', 'GET', step, `${pathname}${search}`, { ...options, browser })
  }

  async #call(port: Port, method: string, step: string, path: string, options: CallOptions): Promise<Answer> {
    const base = port === 'admin' ? this.server.adminUrl : this.server.publicUrl
    const prefixed = port === 'admin' && options.asIs !== true
    const target = `${prefixed ? this.#adminPath(path) : path}${queryString(options.query)}`
    const { body, type } = bodyOf(options)
    const headers = { ...type, ...authorization(options), ...cookies(options), ...options.headers }
    const raw = await send({ method, url: `${base}${target}`, headers, ...(body === undefined ? {} : { body }) })
    options.browser?.store(raw.headers['set-cookie'] ?? [])
    this.#lastOperation = operationOf(port, method, target.split('?')[0] ?? '')
    if (this.#lastOperation !== undefined) this.#called.add(this.#lastOperation)
    const answer = new Answer(step, raw, base)
    if (options.quiet !== true) {
      this.recorder.add(step, { port, method, target, headers, options, ...(body === undefined ? {} : { body }) }, raw)
    }
    return answer
  }

  /** 1.x has no prefix; 26.2 serves health, version and metrics under both spellings. A full path is left alone. */
  #adminPath(path: string): string {
    if (this.version === '1.11' || path.startsWith('/admin/')) return path
    return `/admin${path}`
  }
}

function queryString(query: Fields | undefined): string {
  const text = query === undefined ? '' : encodeFields(query)
  return text === '' ? '' : `?${text}`
}

/** `application/x-www-form-urlencoded` of the fields that have a value. */
export function encodeFields(fields: Fields): string {
  const encoded = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of value === undefined ? [] : [value].flat()) encoded.append(name, one)
  }
  return encoded.toString()
}

function bodyOf({ json, form, text }: CallOptions): { body?: string; type: Record<string, string> } {
  if (json !== undefined) return { body: JSON.stringify(json), type: { 'content-type': 'application/json' } }
  if (form !== undefined) {
    return { body: encodeFields(form), type: { 'content-type': 'application/x-www-form-urlencoded' } }
  }
  return text === undefined ? { type: {} } : { body: text, type: {} }
}

/** Basic credentials are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function authorization({ basic, bearer }: CallOptions): Record<string, string> {
  if (bearer !== undefined) return { authorization: `Bearer ${bearer}` }
  if (basic === undefined) return {}
  const joined = basic.map((part) => new URLSearchParams({ x: part }).toString().slice(2)).join(':')
  return { authorization: `Basic ${Buffer.from(joined).toString('base64')}` }
}

function cookies({ browser }: CallOptions): Record<string, string> {
  const header = browser?.header
  return header === undefined ? {} : { cookie: header }
}

export type { Json }
