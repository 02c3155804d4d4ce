/** Reads along with everything that is printed, and gathers what went over the wire meanwhile. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { format } from 'node:util'
import { findSecrets, knownSecrets } from './secrets.ts'
import type { KnownSecrets } from './secrets.ts'

/** A capture under way. */
export interface Capture {
  /** Secrets that were printed so far. */
  found(): string[]
  /** Puts everything back. */
  stop(): void
}

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

/** Starts to read along: the console, standard output and error, and process warnings. */
export function captureLogs(): Capture {
  const known = knownSecrets()
  const printed: string[] = []
  const restore = [
    ...methods.map((method) => readAlong(console, method, (args) => printed.push(format(...args)))),
    readAlong(process.stdout, 'write', ([chunk]) => printed.push(String(chunk))),
    readAlong(process.stderr, 'write', ([chunk]) => printed.push(String(chunk))),
    readAlong(process, 'emitWarning', (args) => printed.push(format(...args))),
    watchServers(known),
  ]
  return {
    found: () => findSecrets(printed.join('\n'), known),
    stop: () => restore.forEach((undo) => undo()),
  }
}

/** Puts a reader in front of a method. */
function readAlong<Name extends string>(
  owner: Record<Name, (...args: never[]) => unknown>,
  name: Name,
  read: (args: unknown[]) => void,
): () => void {
  const original = owner[name]
  owner[name] = function (this: unknown, ...args: never[]) {
    read(args)
    return original.apply(this, args)
  }
  return () => {
    owner[name] = original
  }
}

/** Credentials, cookies and codes of every request to a server of this process, and of its answers. */
function watchServers(known: KnownSecrets): () => void {
  const onRequest = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage }
    known.add(request.headers.authorization?.replace(/^\w+ +/, ''))
    for (const cookie of request.headers.cookie?.split(';') ?? []) known.add(cookie.slice(cookie.indexOf('=') + 1))
    gatherCode(known, request.url)
  }
  const onAnswer = (message: unknown): void => {
    const { response } = message as { response: ServerResponse }
    for (const cookie of [response.getHeader('set-cookie') ?? []].flat()) {
      known.add(/^[^=]*=([^;]*)/.exec(String(cookie))?.[1])
    }
    gatherCode(known, String(response.getHeader('location') ?? ''))
  }
  subscribe('http.server.request.start', onRequest)
  subscribe('http.server.response.finish', onAnswer)
  return () => {
    unsubscribe('http.server.request.start', onRequest)
    unsubscribe('http.server.response.finish', onAnswer)
  }
}

function gatherCode(known: KnownSecrets, url = ''): void {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  for (const name of ['code', 'access_token', 'login_verifier', 'consent_verifier']) {
    known.add(query.get(name) ?? undefined)
  }
}
