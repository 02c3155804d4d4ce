/**
 * What a caller gets while Hydra is in trouble: every fault, for JWT and opaque tokens, never seen before (`cold`), seen
 * just before (`warm`), and seen so long ago that Hydra would have to be asked (`stale`).
 *
 * `FAULT_TABLE=1` prints the measured answers, and they are compared with the table in docs/resource-server.md.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClient } from '@hydra-kit/client'
import { startHydra } from '@hydra-kit/embedded'
import type { EmbeddedHydra, FaultKind } from '@hydra-kit/embedded'
import { createResourceServer } from '../src/index.ts'
import type { ResourceServer } from '../src/index.ts'
import { audience, bearer } from './support/world.ts'

/** Short while there is trouble, because several faults last as long as they are waited for; else never reached. */
const limitMs = { trouble: 150, peace: 30_000 }
let timeoutMs = limitMs.peace

let hydra: EmbeddedHydra
beforeAll(async () => {
  hydra = await startHydra()
})
afterAll(() => hydra.stop())

const open: { close(): Promise<void> }[] = []
beforeEach(() => hydra.reset())
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()))
})

type Trouble = () => Promise<void>
const route = '*'
const fault =
  (kind: FaultKind): Trouble =>
  async () =>
    void hydra.faults.add({ route, ...kind })

let current: HydraClient
function useClient(publicUrl: string, adminUrl: string): void {
  const options = { publicUrl, introspectionUrl: `${adminUrl}/admin/oauth2/introspect`, retries: 0 }
  current = createHydraClient({ ...options, allowInsecureHttp: true })
  open.push(current)
}

const troubles: Record<string, Trouble> = {
  refused: () => hydra.faults.pause(),
  'reset before the answer': fault({ kind: 'reset', at: 'headers' }),
  'reset in the answer': fault({ kind: 'reset', at: 'body' }),
  hang: fault({ kind: 'hang' }),
  'slow drip': fault({ kind: 'drip', intervalMs: 40 }),
  'status 500': fault({ kind: 'status', status: 500 }),
  '502 with HTML': fault({ kind: 'status', status: 502, body: '<h1>Bad Gateway</h1>' }),
  'status 429': fault({ kind: 'status', status: 429, headers: { 'Retry-After': '7' } }),
  'not JSON': fault({ kind: 'garbage' }),
  'wrong JSON': fault({ kind: 'garbage', body: '[]' }),
  'wrong types': fault({ kind: 'garbage', body: '{"active":"true","keys":{}}' }),
  'active with wrong types': fault({ kind: 'garbage', body: '{"active":true,"exp":"soon","keys":7}' }),
  '10 MB': fault({ kind: 'huge', bytes: 10_000_000 }),
  // TLS spoken to a port that answers in plain HTTP.
  'TLS error': async () =>
    useClient(hydra.publicUrl.replace('http:', 'https:'), hydra.adminUrl.replace('http:', 'https:')),
  // RFC 6761 section 6.4: there is no such name.
  'DNS failure': async () => useClient('http://hydra.invalid', 'http://hydra.invalid'),
}

const formats = ['jwt', 'opaque'] as const
const states = ['cold', 'warm', 'stale', 'stale, staleIfErrorSeconds: 0'] as const

function expected(format: string, state: string): number {
  if (state === 'warm') return 200
  if (state === 'stale') return 200
  // Without the option only keys are used longer than usual.
  if (state.startsWith('stale,')) return format === 'jwt' ? 200 : 503
  return 503
}

async function statusOf(server: ResourceServer, token: string): Promise<{ status: number; retryAfter?: string }> {
  try {
    await server.authenticate(bearer(token))
    return { status: 200 }
  } catch (error) {
    const answer = server.toHttpError(error)
    if (answer === undefined) throw error
    return { status: answer.status, retryAfter: answer.headers['retry-after']! }
  }
}

const page = readFileSync(join(__dirname, '../../../docs/resource-server.md'), 'utf8')
/** The cells of a row of the table in the docs. */
function documented(name: string): readonly string[] | undefined {
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  return rows.find(([, first]) => first === name)?.slice(2, -1)
}

const measured: Record<string, string[]> = {}
afterAll(() => {
  if (process.env['FAULT_TABLE'] === undefined) return
  const columns = formats.flatMap((format) => states.map((state) => `${format}, ${state}`))
  const rows = [['fault', ...columns], columns.concat('').map(() => '---')]
  for (const name of Object.keys(troubles)) rows.push([name, ...(measured[name] ?? [])])
  process.stdout.write(rows.map((row) => `| ${row.join(' | ')} |\n`).join(''))
})

test.each(Object.keys(troubles))(
  '%s',
  async (name) => {
    measured[name] = []
    for (const format of formats) {
      for (const state of states) {
        await hydra.reset()
        timeoutMs = limitMs.peace
        useClient(hydra.publicUrl, hydra.adminUrl)
        const token = await hydra.mint.accessToken({ format, audience })
        const server = createResourceServer({
          issuer: hydra.issuer,
          client: {
            oidc: { jwks: () => current.oidc.jwks({ timeoutMs }) },
            tokens: { introspect: (parameters) => current.tokens.introspect(parameters, { timeoutMs }) },
          },
          audience,
          introspectionTimeoutMs: limitMs.peace,
          now: hydra.now,
          cache: { staleIfErrorSeconds: state.endsWith(' 0') ? 0 : 3600 },
        })
        open.push(server)
        if (state !== 'cold') expect(await statusOf(server, token)).toEqual({ status: 200 })
        if (state.startsWith('stale')) hydra.clock.advance('11m')
        timeoutMs = limitMs.trouble
        await troubles[name]!()
        const answer = await statusOf(server, token)
        expect({ format, state, status: answer.status }).toEqual({ format, state, status: expected(format, state) })
        if (answer.status === 503) expect(answer.retryAfter).toBe(name === 'status 429' ? '7' : '2')
        measured[name].push(answer.status === 503 ? `503 (${answer.retryAfter} s)` : String(answer.status))
      }
    }
    expect(documented(name)).toEqual(measured[name])
  },
  30_000,
)
