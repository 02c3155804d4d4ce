/** Health, version and metrics of the server (admin port). */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import type { OperationName } from './operations.ts'
import { readObject, readStringMember, wrongShape } from './reading.ts'

/** What a server says about its release. */
export interface VersionAnswer {
  /** Such as `v26.2.0`; `master` for development builds. */
  version: string
}

/** What a healthy server says. */
export interface HealthStatus {
  /** `ok`. */
  status: string
}

/** `hydra.metadata` */
export interface Metadata {
  /** The server's release, such as `v26.2.0`; `master` for development builds. See also `hydra.serverVersion()`. */
  version(options?: CallOptions): HydraCall<VersionAnswer>
  /** Answers while the process runs. */
  alive(options?: CallOptions): HydraCall<HealthStatus>
  /** Answers when the server can work (database reachable, since 1.10.3 also migrated); else an error with status 503. */
  ready(options?: CallOptions): HydraCall<HealthStatus>
  /** Prometheus' text format, as it is. */
  metrics(options?: CallOptions): HydraCall<string>
}

/** @internal */
export function createMetadata(caller: Caller): Metadata {
  const status = (operation: OperationName, options: CallOptions | undefined): HydraCall<HealthStatus> =>
    caller.call(() => ({ operation, read: (answer) => ({ status: read(answer, 'status', operation) }), options }))
  return {
    version: (options) =>
      caller.call(() => ({
        operation: 'metadata.version',
        read: (answer) => ({ version: read(answer, 'version', 'metadata.version') }),
        options,
      })),
    alive: (options) => status('metadata.alive', options),
    ready: (options) => status('metadata.ready', options),
    metrics: (options) =>
      caller.call(() => ({
        operation: 'metadata.metrics',
        accept: 'text/plain',
        read: readMetrics,
        options,
      })),
  }
}

function read(answer: Answer, member: string, operation: OperationName): string {
  return readStringMember(readObject(answer, operation), member, answer, operation)
}

function readMetrics(answer: Answer): string {
  const type = answer.header('content-type') ?? ''
  if (!/^(text\/plain|application\/openmetrics-text)\b/i.test(type)) {
    throw wrongShape(answer, 'metadata.metrics', "in Prometheus' text format")
  }
  return answer.text()
}
