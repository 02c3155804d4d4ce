/** The HTTP routes of an application, with the paths that Nest mounts them at. */
import { RequestMethod, VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common'
import { MetadataScanner, type ApplicationConfig, type ModulesContainer } from '@nestjs/core'
import type { HandlerClass } from '../guards/route-rule.ts'
import type { HydraInstances } from '../instances.ts'
import { calledOn, routeEntry, type RouteEntry } from './route-entry.ts'

/** What Nest's own decorators write; the names are the same in every major since 7. */
const metadata = { path: 'path', method: 'method', version: '__version__', modulePath: '__module_path__' } as const

type Version = string | typeof VERSION_NEUTRAL

/** What is read of a route: by `@Controller`, `@Get` and so on. */
interface Mapping {
  readonly modulePath: string
  readonly controllerPath: string
  readonly methodPath: string
  readonly method: RequestMethod
  readonly versions: readonly Version[]
}

/** Every HTTP route, in the order in which Nest mounts them. */
export function httpRoutes(
  modules: ModulesContainer,
  config: ApplicationConfig | undefined,
  instances: HydraInstances,
): readonly RouteEntry[] {
  const scanner = new MetadataScanner()
  return [...modules.values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype, instance }) => {
      const target = metatype as HandlerClass
      return scanner.getAllMethodNames(target.prototype).flatMap((name) => {
        const handler = (target.prototype as Readonly<Record<string, object>>)[name] as object
        const called = calledOn(instance, name, handler)
        const mappings = mappingsOf(target, handler, modulePathOf(modules, module.metatype), config)
        return mappings.flatMap((mapping) =>
          placesOf(mapping, config).map((place) => routeEntry(place, target, name, handler, called, instances)),
        )
      })
    }),
  )
}

function modulePathOf(modules: ModulesContainer, metatype: object): string {
  const own: unknown = Reflect.getMetadata(metadata.modulePath + modules.applicationId, metatype)
  return (own ?? Reflect.getMetadata(metadata.modulePath, metatype) ?? '') as string
}

function mappingsOf(
  target: HandlerClass,
  handler: object,
  modulePath: string,
  config: ApplicationConfig | undefined,
): readonly Mapping[] {
  const methodPaths = list(Reflect.getMetadata(metadata.path, handler) as string | string[] | undefined)
  const controllerPaths = list(Reflect.getMetadata(metadata.path, target) as string | string[] | undefined)
  const method = (Reflect.getMetadata(metadata.method, handler) ?? RequestMethod.GET) as RequestMethod
  const versions = versionsOf(target, handler, config?.getVersioning())
  return controllerPaths.flatMap((controllerPath) =>
    methodPaths.map((methodPath) => ({ modulePath, controllerPath, methodPath, method, versions })),
  )
}

function versionsOf(target: object, handler: object, versioning: VersioningOptions | undefined): readonly Version[] {
  if (versioning === undefined) return []
  const found: unknown =
    Reflect.getMetadata(metadata.version, handler) ??
    Reflect.getMetadata(metadata.version, target) ??
    versioning.defaultVersion
  return list(found as Version | Version[] | undefined)
}

function placesOf(mapping: Mapping, config: ApplicationConfig | undefined): readonly RoutePlaceOfHttp[] {
  const method = RequestMethod[mapping.method] as string
  const versioning = config?.getVersioning()
  const versions = mapping.versions.map((version) => (version === VERSION_NEUTRAL ? 'neutral' : String(version)))
  if (versioning?.type !== VersioningType.URI || versions.length === 0) {
    const place = { type: 'http', method, path: pathOf(mapping, '', config) } as const
    return [versions.length === 0 ? place : { ...place, versions }]
  }
  const { prefix = 'v' } = versioning
  return mapping.versions.map((version) => {
    const segment = version === VERSION_NEUTRAL ? '' : `/${prefix === false ? '' : prefix}${String(version)}`
    return { type: 'http', method, path: pathOf(mapping, segment, config) }
  })
}

interface RoutePlaceOfHttp {
  readonly type: 'http'
  readonly method: string
  readonly path: string
  readonly versions?: readonly string[]
}

function pathOf(mapping: Mapping, version: string, config: ApplicationConfig | undefined): string {
  const unversioned = join('', mapping.modulePath, mapping.controllerPath, mapping.methodPath)
  const prefix = config === undefined || isExcluded(config, unversioned, mapping.method) ? '' : config.getGlobalPrefix()
  return join('', prefix, version, unversioned) || '/'
}

/** `setGlobalPrefix(prefix, { exclude })`: matched against the path without prefix and version. */
function isExcluded(config: ApplicationConfig, path: string, method: RequestMethod): boolean {
  const excluded = config.getGlobalPrefixOptions().exclude ?? []
  return excluded.some(
    ({ pathRegex, requestMethod }) =>
      (requestMethod === RequestMethod.ALL || (requestMethod as number) === -1 || requestMethod === method) &&
      pathRegex.test(path || '/'),
  )
}

/** Each part with one slash in front and none at its end. */
function join(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter((part) => part !== '')
    .map((part) => `/${part}`)
    .join('')
}

function list<T>(value: T | T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
