/** What this package adds to Express's request type, for both majors. */
import type { VerifiedToken } from '@hydra-kit/resource-server'

/** The part of a request that `hydraAuth` fills in. Express's `Request` has it, once this package is imported. */
export interface WithAccessToken {
  /**
   * The verified access token. Without `hydraAuth` in front, and under `{ optional: true }` for a request without a
   * token, it is undefined at run time: `tokenOf(req)` checks instead of trusting.
   */
  accessToken: VerifiedToken
}

declare global {
  // Express's own types are made to be widened through this namespace.
  namespace Express {
    interface Request extends WithAccessToken {}
  }
}
