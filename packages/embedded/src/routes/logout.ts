import type { Engine } from '../engine.ts'
import { logout } from '../flow/logout.ts'
import type { Route } from '../http/router.ts'

/** `/oauth2/sessions/logout`. */
export function logoutRoutes(engine: Engine): Route[] {
  return (['GET', 'POST'] as const).map((method) => ({
    method,
    path: '/oauth2/sessions/logout',
    handle: (request) => logout(engine, request),
  }))
}
