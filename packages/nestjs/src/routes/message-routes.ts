/** What is called otherwise than by plain HTTP: gateways, microservices, GraphQL. */
import type { Type } from '@nestjs/common'
import type { ModulesContainer } from '@nestjs/core'
import { connectionHandlerOf } from '../gateways/connection-context.ts'
import type { HydraInstances } from '../instances.ts'
import {
  gatewayHandlersOf,
  gatewaysOf,
  resolversOf,
  rpcHandlersOf,
  type Handler,
  type Host,
} from '../start-up/handlers-of.ts'
import { calledOn, routeEntry, type RouteEntry, type RoutePlace } from './route-entry.ts'

/**
 * Connections and messages of gateways, messages and events of microservices, operations of GraphQL. Fields of GraphQL
 * objects only where a decorator stands: the others are judged with their operation.
 */
export function messageRoutes(modules: ModulesContainer, instances: HydraInstances): readonly RouteEntry[] {
  const entryOf = (place: RoutePlace, { target, method, handler, wrapper }: Handler): RouteEntry =>
    routeEntry(place, target, method, handler, calledOn(wrapper.instance, method, handler), instances)
  return [
    ...gatewaysOf(modules).map((gateway) => entryOf({ type: 'ws', method: 'connect', path: '' }, connection(gateway))),
    ...gatewayHandlersOf(modules).map((found) =>
      entryOf({ type: 'ws', method: found.kind, path: found.pattern }, found),
    ),
    ...rpcHandlersOf(modules).map((found) => entryOf({ type: 'rpc', method: found.kind, path: found.pattern }, found)),
    ...resolversOf(modules)
      .map((found) => {
        const place = { type: 'graphql', method: found.kind.toLowerCase(), path: found.field }
        return { kind: found.kind, entry: entryOf(place, found) }
      })
      .filter(({ kind, entry }) => kind !== 'field' || entry.annotated)
      .map(({ entry }) => entry),
  ]
}

function connection(gateway: Host): Handler {
  const handler = connectionHandlerOf(gateway.target as Type) as Handler['handler']
  return { ...gateway, method: 'handleConnection', handler }
}
