import { optionsError } from '../options-error.ts'
import { routeDecorator, type RouteDecorator } from './route-decorator.ts'

/**
 * Says which instance of `HydraModule` judges the tokens of a controller or handler, by its `name`. Without it the one
 * that has no name does, or the only one.
 *
 * @throws TypeError `ERR_OPTIONS` for an empty name
 */
export function UseHydra(name: string): RouteDecorator {
  if (typeof name !== 'string' || name === '') {
    throw optionsError('@UseHydra', '@UseHydra needs the name of an instance.', 'Give the name that forRoot was given.')
  }
  return routeDecorator('@UseHydra', { instance: name })
}
