/** Receivers for Hydra's token hooks in an Express app. */
import {
  refreshHook as createRefreshHook,
  tokenHook as createTokenHook,
  type HookHandler,
  type HookOptions,
  type HookReceiver,
} from '@hydra-kit/login-consent'
import { httpInput, sendOutput } from './login-consent-router.ts'
import { middleware, type Middleware } from './middleware.ts'

/**
 * Answers `oauth2.token_hook` (Hydra ≥ 2.1): which claims go into tokens, for every grant at the token endpoint.
 * With or without `express.json()` in front; without is better, for then strangers' bodies are not even read.
 *
 * @example
 * app.post('/hooks/token', tokenHook(async ({ subject }) => hook.set({ accessToken: await rolesOf(subject) }), { apiKey }))
 *
 * @throws TypeError `ERR_OPTIONS`, for instance without a key
 */
export function tokenHook(handler: HookHandler, options: HookOptions): Middleware {
  return serve('tokenHook', createTokenHook(handler, options))
}

/** Answers `oauth2.refresh_token_hook` (Hydra ≥ 1.10.7): the same, on refresh only. See {@link tokenHook}. */
export function refreshHook(handler: HookHandler, options: HookOptions): Middleware {
  return serve('refreshHook', createRefreshHook(handler, options))
}

function serve(name: string, receiver: HookReceiver): Middleware {
  return middleware(name, (req, res, next) => {
    receiver
      .handle(httpInput(req, res))
      .then((output) => sendOutput(res, output))
      .catch(next)
  })
}
