/** What holds for one handler of one class, worked out once. */
import type { Requirement, Rule } from '@hydra-kit/resource-server'
import { declarationsOfClass, declarationOfHandler, type Access, type Declaration } from '../decorators/declaration.ts'

/** A class as Nest hands it over. */
export type HandlerClass = { readonly name: string; readonly prototype: object }

/** The rule of a route, a resolver or a message handler. */
export interface RouteRule {
  readonly access: Access
  /** Whether a decorator of ours says who may call, on the handler or its class. */
  readonly annotated: boolean
  /** What the token must be, beside the options of the instance. */
  readonly rule: Rule | undefined
  /** What the token must allow. */
  readonly requirement: Requirement | undefined
  /** Named in the challenge of a request without a token. */
  readonly scope: readonly string[] | undefined
  /** The `name` of the instance that is asked. */
  readonly instance: string | undefined
}

/** Handlers are shared by classes that inherit them, so both together are the key. */
const known = new WeakMap<object, WeakMap<object, RouteRule>>()

/** The rule of a handler of a class: the handler's decorators replace those of the class, each its own kind. */
export function routeRuleOf(target: HandlerClass, handler: object): RouteRule {
  const remembered = known.get(handler)?.get(target)
  if (remembered !== undefined) return remembered
  const rule = toRule(declarationOf(target, handler))
  const ofHandler = known.get(handler) ?? new WeakMap<object, RouteRule>()
  known.set(handler, ofHandler.set(target, rule))
  return rule
}

function declarationOf(target: HandlerClass, handler: object): Declaration {
  return [...declarationsOfClass(target), declarationOfHandler(target, handler) ?? {}].reduce(merge, {})
}

/**
 * What the nearer declaration leaves of the farther one:
 * - `@Public`, `@OptionalAuth` and `@RequireToken` drop its scopes and claims.
 * - Any demand drops its `@Public` or `@OptionalAuth`, and leaves its other demands.
 */
function merge(farther: Declaration, nearer: Declaration): Declaration {
  if (nearer.access !== undefined) return { ...without(farther, ['all', 'any', 'claims']), ...nearer }
  const demands = Object.keys(nearer).some((name) => name !== 'instance')
  return { ...(demands ? without(farther, ['access']) : farther), ...nearer }
}

function without(declaration: Declaration, names: readonly string[]): Declaration {
  return Object.fromEntries(Object.entries(declaration).filter(([name]) => !names.includes(name)))
}

function toRule(declaration: Declaration): RouteRule {
  const { all, any, claims, audience, freshWithinSeconds, instance, access } = declaration
  const annotated = [all, any, claims, audience, freshWithinSeconds, access].some((part) => part !== undefined)
  if (access === 'public') {
    return { access, annotated, instance, rule: undefined, requirement: undefined, scope: undefined }
  }
  return {
    access: access ?? 'token',
    annotated,
    instance,
    rule: present({ audience, freshWithinSeconds }),
    requirement: present({ all, any, claims }),
    scope: all ?? any?.slice(0, 1),
  }
}

/** Without its undefined members, frozen; undefined if nothing is left. */
function present<T extends object>(members: { [Name in keyof T]: T[Name] | undefined }): T | undefined {
  const given = Object.entries(members).filter(([, value]) => value !== undefined)
  return given.length === 0 ? undefined : (Object.freeze(Object.fromEntries(given)) as T)
}
