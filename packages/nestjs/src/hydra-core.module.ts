import { Global, Module } from '@nestjs/common'
import { GatewayConnections } from './gateways/gateway-connections.ts'
import { HydraGuard } from './guards/hydra.guard.ts'
import { HydraHealthIndicator } from './health/hydra-health.indicator.ts'
import { HydraInstances } from './instances.ts'
import { HydraRoutes } from './routes/hydra-routes.ts'
import { HandlerBinding } from './start-up/handler-binding.ts'
import { StartUpGuard } from './start-up/start-up.guard.ts'

/** What an application has one of, however many instances of `HydraModule` it imports. */
@Global()
@Module({
  providers: [
    HydraGuard,
    HydraInstances,
    HydraRoutes,
    HydraHealthIndicator,
    StartUpGuard,
    GatewayConnections,
    HandlerBinding,
  ],
  exports: [HydraGuard, HydraInstances, HydraRoutes, HydraHealthIndicator, StartUpGuard],
})
export class HydraCoreModule {}
