import type { Engine } from '../engine.ts'
import { authorize } from '../flow/authorize.ts'
import type { Route } from '../http/router.ts'

/** `/oauth2/auth`. POST starts a flow that can't end, because its parameters are not in the URL: as in Hydra. */
export function authorizeRoutes(engine: Engine): Route[] {
  return (['GET', 'POST'] as const).map((method) => ({
    method,
    path: '/oauth2/auth',
    handle: (request) => authorize(engine, request),
  }))
}
