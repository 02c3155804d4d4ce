/** Parameters of handlers: the request that is being decided. */
import { decisionParam, type DecisionParam } from './decision-param.ts'

/** In a `@LoginHandler`: Hydra's login request (`HydraLoginRequest`), or a member: `@LoginRequest('client')`. */
export const LoginRequest: DecisionParam = decisionParam(
  '@LoginRequest',
  '@LoginHandler',
  ['login'],
  ({ told }) => told['loginRequest'],
)

/** In a `@ConsentHandler`: Hydra's consent request (`HydraConsentRequest`), or a member. */
export const ConsentRequest: DecisionParam = decisionParam(
  '@ConsentRequest',
  '@ConsentHandler',
  ['consent'],
  ({ told }) => told['consentRequest'],
)

/** In a `@LogoutHandler`: Hydra's logout request (`HydraLogoutRequest`), or a member. */
export const LogoutRequest: DecisionParam = decisionParam(
  '@LogoutRequest',
  '@LogoutHandler',
  ['logout'],
  ({ told }) => told['logoutRequest'],
)

/** In a `@DeviceHandler`: what was typed (`DeviceContext`), or a member: `@DeviceRequest('userCode')`. */
export const DeviceRequest: DecisionParam = decisionParam(
  '@DeviceRequest',
  '@DeviceHandler',
  ['device'],
  ({ told }) => told,
)

/** In a `@TokenHook` or `@RefreshHook`: what Hydra tells (`TokenHookRequest`), or a member: `@HookRequest('subject')`. */
export const HookRequest: DecisionParam = decisionParam(
  '@HookRequest',
  '@TokenHook or @RefreshHook',
  ['token-hook', 'refresh-hook'],
  ({ told }) => told['hookRequest'],
)

/** In an `@ErrorPage`: the page that is to be rendered (`Page<'error'>`), or a member: `@ErrorRequest('model')`. */
export const ErrorRequest: DecisionParam = decisionParam('@ErrorRequest', '@ErrorPage', ['error'], ({ told }) => told)

/**
 * In any handler: all that the deciding function of that name is told, such as `AuthenticateContext`, or a member:
 * `@FlowContext('hints')`, `@FlowContext('canSkip')`.
 */
export const FlowContext: DecisionParam = decisionParam(
  '@FlowContext',
  'a handler decorator',
  undefined,
  ({ told }) => told,
)
