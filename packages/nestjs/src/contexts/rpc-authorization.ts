/**
 * Where the transports of @nestjs/microservices carry header fields. Told apart by what their context objects can do, so
 * that the package need not be installed.
 */

/** gRPC's `Metadata`. */
export interface GrpcMetadata {
  get(name: string): readonly unknown[]
  set(name: string, value: string): void
  getMap(): object
}

/** `MsgHdrs` of NATS. */
interface NatsHeaders {
  keys(): readonly string[]
  values(name: string): readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

/** Every `authorization` value of a message; none on TCP, Redis and transports that are not known. */
export function messageAuthorization(context: unknown): readonly unknown[] {
  if (typeof context !== 'object' || context === null) return []
  if (isGrpcMetadata(context)) return context.get('authorization').map(asText)
  return natsValues(context) ?? fieldValues(messageFields(context) ?? packetFields(context))
}

/** True for the metadata that Nest hands to the handlers of gRPC calls. */
export function isGrpcMetadata(value: unknown): value is GrpcMetadata {
  return can(value, 'getMap') && can(value, 'get') && can(value, 'set')
}

function natsValues(context: object): readonly string[] | undefined {
  if (!can(context, 'getHeaders')) return undefined
  const headers = context.getHeaders() as NatsHeaders | undefined
  // Names of NATS headers differ by case.
  return headers === undefined
    ? []
    : headers
        .keys()
        .filter(isAuthorization)
        .flatMap((name) => headers.values(name))
}

/** Kafka has the headers in the message, RabbitMQ in its properties. */
function messageFields(context: object): Fields | undefined {
  if (!can(context, 'getMessage')) return undefined
  const message = context.getMessage() as { headers?: Fields; properties?: { headers?: Fields } } | undefined
  return message?.headers ?? message?.properties?.headers ?? {}
}

/** MQTT 5. */
function packetFields(context: object): Fields {
  if (!can(context, 'getPacket')) return {}
  const packet = context.getPacket() as { properties?: { userProperties?: Fields } } | undefined
  return packet?.properties?.userProperties ?? {}
}

function fieldValues(fields: Fields): readonly unknown[] {
  return Object.entries(fields).flatMap(([name, value]) => (isAuthorization(name) ? asList(value).map(asText) : []))
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value]
}

/** Kafka and RabbitMQ hand header values over as bytes. */
function asText(value: unknown): unknown {
  return Buffer.isBuffer(value) ? value.toString('utf8') : value
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization'
}

function can<Method extends string>(value: unknown, method: Method): value is Record<Method, () => unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Fields)[method] === 'function'
}
