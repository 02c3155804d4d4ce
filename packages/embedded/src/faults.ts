import type { ServerResponse } from 'node:http'
import type { Answer } from './http/answer.ts'
import type { Port } from './http/request.ts'
import { optionsError } from './options-error.ts'

/** Where and how often a fault happens. */
export interface FaultTarget {
  /**
   * Which requests: a path, with or without a method before it: `'POST /oauth2/introspect'`, `'/userinfo'`,
   * `'GET /clients/*'`. Paths of the admin port may be written without `/admin`. `'*'`: every request.
   */
  readonly route: string
  /** Only requests to this port. Default: both. */
  readonly port?: Port | undefined
  /** How often, then the fault is over. Default: until it is removed. */
  readonly times?: number | undefined
}

/** What happens instead of the right answer, or to it. */
export type FaultKind =
  /** Answers with a status, without doing anything. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string | undefined
      readonly headers?: Readonly<Record<string, string>> | undefined
    }
  /** Answers rightly, but later. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Never answers; the connection stays open. */
  | { readonly kind: 'hang' }
  /** Does its work, then cuts the connection: before any byte was sent, or in the middle of the body. */
  | { readonly kind: 'reset'; readonly at: 'headers' | 'body' }
  /** 200 with something that isn't what the endpoint sends. */
  | { readonly kind: 'garbage'; readonly body?: string | undefined }
  /** 200 with a JSON body of that many bytes. */
  | { readonly kind: 'huge'; readonly bytes: number }
  /** Answers rightly, but byte by byte. */
  | { readonly kind: 'drip'; readonly intervalMs: number }

/** A fault: where, how often, what. */
export type Fault = FaultTarget & FaultKind

/** A fault that was set up. */
export interface ActiveFault {
  /** How often it has happened. */
  readonly hits: number
  /** Ends it. */
  remove(): void
}

/** Makes a server misbehave on purpose. */
export interface Faults {
  /** Sets up a fault. The newest that fits a request wins. @throws TypeError `ERR_OPTIONS` */
  add(fault: Fault): ActiveFault
  /** Ends all faults, and puts paused ports back. */
  clear(): Promise<void>
  /** Takes a port off the network: connections are cut and refused. Default: both ports. */
  pause(port?: Port): Promise<void>
  /** Puts it back, on the same port number. Default: both ports. */
  resume(port?: Port): Promise<void>
}

interface Entry {
  readonly fault: Fault
  hits: number
}

/** The part of the faults that the server itself uses. */
export interface FaultBox {
  readonly api: Faults
  /** The fault for a request, counted. */
  take(port: Port, method: string, path: string): Fault | undefined
}

/** What it takes to pause and resume a port. */
export interface Pausable {
  pause(): Promise<void>
  resume(): Promise<void>
}

/** Makes the faults of one server. */
export function createFaults(ports: Readonly<Record<Port, Pausable>>): FaultBox {
  let entries: Entry[] = []
  const each = async (port: Port | undefined, action: (pausable: Pausable) => Promise<void>): Promise<void> => {
    await Promise.all((port === undefined ? [ports.public, ports.admin] : [ports[port]]).map(action))
  }
  const api: Faults = {
    add(fault) {
      checkFault(fault)
      const entry: Entry = { fault, hits: 0 }
      entries.unshift(entry)
      return {
        get hits() {
          return entry.hits
        },
        remove() {
          entries = entries.filter((other) => other !== entry)
        },
      }
    },
    async clear() {
      entries = []
      await each(undefined, (pausable) => pausable.resume())
    },
    pause: (port) => each(port, (pausable) => pausable.pause()),
    resume: (port) => each(port, (pausable) => pausable.resume()),
  }
  return {
    api,
    take(port, method, path) {
      const entry = entries.find(
        ({ fault, hits }) => hits < (fault.times ?? Infinity) && fits(fault, port, method, path),
      )
      if (entry !== undefined) entry.hits += 1
      return entry?.fault
    },
  }
}

function fits(fault: Fault, port: Port, method: string, path: string): boolean {
  if (fault.port !== undefined && fault.port !== port) return false
  if (fault.route === '*') return true
  const [first = '', second] = fault.route.split(' ')
  if (second !== undefined && first.toUpperCase() !== method) return false
  const pattern = second ?? first
  const paths = port === 'admin' ? [path, path.replace(/^\/admin(?=\/)/, '')] : [path]
  return paths.some((candidate) =>
    pattern.endsWith('*') ? candidate.startsWith(pattern.slice(0, -1)) : candidate === pattern,
  )
}

type Check = readonly [expected: string, fits: (value: unknown) => boolean]

const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value) && value >= 0
const milliseconds: Check = ['milliseconds, at least 0', isCount]
const isText = (value: unknown): boolean => value === undefined || typeof value === 'string'

/** What each kind takes beside {@link FaultTarget}. */
const kinds: Readonly<Record<FaultKind['kind'], Readonly<Record<string, Check>>>> = {
  status: {
    status: [
      'a status from 200 to 599',
      (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
    ],
    body: ['a string', isText],
    headers: ['an object with header values', (value) => value === undefined || typeof value === 'object'],
  },
  delay: { delayMs: milliseconds },
  hang: {},
  reset: { at: ['"headers" or "body"', (value) => value === 'headers' || value === 'body'] },
  garbage: { body: ['a string', isText] },
  huge: { bytes: ['a number of bytes, at least 0', isCount] },
  drip: { intervalMs: milliseconds },
}

const target: Readonly<Record<string, Check>> = {
  route: [
    'a path such as "/userinfo" or "POST /oauth2/token", or "*"',
    (value) => typeof value === 'string' && /^(?:[A-Z]+ )?(?:\/|\*$)/i.test(value),
  ],
  port: ['"public" or "admin"', (value) => value === undefined || value === 'public' || value === 'admin'],
  times: ['at least 1', (value) => value === undefined || (typeof value === 'number' && value >= 1)],
}

function checkFault(fault: Fault): void {
  const own = Object.hasOwn(kinds, fault.kind) ? kinds[fault.kind] : undefined
  if (own === undefined) throw optionsError(`faults.add: "kind" must be one of ${Object.keys(kinds).join(', ')}.`)
  const known = { ...target, ...own }
  const given = fault as unknown as Readonly<Record<string, unknown>>
  for (const name of Object.keys(given)) {
    if (name !== 'kind' && !Object.hasOwn(known, name)) {
      throw optionsError(
        `faults.add: the kind "${fault.kind}" knows no "${name}", only ${Object.keys(known).join(', ')}.`,
      )
    }
  }
  for (const [name, [expected, fits]] of Object.entries(known)) {
    if (!fits(given[name])) throw optionsError(`faults.add: "${name}" must be ${expected}.`)
  }
}

/** Whether a fault answers by itself, so that the request is never carried out. */
export function answersAlone(fault: Fault): boolean {
  return fault.kind === 'status' || fault.kind === 'hang' || fault.kind === 'garbage' || fault.kind === 'huge'
}

/** The answer of a fault that answers by itself. */
export function faultAnswer(fault: Fault): Answer {
  const type = ['Content-Type', 'application/json; charset=utf-8'] as const
  if (fault.kind === 'status') {
    const headers = Object.entries(fault.headers ?? {})
    return { status: fault.status, headers: headers.length === 0 ? [type] : headers, body: fault.body ?? '{}' }
  }
  if (fault.kind === 'garbage')
    return { status: 200, headers: [type], body: fault.body ?? '<html>not what you asked for' }
  const bytes = fault.kind === 'huge' ? fault.bytes : 0
  return { status: 200, headers: [type], body: `{"filler":"${'x'.repeat(Math.max(0, bytes - 13))}"}` }
}

/** Sends an answer the way a fault wants it; resolves when there is nothing more to send. */
export async function sendWithFault(fault: Fault | undefined, response: ServerResponse, body: string): Promise<void> {
  if (fault?.kind === 'reset') {
    if (fault.at === 'body') {
      response.write(body.slice(0, Math.ceil(body.length / 2)))
      // The first half must be on its way before the connection is cut.
      await new Promise((resolve) => setImmediate(resolve))
    }
    response.socket?.destroy()
    return
  }
  if (fault?.kind === 'drip') {
    for (const byte of Buffer.from(body)) {
      if (response.destroyed) return
      response.write(Buffer.of(byte))
      await pauseFor(fault.intervalMs)
    }
    response.end()
    return
  }
  response.end(body)
}

/** Waits without keeping the process alive. */
export function pauseFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
