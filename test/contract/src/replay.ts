/**
 * Serves a recorded transcript as a stub server, so that programs can be tested against what a real server said
 * without having one. Requests are matched by port, method, path, query and the names of the body's members; among
 * equal ones the recorded order counts. Values that the transcript shows as placeholders are taken from the requests,
 * or made up, and stay the same throughout.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Port } from './operations.ts'
import type { ProfileName } from './profiles.ts'
import type { TestedVersion } from './server-version.ts'
import type { Json, RecordedExchange, RecordedRequest, RecordedResponse } from './transcript/exchange.ts'
import { readTranscript } from './transcript/store.ts'
import { Bindings } from './transcript/template.ts'

/** Which transcript to serve. */
export interface ReplayOptions {
  readonly version: TestedVersion
  readonly profile: ProfileName
  /** Name of the case. */
  readonly case: string
}

/** A running stub. */
export interface Replay {
  readonly publicUrl: string
  readonly adminUrl: string
  /** The value that stands for a placeholder of the transcript, such as `<client>` or `<access_token:2>`. */
  value(placeholder: string): string
  /** Steps that nobody asked for yet, in recorded order. */
  readonly remaining: readonly string[]
  /** What was asked for and is not in the transcript; the caller got status 501 and the same words. */
  readonly unexpected: readonly string[]
  stop(): Promise<void>
}

/**
 * Starts the stub on free ports.
 *
 * @throws when there is no such transcript
 */
export async function startReplay({ version, profile, case: name }: ReplayOptions): Promise<Replay> {
  const transcript = readTranscript(version, profile, name)
  if (transcript === undefined)
    throw new Error(`there is no transcript of case ${name} in profile ${profile} of ${version}`)
  const script = new Script(transcript.exchanges)
  const servers = [createServer(), createServer()] as const
  const [publicServer, adminServer] = servers
  const [publicUrl, adminUrl] = [await listen(publicServer), await listen(adminServer)]
  script.begin(publicUrl, adminUrl)
  publicServer.on('request', (request, response) => void answer(script, 'public', request, response))
  adminServer.on('request', (request, response) => void answer(script, 'admin', request, response))
  return {
    publicUrl,
    adminUrl,
    value: (placeholder) => script.bindings.value(placeholder),
    get remaining() {
      return script.pending.map(({ step }) => step)
    },
    get unexpected() {
      return script.unexpected
    },
    async stop() {
      await Promise.all(servers.map(close))
    },
  }
}

/** A request that arrived, taken apart. */
interface Arrived {
  readonly port: Port
  readonly method: string
  readonly target: string
  readonly type: string
  readonly body: string
}

/** The exchanges that are still to come. */
class Script {
  bindings: Bindings = new Bindings(0, {})
  readonly unexpected: string[] = []
  #pending: readonly RecordedExchange[]

  constructor(exchanges: readonly RecordedExchange[]) {
    this.#pending = exchanges.filter(({ response }) => response.status !== 0)
  }

  get pending(): readonly RecordedExchange[] {
    return this.#pending
  }

  begin(publicUrl: string, adminUrl: string): void {
    this.bindings = new Bindings(Math.floor(Date.now() / 1000), {
      '<public>': publicUrl,
      '<admin>': adminUrl,
      '<public-host>': new URL(publicUrl).host,
      '<app>': 'http://127.0.0.1:5600',
      '<app-host>': '127.0.0.1:5600',
      '<app-localhost>': 'localhost:5600',
    })
  }

  /** The next exchange that fits, which is then used up. */
  take(arrived: Arrived): RecordedExchange | undefined {
    const found = this.#pending.find(({ request }) => fits(request, arrived, this.bindings))
    if (found === undefined) {
      const next = this.#pending[0]
      const hint =
        next === undefined ? 'nothing more was recorded' : `next recorded: ${next.request.method} ${next.request.url}`
      this.unexpected.push(`${arrived.method} ${arrived.port} ${arrived.target.split('?')[0]}: ${hint}`)
      return undefined
    }
    this.#pending = this.#pending.filter((exchange) => exchange !== found)
    this.bindings.addJwts(found.jwts ?? {})
    return found
  }
}

function fits(recorded: RecordedRequest, arrived: Arrived, bindings: Bindings): boolean {
  if (recorded.method !== arrived.method) return false
  const [path = '', query = ''] = recorded.url.split('?', 2)
  const [arrivedPath = '', arrivedQuery = ''] = arrived.target.split('?', 2)
  if (!path.startsWith(`${arrived.port} `)) return false
  if (
    !sameNames(bodyNames(recorded), arrivedNames(arrived)) ||
    !sameNames(queryNames(query), queryNames(arrivedQuery))
  ) {
    return false
  }
  const arrivedUrl = `${arrived.port} ${decoded(arrivedPath)}?${sortedQuery(arrivedQuery)}`
  if (!bindings.matches(`${path}?${query}`, arrivedUrl)) return false
  bindValues(recorded, arrived, bindings)
  return true
}

/** Lets values that the caller chose, such as a client_id, come back in the answer. */
function bindValues(recorded: RecordedRequest, arrived: Arrived, bindings: Bindings): void {
  const before = recorded.json ?? recorded.form
  const now = parsedBody(arrived)
  if (!isMembers(before) || !isMembers(now)) return
  for (const [name, value] of Object.entries(before)) {
    const given = now[name]
    if (typeof value === 'string' && typeof given === 'string') bindings.matches(value, given)
  }
}

async function answer(script: Script, port: Port, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const arrived: Arrived = {
    port,
    method: request.method ?? '',
    target: request.url ?? '/',
    type: request.headers['content-type'] ?? '',
    body: Buffer.concat(chunks).toString('utf8'),
  }
  const exchange = script.take(arrived)
  if (exchange === undefined) {
    const error_description = script.unexpected.at(-1)
    response.writeHead(501, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: 'not_recorded', error_description }))
    return
  }
  const { status, headers } = exchange.response
  for (const [name, value] of Object.entries(headers))
    response.setHeader(name, headerValue(name, value, script.bindings))
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : bodyText(exchange.response, script.bindings))
}

function headerValue(name: string, value: string | readonly string[], bindings: Bindings): string | string[] {
  if (name === 'set-cookie') return [value].flat().map((line) => bindings.text(line.replace(/^([^;]*)/, '$1=recorded')))
  const filled = bindings.text([value].flat().join(', '))
  // Placeholders are shown decoded; a location must be a URL again.
  return name === 'location' ? filled.replaceAll(' ', '+') : filled
}

function bodyText({ headers, body }: RecordedResponse, bindings: Bindings): string {
  if (body === undefined) return ''
  const type = [headers['content-type'] ?? ''].flat().join()
  const broken = isMembers(body) ? body['notJson'] : undefined
  if (typeof broken === 'string') return bindings.text(broken)
  if (type.includes('json')) return JSON.stringify(bindings.json(body))
  if (typeof body !== 'string') return `<!doctype html><title>a recorded page</title>`
  return body === '<html>' || body === '<text>' ? 'a recorded text' : bindings.text(body)
}

function bodyNames({ json, form }: RecordedRequest): readonly string[] {
  const body = json ?? form
  return isMembers(body) ? Object.keys(body) : []
}

function arrivedNames(arrived: Arrived): readonly string[] {
  const body = parsedBody(arrived)
  return isMembers(body) ? Object.keys(body) : []
}

function parsedBody({ type, body }: Arrived): Json | undefined {
  if (body === '') return undefined
  if (type.includes('x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body))
  try {
    return JSON.parse(body) as Json
  } catch {
    return undefined
  }
}

function queryNames(query: string): readonly string[] {
  return [...new URLSearchParams(query).keys()]
}

function sortedQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
  return pairs.map(([name, value]) => `${name}=${value}`).join('&')
}

/** A path that is not valid is compared as it came. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return [...new Set(a)].toSorted().join(' ') === [...new Set(b)].toSorted().join(' ')
}

function isMembers(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}
