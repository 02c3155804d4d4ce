/**
 * Finds handlers that are no HTTP routes. The names of metadata are those that Nest's packages use in majors 11 and 12;
 * none of the packages is imported.
 */
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import { declarationsOfClass, hasDeclaredMethod } from '../decorators/declaration.ts'
import type { HandlerClass } from '../guards/route-rule.ts'
import { isObject } from '../is-object.ts'

/** A module as Nest keeps it. */
export type NestModule = ModulesContainer extends Map<string, infer Module> ? Module : never

/** A provider or controller as Nest keeps it. */
export type Wrapper = NestModule['providers'] extends Map<unknown, infer Kept> ? Kept : never

/** A class with handlers. */
export interface Host {
  readonly module: NestModule
  readonly wrapper: Wrapper
  readonly target: HandlerClass
}

/** One handler of a class. */
export interface Handler extends Host {
  readonly method: string
  readonly handler: (...args: never[]) => unknown
}

/** A handler of messages. */
export interface MessageHandler extends Handler {
  /** What the message is called, as text. */
  readonly pattern: string
  /** `event` for handlers that answer nothing. */
  readonly kind: 'message' | 'event'
}

/** A method that resolves an operation or a field. */
export interface Resolver extends Handler {
  readonly kind: 'Query' | 'Mutation' | 'Subscription' | 'field' | 'reference'
  /** Its name in the schema. */
  readonly field: string
}

const metadata = {
  gateway: 'websockets:is_gateway',
  gatewayMessage: 'websockets:message_mapping',
  gatewayMessageName: 'message',
  rpcPattern: 'microservices:pattern',
  rpcKind: 'microservices:handler_type',
  resolverType: 'graphql:resolver_type',
  resolverName: 'graphql:resolver_name',
  resolvesField: 'graphql:resolve_property',
  resolvesReference: 'graphql:resolve_reference',
} as const

/** `PatternHandler.EVENT` of @nestjs/microservices. */
const eventKind = 2

const scanner = new MetadataScanner()

/** Every WebSocket gateway. */
export function gatewaysOf(modules: ModulesContainer): readonly Host[] {
  return hostsOf(modules, 'providers').filter(({ target }) => Reflect.hasMetadata(metadata.gateway, target))
}

/** Every handler of a gateway's messages. */
export function gatewayHandlersOf(modules: ModulesContainer): readonly MessageHandler[] {
  return gatewaysOf(modules)
    .flatMap(methodsOf)
    .filter(({ handler }) => Reflect.hasMetadata(metadata.gatewayMessage, handler))
    .map((found) => {
      const name: unknown = Reflect.getMetadata(metadata.gatewayMessageName, found.handler)
      return { ...found, pattern: asText(name), kind: 'message' }
    })
}

/** Every handler of a microservice's messages and events. */
export function rpcHandlersOf(modules: ModulesContainer): readonly MessageHandler[] {
  return hostsOf(modules, 'controllers')
    .flatMap(methodsOf)
    .filter(({ handler }) => Reflect.hasMetadata(metadata.rpcPattern, handler))
    .map((found) => {
      const patterns = Reflect.getMetadata(metadata.rpcPattern, found.handler) as readonly unknown[] | undefined
      const kind = Reflect.getMetadata(metadata.rpcKind, found.handler) === eventKind ? 'event' : 'message'
      return { ...found, pattern: [patterns].flat().map(asText).join(', '), kind }
    })
}

/** Every resolver of an operation, a field or a reference. */
export function resolversOf(modules: ModulesContainer): readonly Resolver[] {
  return hostsOf(modules, 'providers')
    .flatMap(methodsOf)
    .flatMap((found) => {
      const kind = kindOf(found.handler)
      if (kind === undefined) return []
      const name = Reflect.getMetadata(metadata.resolverName, found.handler) as string | undefined
      return [{ ...found, kind, field: name ?? found.method }]
    })
}

/** Every controller and resolver with a decorator of ours, on itself or on a method. */
export function declaredHostsOf(modules: ModulesContainer): readonly Host[] {
  const resolvers = new Set(resolversOf(modules).map(({ target }) => target))
  const hosts = [
    ...hostsOf(modules, 'controllers'),
    ...hostsOf(modules, 'providers').filter(({ target }) => resolvers.has(target)),
  ]
  return hosts.filter(({ target }) => isDeclared(target))
}

/** What Nest made itself, and calls: every controller and provider that is there once for the application. */
export function madeHostsOf(modules: ModulesContainer): readonly (Host & { readonly instance: object })[] {
  return [...hostsOf(modules, 'controllers'), ...hostsOf(modules, 'providers')].flatMap((host) => {
    const instance: unknown = host.wrapper.isDependencyTreeStatic() ? host.wrapper.instance : undefined
    return isObject(instance) ? [{ ...host, instance }] : []
  })
}

/**
 * Classes with handlers whose instances a factory made, or that were given as values. Nest calls some of them, but knows
 * no class of theirs, so nothing can be bound to them.
 */
export function foreignHostsOf(modules: ModulesContainer): readonly HandlerClass[] {
  const made = new Set(madeHostsOf(modules).map(({ instance }) => instance))
  return [...modules.values()].flatMap((module) =>
    [...module.providers.values()].flatMap((wrapper) => {
      const instance: unknown = isHost(wrapper) ? undefined : wrapper.instance
      if (!isObject(instance) || made.has(instance)) return []
      const prototype = Object.getPrototypeOf(instance) as { constructor?: unknown } | null
      const target = prototype?.constructor
      return typeof target === 'function' && hasHandlers(target) ? [target] : []
    }),
  )
}

function hasHandlers(target: HandlerClass): boolean {
  if (isDeclared(target) || Reflect.hasMetadata(metadata.gateway, target)) return true
  const keys = [metadata.gatewayMessage, metadata.rpcPattern]
  return functionsOf(target).some(
    ([, handler]) => kindOf(handler) !== undefined || keys.some((key) => Reflect.hasMetadata(key, handler)),
  )
}

function isDeclared(target: HandlerClass): boolean {
  return declarationsOfClass(target).length > 0 || hasDeclaredMethod(target.prototype)
}

function kindOf(handler: object): Resolver['kind'] | undefined {
  if (Reflect.getMetadata(metadata.resolvesReference, handler) === true) return 'reference'
  if (Reflect.getMetadata(metadata.resolvesField, handler) === true) return 'field'
  const type: unknown = Reflect.getMetadata(metadata.resolverType, handler)
  return type === 'Query' || type === 'Mutation' || type === 'Subscription' ? type : undefined
}

function hostsOf(modules: ModulesContainer, collection: 'providers' | 'controllers'): readonly Host[] {
  return [...modules.values()].flatMap((module) =>
    [...module[collection].values()].flatMap((wrapper) =>
      isHost(wrapper) ? [{ module, wrapper, target: wrapper.metatype as HandlerClass }] : [],
    ),
  )
}

/** A value has no class, and a factory is none. */
function isHost({ metatype, isNotMetatype, inject }: Wrapper): boolean {
  const target = metatype as unknown
  return typeof target === 'function' && !isNotMetatype && inject === undefined && target.prototype !== undefined
}

function methodsOf(host: Host): readonly Handler[] {
  return functionsOf(host.target).map(([method, handler]) => ({ ...host, method, handler }))
}

function functionsOf(target: HandlerClass): readonly (readonly [string, Handler['handler']])[] {
  const prototype = target.prototype as Readonly<Record<string, unknown>>
  return scanner.getAllMethodNames(prototype).flatMap((method) => {
    const handler = prototype[method]
    return typeof handler === 'function' ? [[method, handler as Handler['handler']] as const] : []
  })
}

function asText(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : (JSON.stringify(pattern) ?? '')
}
