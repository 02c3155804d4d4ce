/** Functions that constructors put in the place of annotated methods, as by `this.list = throttle(this.list)`. */
import type { ModulesContainer } from '@nestjs/core'
import { hasDeclaredMethod, ownDeclarations } from '../decorators/declaration.ts'
import { methodOfHandler, noteReplacement, replacedMethods } from '../decorators/method-of-handler.ts'
import { optionsError } from '../options-error.ts'
import { madeHostsOf } from './handlers-of.ts'

/**
 * Notes which method each of them stands for: Nest hands guards the function alone, and it may have no name.
 *
 * @throws TypeError `ERR_OPTIONS` if one function stands for two methods with rules of their own
 */
export function noteReplacedHandlers(modules: ModulesContainer): void {
  for (const { instance } of madeHostsOf(modules)) {
    const target = instance.constructor as Parameters<typeof methodOfHandler>[0] & { readonly name: string }
    if (!hasDeclaredMethod(target.prototype)) continue
    for (const { handler, ...method } of replacedMethods(instance)) {
      const before = methodOfHandler(target, handler as () => void)
      if (before === undefined || before.name === method.name) {
        noteReplacement(target, handler, before ?? method)
        continue
      }
      if (isSilent(before) && isSilent(method)) continue
      throw optionsError(
        `${target.name}.${String(method.name)}`,
        `The same function stands for ${String(before.name)}, so it is not known which of their rules holds.`,
        'Give each a function of its own.',
      )
    }
  }
}

function isSilent({ owner, name }: { readonly owner: object; readonly name: string | symbol }): boolean {
  return ownDeclarations(owner, name).length === 0
}
