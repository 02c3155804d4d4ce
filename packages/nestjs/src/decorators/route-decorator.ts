import { UseGuards } from '@nestjs/common'
import { BoundGuard } from '../guards/bound.guard.ts'
import { declare, ownDeclarations, type Declaration } from './declaration.ts'

/** A decorator for a controller, resolver or gateway, and for its handlers. */
export type RouteDecorator = ClassDecorator & MethodDecorator

/**
 * A decorator that writes a declaration down and, unless it opens the route, binds the guard: a rule is then kept where
 * no global guard runs, too.
 */
export function routeDecorator(decorator: string, declaration: Declaration): RouteDecorator {
  return ((target: object, method?: string | symbol, descriptor?: PropertyDescriptor) => {
    const bound = ownDeclarations(target, method).some(bindsGuard)
    declare(target, method, descriptor?.value, { decorator, declaration })
    if (bound || !bindsGuard({ declaration })) return
    const bind = UseGuards(BoundGuard)
    if (method === undefined) bind(target as never)
    else bind(target, method, descriptor as PropertyDescriptor)
  }) as RouteDecorator
}

function bindsGuard({ declaration }: { readonly declaration: Declaration }): boolean {
  return declaration.access !== 'public'
}
