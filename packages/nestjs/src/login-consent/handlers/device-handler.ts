import type { DeviceDecision } from '@hydra-kit/login-consent'
import { pageHandler, type HandlerDecorator, type HandlerOptions } from './handler-decorator.ts'

/**
 * Serves the page for device codes at this path of the controller, and all that belongs to it. The method is asked when a
 * code was sent, within the limit of tries and before Hydra sees it: it returns `device.accept` or `device.retry`.
 *
 * The route is open to callers without a token, as by `@Public()`.
 *
 * @throws TypeError `ERR_OPTIONS` beside another handler decorator
 */
export function DeviceHandler(
  path: string | string[] = 'device',
  options: HandlerOptions = {},
): HandlerDecorator<DeviceDecision> {
  return pageHandler('@DeviceHandler', 'device', path, options)
}
