import type { VerifiedToken } from '@hydra-kit/resource-server'
import type { IncomingMessage } from 'node:http'
import { withAnswer } from './answer.ts'
import { authenticationOf } from './authentication.ts'

/**
 * The verified token of a request, certain to be there.
 *
 * @throws Error `ERR_HYDRA_AUTH_MISSING`, status 500, if `hydraAuth` did not run for this request
 * @throws BearerTokenError `missing`, answered with 401, if `hydraAuth` is optional and the request has no token
 */
export function tokenOf<Extra = Readonly<Record<string, unknown>>>(request: IncomingMessage): VerifiedToken<Extra> {
  const { token, missing, resourceServer } = authenticationOf(request, 'tokenOf(req)')
  if (token === undefined) throw withAnswer(missing, resourceServer)
  return token as VerifiedToken<Extra>
}
