export { HydraModule } from './hydra.module.ts'
export type { HydraModuleAsyncOptions } from './hydra.module.ts'
export type {
  GuardMode,
  HydraModuleExtras,
  HydraModuleOptions,
  HydraModuleSettings,
  HydraOptionsFactory,
  SharedResourceServer,
} from './options.ts'
export { getHydraClientToken, getResourceServerToken, InjectHydraClient, InjectResourceServer } from './tokens.ts'
export { HydraGuard } from './guards/hydra.guard.ts'
export { tokenOf } from './token-of.ts'

export { CurrentToken } from './decorators/current-token.ts'
export { AnyScope } from './decorators/any-scope.ts'
export { OptionalAuth } from './decorators/optional-auth.ts'
export { Public } from './decorators/public.ts'
export { RequireAudience } from './decorators/require-audience.ts'
export { RequireClaims } from './decorators/require-claims.ts'
export { RequireFresh } from './decorators/require-fresh.ts'
export { RequireToken } from './decorators/require-token.ts'
export { Scopes } from './decorators/scopes.ts'
export { UseHydra } from './decorators/use-hydra.ts'
