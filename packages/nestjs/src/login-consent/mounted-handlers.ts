/** Which steps have a handler of the app's own. */
import type { LoginConsentOptions } from '@hydra-kit/login-consent'
import type { ModulesContainer } from '@nestjs/core'
import { optionsError } from '../options-error.ts'
import { handlerDeclarationOf, type HandledStep } from './handler-declaration.ts'
import { methodsOf } from './methods-of.ts'

/** The option that each handler stands for. */
const optionOf: Partial<Record<HandledStep, keyof LoginConsentOptions>> = {
  login: 'authenticate',
  consent: 'consent',
  logout: 'logout',
  device: 'device',
}

/**
 * The steps of an instance that handlers serve.
 *
 * @throws TypeError `ERR_OPTIONS` if two handlers decide the same, or a handler and an option, or a handler has no route
 */
export function handledSteps(
  modules: ModulesContainer,
  instance: string | undefined,
  options: LoginConsentOptions,
): ReadonlySet<HandledStep> {
  const handled = new Map<HandledStep, string>()
  for (const { method, place, isController } of methodsOf(modules)) {
    const declaration = handlerDeclarationOf(method)
    if (declaration === undefined || declaration.instance !== instance) continue
    const { decorator, step } = declaration
    if (!isController) {
      throw optionsError(decorator, `${place} is not a method of a controller, so it has no route.`, 'Move it to one.')
    }
    const other = handled.get(step)
    // Hooks are told apart by their keys and paths; a page has one address at Hydra.
    if (other !== undefined && step !== 'token-hook' && step !== 'refresh-hook') {
      throw optionsError(
        decorator,
        `${decorator} stands on ${other} and on ${place}, and Hydra knows one such page.`,
        'Keep one of them, or give a second LoginConsentModule a name.',
      )
    }
    const option = optionOf[step]
    if (option !== undefined && options[option] !== undefined) {
      throw optionsError(option, `${decorator} on ${place} and the option ${option} both decide.`, 'Keep one of them.')
    }
    handled.set(step, place)
  }
  return new Set(handled.keys())
}
