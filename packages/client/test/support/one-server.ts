/** One stub server for a test file, and clients that talk to it. */
import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClient, HydraClientOptions } from '@hydra-kit/client'
import { json, startStub } from './stub-server.ts'
import type { Handler, SeenRequest } from './stub-server.ts'

export interface OneServer {
  url: string
  seen: SeenRequest[]
  handle(handler: Handler): void
  /** Answers everything with this. */
  answer(status: number, body: unknown, headers?: Record<string, string>): void
  /** A client for a release; what stands behind a space is for the title of a test. */
  client(serverVersion?: string, options?: Partial<HydraClientOptions>): HydraClient
  /** `METHOD path` of every request so far. */
  requests(): string[]
  /** The last JSON body. */
  lastJson(): unknown
  /** The last form body. */
  lastForm(): Record<string, string>
}

export function useOneServer(): OneServer {
  const one: OneServer = {
    url: '',
    seen: [],
    handle: () => undefined,
    answer: (status, body, headers) => one.handle((_request, response) => json(response, status, body, headers)),
    client: (serverVersion = '26.2', options = {}) => {
      const version = serverVersion.split(' ')[0] as '26.2'
      return createHydraClient({ publicUrl: one.url, adminUrl: one.url, serverVersion: version, ...options })
    },
    requests: () => one.seen.map(({ method, url }) => `${method} ${url}`),
    lastJson: () => JSON.parse(one.seen.at(-1)?.body ?? ''),
    lastForm: () => Object.fromEntries(new URLSearchParams(one.seen.at(-1)?.body)),
  }
  let close: () => Promise<void>
  beforeAll(async () => {
    const server = await startStub()
    Object.assign(one, { url: server.url, seen: server.seen, handle: (next: Handler) => server.handle(next) })
    close = () => server.close()
  })
  afterAll(() => close())
  beforeEach(() => {
    one.seen.length = 0
  })
  return one
}
