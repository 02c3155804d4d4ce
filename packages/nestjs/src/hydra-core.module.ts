import { Global, Module } from '@nestjs/common'
import { HydraGuard } from './guards/hydra.guard.ts'
import { HydraHealthIndicator } from './health/hydra-health.indicator.ts'
import { HydraInstances } from './instances.ts'
import { HydraRoutes } from './routes/hydra-routes.ts'

/** What an application has one of, however many instances of `HydraModule` it imports. */
@Global()
@Module({
  providers: [HydraGuard, HydraInstances, HydraRoutes, HydraHealthIndicator],
  exports: [HydraGuard, HydraInstances, HydraRoutes, HydraHealthIndicator],
})
export class HydraCoreModule {}
