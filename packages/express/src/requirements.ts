/** Middleware that asks more of the token on a route. All of it stands behind `hydraAuth`. */
import { assertRequirement, type Requirement } from '@hydra-kit/resource-server'
import { withAnswer } from './answer.ts'
import { authenticationOf } from './authentication.ts'
import { middleware, type Middleware } from './middleware.ts'

/**
 * Demands every one of these scopes, under Hydra's scope strategy; else 403 `insufficient_scope`.
 * @throws TypeError `ERR_OPTIONS` if no scope is named: that would let every token through
 */
export function requireScopes(...all: string[]): Middleware {
  return requirement('requireScopes', { all }, all)
}

/**
 * Demands at least one of these scopes; else 403 `insufficient_scope` naming the first.
 * @throws TypeError `ERR_OPTIONS` if no scope is named
 */
export function anyScope(...any: string[]): Middleware {
  return requirement('anyScope', { any }, any.slice(0, 1))
}

/**
 * Demands claims: a value, a list of allowed values, or a function. Names that Hydra writes (`sub`, `client_id` …) are
 * read from the token, all others from what the consent app put into `session.access_token`. Else 403.
 * @throws TypeError `ERR_OPTIONS` if no claim is named
 */
export function requireClaims(claims: NonNullable<Requirement['claims']>): Middleware {
  return requirement('requireClaims', { claims: { ...claims } })
}

function requirement(name: string, wanted: Requirement, scope?: readonly string[]): Middleware {
  assertRequirement(wanted)
  return middleware(name, (request, _response, next) => {
    const { token, missing, resourceServer } = authenticationOf(request, name)
    try {
      if (token === undefined) throw missing
      resourceServer.authorize(token, wanted)
    } catch (error) {
      return next(withAnswer(error, resourceServer, scope))
    }
    next()
  })
}
