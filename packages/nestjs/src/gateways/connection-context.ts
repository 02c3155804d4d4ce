/** The execution context of a connection: no guard of Nest runs before `handleConnection`, so Nest makes none. */
import type { ArgumentsHost, ExecutionContext, Type } from '@nestjs/common'
import { declareNothing } from '../decorators/declaration.ts'

type Handler = ReturnType<ExecutionContext['getHandler']>

/** Stands for `handleConnection` of a gateway that has none: a handler that no decorator says anything about. */
const noHandler: Handler = Object.defineProperty(() => {}, 'name', { value: '(connection)' })
declareNothing(noHandler)

/** What the decorators about connections to a gateway stand on. */
export function connectionHandlerOf(gateway: Type): Handler {
  const { handleConnection } = gateway.prototype as { readonly handleConnection?: Handler }
  return handleConnection ?? noHandler
}

/** A connection to a gateway, judged by the decorators of the class and of `handleConnection`. */
export class ConnectionContext implements ExecutionContext {
  readonly #gateway: Type
  readonly #client: object

  constructor(gateway: Type, client: object) {
    this.#gateway = gateway
    this.#client = client
  }

  getClass<T>(): Type<T> {
    return this.#gateway
  }

  getHandler(): Handler {
    return connectionHandlerOf(this.#gateway)
  }

  getArgs<T extends unknown[]>(): T {
    return [this.#client] as unknown as T
  }

  getArgByIndex<T>(index: number): T {
    return this.getArgs()[index] as T
  }

  getType<Kind extends string>(): Kind {
    return 'ws' as Kind
  }

  switchToWs(): ReturnType<ArgumentsHost['switchToWs']> {
    const client = this.#client
    return { getClient: <T>() => client as T, getData: <T>() => undefined as T, getPattern: () => '' }
  }

  /** As Nest's own context of a message: the first argument is the client. */
  switchToHttp(): ReturnType<ArgumentsHost['switchToHttp']> {
    const client = this.#client
    return { getRequest: <T>() => client as T, getResponse: <T>() => undefined as T, getNext: <T>() => undefined as T }
  }

  switchToRpc(): ReturnType<ArgumentsHost['switchToRpc']> {
    const client = this.#client
    return { getData: <T>() => client as T, getContext: <T>() => undefined as T }
  }
}
