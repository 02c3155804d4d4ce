/** The list of routes as a table for a log. */
import type { RouteEntry } from './route-entry.ts'

/** A table with a line for each route: method, path, rule, handler. */
export function routeTable(routes: readonly RouteEntry[]): string {
  const rows = routes.map((route) => [route.method, pathCell(route), ruleText(route), route.handler])
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}

/** A rule in a few words, such as `scopes photos.read, fresh within 0 s`. */
export function ruleText(route: RouteEntry): string {
  const parts = [
    route.scopes && `scopes ${route.scopes.join(' ')}`,
    route.anyScope && `any scope of ${route.anyScope.join(' ')}`,
    route.claims && `claims ${route.claims.join(' ')}`,
    route.audience && `audience ${route.audience.join(' ')}`,
    route.freshWithinSeconds === undefined ? undefined : `fresh within ${route.freshWithinSeconds} s`,
    route.instance && `by ${route.instance}`,
  ].filter((part) => part !== undefined)
  const demands = route.scopes !== undefined || route.anyScope !== undefined || route.claims !== undefined
  const text = [...(demands ? [] : [words[route.access]]), ...parts].join(', ')
  return route.annotated || route.access === 'open' ? text : `${text} (no decorator)`
}

const words: Readonly<Record<RouteEntry['access'], string>> = {
  open: 'OPEN (no guard)',
  public: 'public',
  optional: 'token if present',
  token: 'any good token',
}

function pathCell({ path, versions }: RouteEntry): string {
  return versions === undefined ? path : `${path} [${versions.join(', ')}]`
}
