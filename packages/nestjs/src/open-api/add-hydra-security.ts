/** What an OpenAPI document says about the tokens that routes need, out of the decorators that demand them. */
import type { INestApplicationContext } from '@nestjs/common'
import { HydraInstances } from '../instances.ts'
import { HydraRoutes } from '../routes/hydra-routes.ts'
import type { RouteEntry } from '../routes/route-entry.ts'

/** The part of an OpenAPI document that is written to, as `SwaggerModule.createDocument` returns it. */
export interface OpenApiDocument {
  readonly paths: object
  readonly components?: object | undefined
}

/** How the security scheme is named in the document. */
export interface OpenApiSecurityOptions {
  /** Default `hydra`. Schemes of named instances are called `<scheme>-<name>`. */
  readonly scheme?: string | undefined
}

/** OpenAPI 3.1, Security Requirement Object: all of its members must hold. */
type SecurityRequirement = Readonly<Record<string, readonly string[]>>

interface Operation {
  readonly operationId?: string
  readonly security?: readonly SecurityRequirement[]
}

/**
 * A copy of the document in which each operation says what its decorators demand: scopes, no token, a token or none. The
 * scheme is `openIdConnect`, so that Swagger UI can sign a user in.
 *
 * @example
 * SwaggerModule.setup('docs', app, () => addHydraSecurity(SwaggerModule.createDocument(app, config), app))
 */
export function addHydraSecurity<Document extends OpenApiDocument>(
  document: Document,
  app: Pick<INestApplicationContext, 'get'>,
  { scheme = 'hydra' }: OpenApiSecurityOptions = {},
): Document {
  const routes = app.get(HydraRoutes).list()
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [path, withSecurity(path, item as object, routes, scheme)]),
  )
  const { securitySchemes, ...components } = (document.components ?? {}) as { securitySchemes?: object }
  const schemes = { ...securitySchemes, ...schemesOf(app.get(HydraInstances), scheme) }
  return { ...document, paths, components: { ...components, securitySchemes: schemes } }
}

function schemesOf(instances: HydraInstances, scheme: string): Readonly<Record<string, object>> {
  return Object.fromEntries(
    instances.list().map(({ name, resourceServer }) => {
      const { body } = resourceServer.protectedResourceMetadata({ resource: 'https://example.com' })
      const [issuer] = body['authorization_servers'] as readonly string[]
      const openIdConnectUrl = `${issuer}/.well-known/openid-configuration`
      return [schemeOf(name, scheme), { type: 'openIdConnect', openIdConnectUrl }]
    }),
  )
}

function schemeOf(instance: string | undefined, scheme: string): string {
  return instance === undefined ? scheme : `${scheme}-${instance}`
}

function withSecurity(path: string, item: object, routes: readonly RouteEntry[], scheme: string): object {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]) => {
      const route = routeOf(path, method, operation as Operation, routes)
      if (route === undefined || route.access === 'open') return [method, operation]
      return [method, { ...operation, security: requirementsOf(route, scheme) }]
    }),
  )
}

/** By path, or by the operation id that `@nestjs/swagger` makes up: a document may leave the global prefix out. */
function routeOf(
  path: string,
  method: string,
  operation: Operation,
  routes: readonly RouteEntry[],
): RouteEntry | undefined {
  const candidates = routes.filter((route) => route.method === 'ALL' || route.method === method.toUpperCase())
  const id = operation.operationId ?? ''
  const named = ({ handler }: RouteEntry): string => handler.replace('.', '_')
  return (
    candidates.find((route) => shape(route.path) === shape(path)) ??
    candidates.find((route) => named(route) === id) ??
    // Under versioning the version stands at its end.
    candidates.find((route) => id.startsWith(`${named(route)}_v`))
  )
}

/** A path without the names of its parameters: `:id` in Nest is `{id}` in OpenAPI. */
function shape(path: string): string {
  return path.replaceAll(/:\w+|\{\w+\}|\*\w+/g, '{}')
}

/** Alternatives, of which one must hold. */
function requirementsOf(route: RouteEntry, scheme: string): readonly SecurityRequirement[] {
  if (route.access === 'public') return []
  const name = schemeOf(route.instance, scheme)
  const all = route.scopes ?? []
  const needs = (route.anyScope ?? [undefined]).map((one) => ({ [name]: one === undefined ? all : [...all, one] }))
  return route.access === 'optional' ? [{}, ...needs] : needs
}
