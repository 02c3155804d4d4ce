/** Options about calls that are no plain HTTP requests, checked when the application starts. */
import type { IncomingMessage } from 'node:http'
import { optionsError } from '../options-error.ts'

/** What a client said when it connected to a gateway. */
export interface WebSocketHandshake {
  /** The upgrade request; with socket.io's polling, the first request. */
  readonly request: IncomingMessage
  /** What a socket.io client gave as `auth`; undefined for ws. */
  readonly auth: Readonly<Record<string, unknown>> | undefined
}

/** How connections to WebSocket gateways are treated. */
export interface WebSocketSettings {
  /**
   * Finds the raw token of a connection, in place of the default: the `Authorization` header, and with socket.io
   * `auth.token`. For browsers with ws, which can set no header, for example from `Sec-WebSocket-Protocol`.
   */
  readonly tokenFrom?: ((handshake: WebSocketHandshake) => string | undefined) | undefined
  /**
   * Seconds after which the token of an open connection is judged again, from 1 to 86 400, so that a client that only
   * listens is cut off when its token is revoked. It is always judged when it expires. Default 300.
   */
  readonly recheckSeconds?: number | undefined
}

/** A message of a microservice, as Nest's transport hands it over. */
export interface RpcMessage {
  /** The payload. */
  readonly data: unknown
  /** Nest's context object for the transport (`NatsContext`, `KafkaContext` …); with gRPC the `Metadata`. */
  readonly context: unknown
}

/** How messages of microservices are treated. */
export interface RpcSettings {
  /**
   * Finds the raw token of a message, in place of the default: the field `authorization` (`Bearer …`) of the headers of
   * NATS, Kafka and RabbitMQ, of gRPC metadata and of MQTT 5 user properties. TCP and Redis have no headers, so they need
   * it: `({ data }) => data.accessToken`.
   */
  readonly tokenFrom?: ((message: RpcMessage) => string | undefined) | undefined
}

/** How GraphQL operations are treated. */
export interface GraphqlSettings {
  /**
   * Finds the raw token of an operation in its GraphQL context, in place of the default: the request's places of tokens,
   * and for subscriptions `authorization` in `connectionParams` as well.
   */
  readonly tokenFrom?: ((context: unknown) => string | undefined) | undefined
}

/** Options of `HydraModule` about calls that are no plain HTTP requests. */
export interface ContextSettings {
  readonly graphql?: GraphqlSettings | undefined
  readonly websocket?: WebSocketSettings | undefined
  readonly rpc?: RpcSettings | undefined
}

/** The same with defaults filled in. */
export interface ResolvedContextSettings {
  readonly graphql: GraphqlSettings
  readonly websocket: WebSocketSettings & { readonly recheckSeconds: number }
  readonly rpc: RpcSettings
}

const maxRecheckSeconds = 86_400

/**
 * Checks the options and fills in defaults.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 */
export function resolveContextSettings(
  graphql: GraphqlSettings | undefined,
  websocket: WebSocketSettings | undefined,
  rpc: RpcSettings | undefined,
): ResolvedContextSettings {
  const { recheckSeconds = 300, ...connection } = members('websocket', websocket, ['tokenFrom', 'recheckSeconds'])
  if (!Number.isFinite(recheckSeconds) || recheckSeconds < 1 || recheckSeconds > maxRecheckSeconds) {
    throw optionsError(
      'websocket.recheckSeconds',
      `websocket.recheckSeconds must be a number of seconds from 1 to ${maxRecheckSeconds}.`,
      'Leave it out for 300.',
    )
  }
  return {
    graphql: members('graphql', graphql, ['tokenFrom']),
    websocket: { ...connection, recheckSeconds },
    rpc: members('rpc', rpc, ['tokenFrom']),
  }
}

function members<T extends { readonly tokenFrom?: unknown }>(
  option: string,
  given: T | undefined,
  names: readonly (keyof T & string)[],
): Partial<T> {
  if (given === undefined) return {}
  if (typeof given !== 'object' || given === null) {
    throw optionsError(option, `${option} must be an object.`, `It may have ${names.join(' and ')}.`)
  }
  for (const name of Object.keys(given)) {
    if ((names as readonly string[]).includes(name)) continue
    throw optionsError(
      `${option}.${name}`,
      `${option} has no member ${JSON.stringify(name)}.`,
      `It may have ${names.join(' and ')}.`,
    )
  }
  if (given.tokenFrom !== undefined && typeof given.tokenFrom !== 'function') {
    throw optionsError(
      `${option}.tokenFrom`,
      `${option}.tokenFrom must be a function that returns a token.`,
      'Leave it out to read the usual places.',
    )
  }
  return { ...given }
}
