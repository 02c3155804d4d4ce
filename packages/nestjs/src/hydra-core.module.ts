import { Global, Module } from '@nestjs/common'
import { HydraGuard } from './guards/hydra.guard.ts'
import { HydraInstances } from './instances.ts'

/** What an application has one of, however many instances of `HydraModule` it imports. */
@Global()
@Module({
  providers: [HydraGuard, HydraInstances],
  exports: [HydraGuard, HydraInstances],
})
export class HydraCoreModule {}
