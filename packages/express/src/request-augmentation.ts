/** What this package adds to Express's request type, for both majors. */
import type { VerifiedToken } from '@hydra-kit/resource-server'

declare global {
  // Express's own types are made to be widened through this namespace.
  namespace Express {
    interface Request {
      /**
       * The verified access token, set by `hydraAuth`. Without `hydraAuth` in front, and under `{ optional: true }` for
       * a request without a token, it is undefined at run time: `tokenOf(req)` checks instead of trusting.
       */
      accessToken: VerifiedToken
    }
  }
}
