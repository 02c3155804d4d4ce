/** The authenticating middleware. It never answers: it says who calls, or hands an error to Express. */
import {
  authenticateAtOnce,
  factsOfRequest,
  headersOf,
  isBearerTokenError,
  isPending,
  type BearerTokenError,
  type RequestFacts,
  type ResourceServer,
  type ResourceServerOptions,
  type SharedResourceServer,
  type VerifiedToken,
} from '@hydra-kit/resource-server'
import type { Request, Response } from 'express'
import { withAnswer } from './answer.ts'
import { dropAuthentication, setAuthentication, type Authentication } from './authentication.ts'
import { middleware, type Middleware } from './middleware.ts'
import { adapterOptions, serverOf, type HydraAuthOptions } from './options.ts'

/**
 * Verifies the access token of each request and puts it on `req.accessToken`.
 *
 * A refused request reaches the error handlers with an error whose `status` and `headers` (hidden from logs) make
 * Express's own handler answer rightly; `hydraErrors()` adds a JSON body.
 *
 * @example
 * app.use(hydraAuth({ issuer: 'https://auth.example.com', adminUrl: 'http://hydra-admin:4445', audience: 'https://api.example.com' }))
 *
 * @param options those of `createResourceServer`, or `{ resourceServer }`
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function hydraAuth<Extra = Readonly<Record<string, unknown>>>(
  options: ResourceServerOptions<Extra> | SharedResourceServer<Extra>,
  adapter: HydraAuthOptions = {},
): Middleware {
  const { optional, tenant } = adapterOptions(adapter)
  const resourceServer: ResourceServer<unknown> = serverOf(options)
  const acceptances = new WeakMap<VerifiedToken<unknown>, Authentication>()

  return middleware('hydraAuth', (request, response, next) => {
    let facts: RequestFacts | undefined
    let outcome: VerifiedToken<unknown> | Promise<VerifiedToken<unknown>>
    try {
      facts = factsOfRequest(request, headersOf(request), tenantOf(request))
      outcome = authenticateAtOnce(resourceServer, facts)
    } catch (error) {
      return next(refuse(request, facts, error))
    }
    if (!isPending(outcome)) return next(accept(request, response, facts, outcome))
    const asked = facts
    // Not an async function: Express 4 would not see its rejection.
    outcome.then(
      (token) => next(accept(request, response, asked, token)),
      (error: unknown) => next(refuse(request, asked, error)),
    )
  })

  function tenantOf(request: Request): string | undefined {
    if (tenant === undefined) return undefined
    dropAuthentication(request)
    return tenant(request)
  }

  /**
   * One for all requests with a token, because what is made for a single request and outlives the next collection of
   * garbage costs more than the rest of a remembered token.
   */
  function accepted(token: VerifiedToken<unknown>, tenant: string | undefined): Authentication {
    if (tenant !== undefined) return { resourceServer, tenant, token, missing: undefined }
    const known = acceptances.get(token)
    if (known !== undefined) return known
    const made: Authentication = { resourceServer, tenant, token, missing: undefined }
    acceptances.set(token, made)
    return made
  }

  /** Gives nothing, or the error for Express. */
  function accept(request: Request, response: Response, facts: RequestFacts, token: VerifiedToken<unknown>): unknown {
    try {
      const headers = resourceServer.responseHeaders(facts)
      for (const name in headers) response.setHeader(name, headers[name] as string)
      setAuthentication(request, accepted(token, facts.tenant))
      return undefined
    } catch (error) {
      return refuse(request, undefined, error)
    }
  }

  /** Gives the error for Express; nothing if the request may pass without a token. */
  function refuse(request: Request, facts: RequestFacts | undefined, error: unknown): unknown {
    try {
      dropAuthentication(request)
      if (!optional || facts === undefined || !isMissing(error)) return withAnswer(error, resourceServer)
      setAuthentication(request, { resourceServer, tenant: facts.tenant, token: undefined, missing: error })
      return undefined
    } catch (problem) {
      return problem
    }
  }
}

/** RFC 6750 section 3.1: a request without credentials is no error of the caller; only this one can be let through. */
function isMissing(error: unknown): error is BearerTokenError {
  return isBearerTokenError(error) && error.reason === 'missing'
}
