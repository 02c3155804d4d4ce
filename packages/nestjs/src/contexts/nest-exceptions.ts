/**
 * Exceptions of Nest's optional packages. Its filters know them by class, so they must be those of the application: loaded
 * when the first is needed, and nowhere else, so that applications without gateways and microservices need neither
 * package.
 */
import type * as microservices from '@nestjs/microservices'
import type * as websockets from '@nestjs/websockets'

/** Of a CommonJS module, as which Jest loads this and finds the application's copy; an ES module has neither. */
declare const module: object | undefined
declare const require: (name: string) => unknown

/** `WsException` of @nestjs/websockets, and whether Nest's own filter sends it to plain WebSockets. */
export async function loadWsException(): Promise<{
  readonly WsException: typeof websockets.WsException
  readonly reachesPlainSockets: boolean
}> {
  const { WsException, BaseWsExceptionFilter } = (
    typeof module === 'undefined' ? await import('@nestjs/websockets') : require('@nestjs/websockets')
  ) as typeof websockets
  // Nest 11 calls `emit`, which a WebSocket of ws has too: it does not leave the process.
  return { WsException, reachesPlainSockets: 'emitMessage' in BaseWsExceptionFilter.prototype }
}

/** `RpcException` of @nestjs/microservices. */
export async function loadRpcException(): Promise<typeof microservices.RpcException> {
  const { RpcException } = (
    typeof module === 'undefined' ? await import('@nestjs/microservices') : require('@nestjs/microservices')
  ) as typeof microservices
  return RpcException
}
