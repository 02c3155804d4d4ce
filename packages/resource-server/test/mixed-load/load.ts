/** Requests with good and bad tokens to resource servers in several modes, while Hydra is in changing trouble. */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { authenticateAtOnce, createResourceServer } from '@hydra-kit/resource-server'
import type { IssuerOptions, ResourceServer } from '@hydra-kit/resource-server'
import { audience } from './hydra.ts'
import type { Order, Ready } from './hydra.ts'

/** What was seen. */
export interface LoadReport {
  requests: number
  accepted: number
  refused: number
  unavailable: number
  faults: number
  /** Answers that must not happen. */
  readonly problems: string[]
}

/** A load that can be run in pieces; between them nothing is on its way. */
export interface MixedLoad {
  readonly report: LoadReport
  run(durationMs: number): Promise<void>
  close(): Promise<void>
}

/** So much faster than the system's runs the clock of the servers: caches, keys and breakers get old often. */
const clockFactor = 20
const workers = 32

const common: Partial<IssuerOptions> = {
  introspectionTimeoutMs: 200,
  introspectionMaxConcurrent: 16,
  introspectionMaxQueued: 16,
}
/** Small, so that answers are pushed out all the time. */
const cache = { maxEntries: 200, negativeMaxEntries: 200 }
const modes: Readonly<Record<string, Partial<IssuerOptions>>> = {
  keys: { cache },
  introspection: { cache, jwtCheck: 'introspection' },
  stale: {
    cache: { ...cache, staleWhileRevalidateSeconds: 60, staleIfErrorSeconds: 600 },
    jwtCheck: { recheckSeconds: 30 },
  },
  'no cache': { cache: { ...cache, maxAgeSeconds: 0, negativeMaxAgeSeconds: 0 } },
}

const orders: readonly Order[] = [
  { kind: 'pause' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502, body: '<h1>Bad Gateway</h1>' },
  { kind: 'status', status: 503, headers: { 'Retry-After': '1' } },
  { kind: 'status', status: 429, headers: { 'Retry-After': '1' } },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
  { kind: 'delay', delayMs: 150 },
  { kind: 'hang' },
  { kind: 'reset', at: 'headers' },
  { kind: 'reset', at: 'body' },
  { kind: 'garbage' },
  { kind: 'garbage', body: '[]' },
  { kind: 'garbage', body: '{"active":"true","keys":{}}' },
  { kind: 'garbage', body: '{"active":true,"exp":"soon","keys":7}' },
  { kind: 'huge', bytes: 2_000_000 },
  { kind: 'drip', intervalMs: 5 },
]

/** Creates the load. The same seed makes the same choices. */
export function createMixedLoad(hydra: Ready, obey: (order: Order) => Promise<void>, seed: number): MixedLoad {
  const { issuer, publicUrl, adminUrl } = hydra
  const random = randomFrom(seed)
  const below = (limit: number): number => Math.floor(random() * limit)
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
  const startedAt = Date.now()
  const now = (): number => startedAt + (Date.now() - startedAt) * clockFactor
  const servers = Object.entries(modes).map(([mode, options]): [string, ResourceServer] => [
    mode,
    createResourceServer({ issuer, publicUrl, adminUrl, audience, now, ...common, ...options }),
  ])
  const report: LoadReport = { requests: 0, accepted: 0, refused: 0, unavailable: 0, faults: 0, problems: [] }

  /** A token, and whether it is a good one. Invented ones are new each time. */
  function anyToken(): [kind: 'good' | 'bad', token: string] {
    const choice = random()
    if (choice < 0.8) return ['good', pick(hydra.good)]
    if (choice < 0.9) return ['bad', pick(hydra.bad)]
    const invented = `${below(2 ** 32).toString(36)}.${below(2 ** 32).toString(36)}`
    if (choice < 0.95) return ['bad', `ory_at_${invented}`]
    const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: invented })).toString('base64url')
    return ['bad', `${header}.${Buffer.from(JSON.stringify({ iss: issuer })).toString('base64url')}.AAAA`]
  }

  async function request(): Promise<void> {
    const [mode, server] = pick(servers)
    const [kind, token] = anyToken()
    const rule = random() < 0.02 ? { freshWithinSeconds: 0 } : undefined
    report.requests += 1
    try {
      const facts = { method: 'GET', url: '/', headers: { authorization: `Bearer ${token}` } }
      await (random() < 0.5 ? server.authenticate(facts, rule) : authenticateAtOnce(server, facts, rule))
      report.accepted += 1
      if (kind === 'bad') report.problems.push(`${mode}: a bad token was accepted`)
    } catch (error) {
      const status = server.toHttpError(error)?.status
      if (status === 503) report.unavailable += 1
      else if (kind === 'bad' && (status === 401 || status === 400)) report.refused += 1
      else report.problems.push(`${mode}: ${kind} token, ${status ?? 'no answer'}: ${String(error)}`)
    }
  }

  async function trouble(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      report.faults += 1
      await obey(pick(orders))
      await setTimeout(20 + below(400))
      await obey({ kind: 'none' })
      await setTimeout(20 + below(400))
    }
  }

  return {
    report,
    async run(durationMs) {
      const end = Date.now() + durationMs
      const isOver = (): boolean => Date.now() >= end || report.problems.length > 100
      await Promise.all([
        trouble(isOver),
        ...Array.from({ length: workers }, async () => {
          while (!isOver()) {
            await request()
            // A remembered token needs no turn of the event loop; others do.
            await setImmediate()
          }
        }),
      ])
    },
    async close() {
      await Promise.all(servers.map(([, server]) => server.close()))
    },
  }
}

/** Numbers from 0 to 1 (xorshift32). */
function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
