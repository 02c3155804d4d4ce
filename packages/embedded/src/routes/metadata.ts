import type { Engine } from '../engine.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Port } from '../http/request.ts'
import type { Route } from '../http/router.ts'

/** The release whose HTTP surface this is. */
export const hydraVersion = 'v26.2.0'

/** Health, version and metrics. The public port only has health. */
export function metadataRoutes(engine: Engine, port: Port): Route[] {
  const prefix = port === 'admin' ? '/admin' : ''
  const ok = (): Answer => json({ status: 'ok' })
  const health: Route[] = [
    { method: 'GET', path: `${prefix}/health/alive`, handle: ok },
    { method: 'GET', path: `${prefix}/health/ready`, handle: ok },
  ]
  if (port === 'public') return health
  return [
    ...health,
    { method: 'GET', path: '/admin/version', handle: () => json({ version: hydraVersion }) },
    { method: 'GET', path: '/admin/metrics/prometheus', handle: () => metrics(engine) },
  ]
}

/** Numbers in the Prometheus text format: this process's own, under the names by which dashboards look for them. */
function metrics({ state, clock }: Engine): Answer {
  const { heapUsed, rss } = process.memoryUsage()
  const gauge = (name: string, help: string, value: number): string =>
    `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`
  const body = [
    gauge('hydra_clients', 'Registered OAuth2 clients.', state.clients.size),
    gauge('hydra_login_sessions', 'Known login sessions.', state.loginSessions.size),
    gauge('hydra_consent_sessions', 'Stored consents.', state.consents.size),
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', rss),
    gauge('process_heap_bytes', 'Used heap in bytes.', heapUsed),
    gauge('process_time_seconds', 'The time of this server in seconds since 1970.', clock.now() / 1000),
  ].join('')
  return {
    status: 200,
    headers: [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores']],
    body,
  }
}
