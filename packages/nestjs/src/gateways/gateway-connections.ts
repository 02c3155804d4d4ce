/** Connections to the gateways of an application. */
import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common'
import { recall, remember } from '../contexts/remembered.ts'
import { routeRuleOf } from '../guards/route-rule.ts'
import { HydraInstances } from '../instances.ts'
import { assertAllowed } from '../start-up/assert-allowed.ts'
import type { Host } from '../start-up/handlers-of.ts'
import { StartUpGuard } from '../start-up/start-up.guard.ts'
import { ConnectionContext } from './connection-context.ts'
import { guardServer, type ConnectionJudge } from './connection-gate.ts'
import { watchConnection } from './open-connection.ts'

/** A gateway as Nest knows it. */
interface Gateway {
  afterInit?(server: object): unknown
}

/**
 * Judges connections before any gateway hears of them: `handleConnection` never runs for a client whose token is not good.
 * The decorators of the class say what is demanded, and those of `handleConnection` replace them.
 */
@Injectable()
export class GatewayConnections {
  readonly #guard: CanActivate
  readonly #instances: HydraInstances
  readonly #seen = new WeakSet<object>()
  #problem: { readonly error: unknown } | undefined

  constructor(@Inject(StartUpGuard) guard: CanActivate, @Inject(HydraInstances) instances: HydraInstances) {
    this.#guard = guard
    this.#instances = instances
  }

  /** Stands in front of the servers of these gateways, as soon as they have one. */
  guardGateways(hosts: readonly Host[]): void {
    for (const { wrapper, target } of hosts) {
      const gateway = wrapper.instance as Gateway | null
      if (gateway === null || this.#seen.has(gateway)) continue
      this.#seen.add(gateway)
      this.#guardGateway(gateway, target as Type)
    }
  }

  /** @throws what a gateway could not be guarded for */
  assertGuarded(): void {
    if (this.#problem !== undefined) throw this.#problem.error
  }

  /** Nest calls `afterInit` when the gateway has its server, just before it listens to connections. */
  #guardGateway(gateway: Gateway, target: Type): void {
    const afterInit = gateway.afterInit?.bind(gateway)
    const value = (server: object): unknown => {
      try {
        guardServer(server, this.#judgeOf(target))
      } catch (error) {
        // Nobody would see it thrown here; the application refuses to start a moment later.
        this.#problem ??= { error }
      }
      return afterInit?.(server)
    }
    Object.defineProperty(gateway, 'afterInit', { value, configurable: true, writable: true })
  }

  #judgeOf(gateway: Type): ConnectionJudge {
    const contextOf = (client: object): ExecutionContext => new ConnectionContext(gateway, client)
    const judge = (client: object): Promise<void> => assertAllowed(this.#guard, contextOf(client))
    return {
      gateway,
      judge,
      opened: (client, stoodFor) => {
        const context = contextOf(client)
        const { instance } = routeRuleOf(context.getClass(), context.getHandler())
        const outcome = recall(stoodFor, instance)
        // Nothing was demanded of it, or a token was optional and there is none.
        if (outcome === undefined) return
        if (client !== stoodFor) remember(client, instance, outcome.token)
        if (outcome.token === undefined) return
        const { recheckSeconds } = this.#instances.get(instance).settings.websocket
        watchConnection(client, {
          recheckSeconds,
          judge: () => judge(client),
          expiresAt: () => recall(client, instance)?.token?.expiresAt,
        })
      },
    }
  }
}
