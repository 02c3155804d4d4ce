/** Whether the rules on fields of GraphQL objects are kept. */
import type { ModulesContainer } from '@nestjs/core'
import { routeRuleOf } from '../guards/route-rule.ts'
import { optionsError } from '../options-error.ts'
import { resolversOf, type Resolver } from './handlers-of.ts'

/** The token of the options of @nestjs/graphql. */
const graphqlOptions = 'GqlModuleOptions'

/**
 * Nest runs guards on fields only if it is told to. Then a field without a decorator of ours is judged with its
 * operation, and one with a decorator on its own; a reference resolver, by which a federated graph reaches an object
 * without any operation of ours, is judged like a query.
 *
 * @param isGlobal whether handlers without a decorator need a token
 * @throws TypeError `ERR_OPTIONS` if a rule on a field would not be kept, or a reference resolver would be open
 */
export function assertFieldsAreGuarded(modules: ModulesContainer, isGlobal: boolean): void {
  if (guardsFields(modules)) return
  const open = resolversOf(modules).find((resolver) => demandsGuard(resolver, isGlobal))
  if (open === undefined) return
  const name = `${open.target.name}.${open.method}`
  const problem =
    open.kind === 'field'
      ? `A decorator says who may read ${name}, but Nest runs no guards on fields.`
      : `${name} resolves references of a federated graph, on which Nest runs no guards.`
  throw optionsError(
    'fieldResolverEnhancers',
    problem,
    "Give GraphQLModule fieldResolverEnhancers: ['guards'], or put @Public() on it.",
  )
}

function demandsGuard({ kind, target, handler }: Resolver, isGlobal: boolean): boolean {
  if (kind !== 'field' && kind !== 'reference') return false
  const { access, annotated } = routeRuleOf(target, handler)
  return access !== 'public' && (annotated || (kind === 'reference' && isGlobal))
}

/** True as well if there is no GraphQL at all. */
function guardsFields(modules: ModulesContainer): boolean {
  return [...modules.values()].every(({ providers }) => {
    const options = providers.get(graphqlOptions)?.instance as
      | { fieldResolverEnhancers?: readonly string[] }
      | undefined
    return options === undefined || (options.fieldResolverEnhancers ?? []).includes('guards')
  })
}
