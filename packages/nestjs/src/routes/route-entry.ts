/** One route with its rule, in a form for people and for CI. */
import { BoundGuard } from '../guards/bound.guard.ts'
import { HydraGuard } from '../guards/hydra.guard.ts'
import { routeRuleOf, type HandlerClass } from '../guards/route-rule.ts'
import type { HydraInstances } from '../instances.ts'
import { StartUpGuard } from '../start-up/start-up.guard.ts'

/** A route, resolver or message handler, and who may call it. Plain data: `JSON.stringify` shows all of it. */
export interface RouteEntry {
  /** What `context.getType()` says at run time, such as `http`. */
  readonly type: string
  /** `GET`, `POST` …, `ALL`; of other contexts their own word. */
  readonly method: string
  /** With global prefix and URI version, parameters as written: `/api/v1/photos/:id`. */
  readonly path: string
  /** Versions that a header or media type chooses. */
  readonly versions?: readonly string[]
  /** Class and method: `PhotosController.list`. */
  readonly handler: string
  /** Whether a decorator of this package says who may call it. */
  readonly annotated: boolean
  /** `open`: no guard of this package runs here. Otherwise as the decorators say. */
  readonly access: 'open' | 'public' | 'optional' | 'token'
  readonly scopes?: readonly string[]
  readonly anyScope?: readonly string[]
  /** Names of the claims that are demanded. */
  readonly claims?: readonly string[]
  readonly audience?: readonly string[]
  readonly freshWithinSeconds?: number
  /** The instance that is asked, where `@UseHydra` says so. */
  readonly instance?: string
}

/** Where a handler is reached. */
export type RoutePlace = Pick<RouteEntry, 'type' | 'method' | 'path' | 'versions'>

/** What `@UseGuards` writes, on classes and on handlers. */
const guardsMetadata = '__guards__'

/**
 * The entry of a handler.
 *
 * @param handler the method, on which decorators stand
 * @param called the function that Nest calls, and reads guards from; a constructor may have put another in its place
 * @throws Error `ERR_HYDRA_AUTH_MISSING` if it asks for an instance that is not there: it would answer nothing but 500
 */
export function routeEntry(
  place: RoutePlace,
  target: HandlerClass,
  method: string,
  handler: object,
  called: object,
  instances: HydraInstances,
): RouteEntry {
  const { access, annotated, rule, requirement, instance } = routeRuleOf(target, handler)
  const entry = { ...place, handler: `${target.name}.${method}`, annotated }
  if (access === 'public') return { ...entry, access }
  const global = instances.list().some(({ guard }) => guard === 'global')
  const bound = isBound(target) || isBound(called) || (annotated && guardsOf(target).includes(StartUpGuard))
  if (!global && !bound) return { ...entry, access: 'open' }
  instances.get(instance)
  return withoutUndefined({
    ...entry,
    access,
    scopes: requirement?.all,
    anyScope: requirement?.any,
    claims: requirement?.claims && Object.keys(requirement.claims),
    audience: rule?.audience as readonly string[] | undefined,
    freshWithinSeconds: rule?.freshWithinSeconds,
    instance,
  })
}

function isBound(target: object): boolean {
  return guardsOf(target).some((guard) => guard === BoundGuard || guard === HydraGuard || guard instanceof HydraGuard)
}

function guardsOf(target: object): readonly unknown[] {
  return (Reflect.getMetadata(guardsMetadata, target) as readonly unknown[] | undefined) ?? []
}

/** The function that stands for a method on an instance, where there is one. */
export function calledOn(instance: unknown, method: string, handler: object): object {
  const called: unknown = (instance as Readonly<Record<string, unknown>> | null | undefined)?.[method]
  return typeof called === 'function' ? called : handler
}

type Given<T> = { [Name in keyof T]: Exclude<T[Name], undefined> }

function withoutUndefined<T extends object>(members: T): Given<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>
}
