import type { Engine } from '../engine.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Port } from '../http/request.ts'
import type { Route } from '../http/router.ts'
import { hydraVersion } from '../version.ts'

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

function metrics({ state }: Engine): Answer {
  return {
    status: 200,
    headers: [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores']],
    body: state.metrics.render(),
  }
}
