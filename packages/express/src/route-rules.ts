/** Middleware that verifies the token once more, by a stricter rule of the route. It stands behind `hydraAuth`. */
import {
  authenticateAtOnce,
  BearerTokenError,
  factsOfRequest,
  headersOf,
  isPending,
  type Rule,
  type VerifiedToken,
} from '@hydra-kit/resource-server'
import { withAnswer } from './answer.ts'
import { authenticationOf, setAuthentication } from './authentication.ts'
import { middleware, type Middleware } from './middleware.ts'
import { optionsError } from './options.ts'

/**
 * Demands a proof of the token that is at most so many seconds old; 0 asks Hydra for each request. For routes that
 * cannot wait for the revocation delay. A JWT is then introspected as well; where no introspection is configured, it must
 * have been issued within this time (else 401).
 * @throws TypeError `ERR_OPTIONS` unless it is a number of seconds, 0 or more
 */
export function requireFresh(seconds: number): Middleware {
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) {
    throw optionsError('seconds', 'requireFresh needs a number of seconds.', 'Give 0 to ask Hydra for each request.')
  }
  return rule('requireFresh', { freshWithinSeconds: seconds })
}

/**
 * Demands that the token was issued for this audience (of several: one) too, beside the audience that `hydraAuth`
 * demands; else 401.
 * @throws TypeError `ERR_OPTIONS` if no audience is named
 */
export function requireAudience(...audience: string[]): Middleware {
  if (audience.length === 0 || audience.some((name) => typeof name !== 'string' || name === '')) {
    throw optionsError(
      'audience',
      'requireAudience needs an audience.',
      "For example requireAudience('https://api.example.com').",
    )
  }
  return rule('requireAudience', { audience })
}

function rule(name: string, wanted: Rule): Middleware {
  return middleware(name, (request, _response, next) => {
    const before = authenticationOf(request, name)
    const { resourceServer, tenant, missing } = before
    if (missing !== undefined) return next(withAnswer(missing, resourceServer))
    let outcome: VerifiedToken<unknown> | Promise<VerifiedToken<unknown>>
    try {
      outcome = authenticateAtOnce(resourceServer, factsOfRequest(request, headersOf(request), tenant), wanted)
    } catch (error) {
      return next(withAnswer(error, resourceServer))
    }
    const accept = (token: VerifiedToken<unknown>): void => {
      if (!isSameCaller(before.token, token)) {
        return next(withAnswer(new BearerTokenError('two_tokens'), resourceServer))
      }
      setAuthentication(request, { ...before, token })
      next()
    }
    if (!isPending(outcome)) return accept(outcome)
    outcome.then(accept, (error: unknown) => next(withAnswer(error, resourceServer)))
  })
}

/**
 * The request may have changed since `hydraAuth`: middleware puts the token of another service into its header, or
 * another method makes the query count. What was judged of one caller does not hold for another.
 */
function isSameCaller(before: VerifiedToken<unknown> | undefined, now: VerifiedToken<unknown>): boolean {
  if (before === undefined || before === now) return before === now
  return before.subject === now.subject && before.clientId === now.clientId && before.issuer === now.issuer
}
