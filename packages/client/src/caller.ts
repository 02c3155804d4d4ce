/** Turns an operation into a request for the server at hand, and its answer into a result or an error. */
import type { Answer } from './answer.ts'
import { checkCallOptions, toHydraCall } from './call.ts'
import type { CallOptions, HydraCall, ResponseSlot } from './call.ts'
import { Deadline } from './deadline.ts'
import { encodeFields, encodeSegment } from './encoding.ts'
import type { FieldValue } from './encoding.ts'
import { readErrorBody } from './error-body.ts'
import type { ErrorBody } from './error-body.ts'
import { HydraHttpError, HydraProtocolError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { operations } from './operations.ts'
import type { OperationName } from './operations.ts'
import type { HydraAddress, ResolvedOptions } from './options.ts'
import { redact } from './redact.ts'
import { parseRetryAfter } from './retry.ts'
import { askBearer, ServerConnection } from './server-connection.ts'
import type { Target } from './server-connection.ts'
import type { ServerFeatures } from './server-versions/features.ts'
import { send } from './transport.ts'
import type { WireRequest } from './transport.ts'

/** One call of one operation. */
export interface OperationCall<T> {
  operation: OperationName
  /** Ids for the `{}` of the route, in order. */
  ids?: readonly string[]
  /**
   * For what depends on the server: fills in the request once its features are known (`undefined` where they can't be:
   * no `adminUrl` and no `serverVersion`), or throws if the server can't do it.
   */
  prepare?: (features: ServerFeatures | undefined) => RequestParts
  query?: Readonly<Record<string, FieldValue>>
  form?: Readonly<Record<string, FieldValue>>
  json?: unknown
  /** For operations of the public port: their own credentials. */
  authorization?: string | undefined
  /** Default `application/json`. */
  accept?: string
  /** Smaller limit than the client's. */
  maxResponseBytes?: number
  /** Reads a successful answer. */
  read: (answer: Answer) => T
  /** Turns a documented refusal into a result; `undefined` leaves it an error. */
  readRefusal?: (status: number, body: ErrorBody) => { result: T } | undefined
  /** The status that other servers have for the same refusal. */
  normaliseStatus?: (status: number, body: ErrorBody, features: ServerFeatures | undefined) => number
  options?: CallOptions | undefined
}

/** What {@link OperationCall.prepare} may fill in. */
export interface RequestParts {
  ids?: readonly string[]
  query?: Readonly<Record<string, FieldValue>>
  json?: unknown
}

const EMPTY: CallOptions = {}

/** Makes calls. */
export class Caller {
  readonly options: ResolvedOptions
  readonly server: ServerConnection

  constructor(options: ResolvedOptions) {
    this.options = options
    this.server = new ServerConnection(options)
  }

  /** Sends one operation. What `describe` throws about wrong arguments becomes the call's rejection. */
  call<T>(describe: () => OperationCall<T>): HydraCall<T> {
    return this.compose((slot) => this.run(describe(), slot))
  }

  /** For methods that need several requests: `work` leaves the deciding answer in the slot. */
  compose<T>(work: (slot: ResponseSlot) => Promise<T>): HydraCall<T> {
    const slot: ResponseSlot = {}
    return toHydraCall(start(work, slot), slot)
  }

  /** The public port's address, for building URLs. */
  publicAddress(method: string): HydraAddress {
    const { publicUrl } = this.options
    if (publicUrl === undefined) throw optionsError(`\`${method}\` needs the \`publicUrl\` option of the client`)
    return publicUrl
  }

  /** Sends one operation and leaves its answer in `slot`. */
  async run<T>(call: OperationCall<T>, slot: ResponseSlot): Promise<T> {
    const options = call.options ?? EMPTY
    if (options !== EMPTY) checkCallOptions(options)
    const { operation, prepare } = call
    const known = this.server.knownTarget(operation)
    // The short way, once everything is known: nothing to wait for.
    if (known !== undefined && known.port.bearer === undefined && prepare === undefined) {
      return this.#exchange(call, slot, known, options, options.timeoutMs ?? this.options.timeoutMs, call.authorization)
    }
    const deadline = new Deadline(operation, options, this.options.timeoutMs)
    const target = known ?? (await deadline.wait(this.server.findTarget(operation)))
    let prepared = call
    if (prepare !== undefined) {
      prepared = { ...call, ...prepare(await deadline.wait(this.server.featuresIfKnowable())) }
    }
    const { bearer } = target.port
    const authorization = bearer === undefined ? call.authorization : await deadline.wait(askBearer(bearer, operation))
    return this.#exchange(prepared, slot, target, options, deadline.remainingMs(), authorization).catch((error) =>
      deadline.rethrow(error),
    )
  }

  async #exchange<T>(
    call: OperationCall<T>,
    slot: ResponseSlot,
    target: Target,
    options: CallOptions,
    timeoutMs: number,
    authorization: string | undefined,
  ): Promise<T> {
    const request = this.#toRequest(call, target, options, timeoutMs, authorization)
    const answer = await send(request)
    slot.response = answer
    return this.#read(call, answer, request)
  }

  #toRequest<T>(
    call: OperationCall<T>,
    target: Target,
    options: CallOptions,
    timeoutMs: number,
    authorization: string | undefined,
  ): WireRequest {
    const { operation } = call
    const facts = operations[operation]
    const { port } = target
    let path = target.path[0]!
    if (call.ids !== undefined) path = this.#fillIn(target.path, call.ids)
    if (call.query !== undefined) path += `?${encodeFields(call.query)}`
    let headers = port.headers.none
    let body: string | null = null
    if (call.form !== undefined) {
      headers = port.headers.form
      body = encodeFields(call.form)
    } else if (call.json !== undefined) {
      headers = port.headers.json
      body = JSON.stringify(call.json)
    }
    if (authorization !== undefined) headers = [...headers, 'authorization', authorization]
    if (call.accept !== undefined) headers = headers.with(1, call.accept)
    return {
      operation,
      dispatcher: port.dispatcher,
      options: { origin: port.origin, path, method: facts.method, headers, body },
      timeoutMs,
      retries: facts.retry === 'safe' ? (options.retries ?? this.options.retries) : 0,
      maxResponseBytes: Math.min(call.maxResponseBytes ?? Infinity, this.options.maxResponseBytes),
      signal: options.signal,
      now: this.options.now,
    }
  }

  #read<T>(call: OperationCall<T>, answer: Answer, request: WireRequest): T {
    const { operation } = call
    const { status } = answer
    if (status === operations[operation].success) return call.read(answer)
    if (status < 300) {
      throw new HydraProtocolError(operation, 'status', `Hydra doesn't answer this with ${status}`, status)
    }
    if (status < 400) {
      const hint = 'redirects are not followed; is this the address of something else, such as a sign-in proxy?'
      throw new HydraProtocolError(
        operation,
        'redirect',
        `${request.options.origin} redirects (${status}); ${hint}`,
        status,
      )
    }
    const body = readErrorBody(status, answer.text())
    const outcome = call.readRefusal?.(status, body)
    if (outcome !== undefined) return outcome.result
    throw this.#refusal(
      operation,
      call.normaliseStatus?.(status, body, this.server.knownFeatures) ?? status,
      answer,
      body,
      request,
    )
  }

  #refusal(
    operation: OperationName,
    status: number,
    answer: Answer,
    body: ErrorBody,
    request: WireRequest,
  ): HydraHttpError {
    return new HydraHttpError(operation, {
      status,
      error: redact(body.error, request.options),
      description: redact(body.description, request.options),
      hint: body.hint === undefined ? undefined : redact(body.hint, request.options),
      retryAfterMs: parseRetryAfter(answer.header('retry-after'), this.options.now),
    })
  }

  #fillIn(parts: readonly string[], ids: readonly string[]): string {
    const slashAllowed = this.server.knownFeatures?.slashInPath ?? true
    return parts.reduce((path, part, i) => path + encodeSegment(ids[i - 1], slashAllowed) + part)
  }
}

async function start<T>(work: (slot: ResponseSlot) => Promise<T>, slot: ResponseSlot): Promise<T> {
  return work(slot)
}
