/**
 * `APP_GUARD` alone does not fail closed: Nest 11 runs global guards on no gateway, `connectMicroservice()` without
 * `inheritAppConfig` drops them, and neither major runs any guard before `handleConnection` or for the events of a
 * subscription. Nor do guards on handlers: Nest reads them from the function that it calls, and other decorators and
 * constructors put functions of their own in its place.
 */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common'
import { ApplicationConfig, ModulesContainer } from '@nestjs/core'
import { GatewayConnections } from '../gateways/gateway-connections.ts'
import { notSetUp } from '../not-set-up.ts'
import { optionsError } from '../options-error.ts'
import { assertFieldsAreGuarded } from './graphql-fields.ts'
import {
  declaredHostsOf,
  foreignHostsOf,
  gatewaysOf,
  resolversOf,
  rpcHandlersOf,
  type Host,
  type NestModule,
} from './handlers-of.ts'
import { noteReplacedHandlers } from './replaced-handlers.ts'
import { StartUpGuard } from './start-up.guard.ts'
import { SubscriptionInterceptor } from './subscription.interceptor.ts'

/** What `@UseGuards` and `@UseInterceptors` write. */
const metadata = { guards: '__guards__', interceptors: '__interceptors__' } as const

type Enhancer = abstract new (...args: never[]) => object

/** Binds the guard to the class of every gateway, message handler and annotated handler, and guards connections. */
@Injectable()
export class HandlerBinding implements OnModuleInit {
  readonly #modules: ModulesContainer
  readonly #config: ApplicationConfig
  readonly #guard: StartUpGuard
  readonly #connections: GatewayConnections
  #openGates: () => void = () => {}

  /** Nest creates every provider before it mounts a route or listens to any message, so nothing is bound too late. */
  constructor(
    @Inject(ModulesContainer) modules: ModulesContainer,
    @Inject(ApplicationConfig) config: ApplicationConfig,
    @Inject(StartUpGuard) guard: StartUpGuard,
    @Inject(GatewayConnections) connections: GatewayConnections,
  ) {
    this.#modules = modules
    this.#config = config
    this.#guard = guard
    this.#connections = connections
    for (const host of this.#hosts()) this.#bindGuard(host)
    for (const { module, handler, kind } of resolversOf(modules)) {
      if (kind === 'Subscription') this.#bindInterceptor(module, handler)
    }
    this.#guardConnections()
  }

  /**
   * The last look, before anything is listened to on the port of the application.
   *
   * @throws TypeError `ERR_OPTIONS` for connections, fields or handlers that no guard would see, with the cure
   * @throws Error `ERR_HYDRA_AUTH_MISSING` if a guard that was bound is not there any more
   */
  onModuleInit(): void {
    this.#openGates()
    this.#connections.assertGuarded()
    for (const host of this.#hosts()) this.#assertBound(host)
    this.#assertNoneForeign()
    noteReplacedHandlers(this.#modules)
    assertFieldsAreGuarded(this.#modules, this.#guard.isGlobal)
  }

  #hosts(): readonly Host[] {
    return [...gatewaysOf(this.#modules), ...rpcHandlersOf(this.#modules), ...declaredHostsOf(this.#modules)]
  }

  /** In front of the other guards, so that they can ask for the token. */
  #bindGuard({ module, target }: Host): void {
    const before = enhancersOf(metadata.guards, target)
    if (!before.includes(StartUpGuard)) {
      Reflect.defineMetadata(metadata.guards, [StartUpGuard, ...before], target)
    }
    module.addInjectable({ provide: StartUpGuard, useValue: this.#guard } as never, 'guard')
  }

  /** Behind the other interceptors, so that they see what the client gets. */
  #bindInterceptor(module: NestModule, handler: object): void {
    const before = enhancersOf(metadata.interceptors, handler)
    if (!before.includes(SubscriptionInterceptor)) {
      Reflect.defineMetadata(metadata.interceptors, [...before, SubscriptionInterceptor], handler)
    }
    const interceptor = new SubscriptionInterceptor(this.#guard)
    module.addInjectable({ provide: SubscriptionInterceptor, useValue: interceptor } as never, 'interceptor')
  }

  /**
   * Nest asks for the WebSocket adapter when every provider exists and no gateway has a server yet: there is no hook for
   * this moment, and `onModuleInit` comes after gateways with a port of their own listen.
   */
  #guardConnections(): void {
    const config = this.#config
    const getIoAdapter = config.getIoAdapter.bind(config)
    config.getIoAdapter = () => {
      this.#connections.guardGateways(gatewaysOf(this.#modules))
      return getIoAdapter()
    }
    this.#openGates = () => {
      Reflect.deleteProperty(config, 'getIoAdapter')
    }
  }

  #assertNoneForeign(): void {
    const [target] = foreignHostsOf(this.#modules)
    if (target === undefined) return
    throw optionsError(
      'providers',
      `${target.name} has handlers or decorators, but is provided by useFactory or useValue, where no guard can be bound to it.`,
      `Provide the class itself: providers: [${target.name}], or { provide: …, useClass: ${target.name} }.`,
    )
  }

  #assertBound({ module, target }: Host): void {
    const isBound = enhancersOf(metadata.guards, target).includes(StartUpGuard)
    if (isBound && module.injectables.get(StartUpGuard)?.instance === this.#guard) return
    throw notSetUp(
      `${target.name} has handlers, but the guard of @hydra-kit/nestjs cannot be bound to it.`,
      'Put @UseGuards(HydraGuard) on the class.',
    )
  }
}

function enhancersOf(key: string, target: object): readonly Enhancer[] {
  return (Reflect.getMetadata(key, target) ?? []) as readonly Enhancer[]
}
