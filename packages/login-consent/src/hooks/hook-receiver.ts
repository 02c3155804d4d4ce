/**
 * Receivers for Hydra's token hooks: authenticated, bounded, and never silent for longer than Hydra waits.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readCookie } from '../cookies.ts'
import { FlowError, isFlowError, optionsError } from '../errors.ts'
import { readBody } from '../form.ts'
import { headerOf, type HttpInput, type HttpOutput } from '../http.ts'
import { refuseUnknown } from '../known-options.ts'
import { onErrorDefault, report, type ErrorListener } from '../reporting.ts'
import { denied, hookAnswer, type HookDecision } from './hook-decisions.ts'
import { parseHookRequest, type HookRequest } from './hook-request.ts'

/** Decides about the claims of tokens that are about to be issued. */
export type HookHandler = (request: HookRequest, context: { native: unknown }) => HookDecision | Promise<HookDecision>

/** Options of {@link tokenHook} and {@link refreshHook}. */
export interface HookOptions {
  /**
   * The key that Hydra sends (`auth.config.value`), at least 16 characters; several for rotation. There is no default
   * and no way without: whoever reaches the hook could ask it about any user. Hydra before 2.2 cannot send one: put a
   * proxy in front that does.
   */
  readonly apiKey: string | readonly string[]
  /** Where Hydra sends it (`auth.config.in`). Default: `header`. */
  readonly in?: 'header' | 'cookie' | undefined
  /** Its name there (`auth.config.name`). Default: `X-Api-Key`. */
  readonly name?: string | undefined
  /**
   * Time for body and handler; then the tokens are refused. Unit: ms. Default: 8 000, the cap too: Hydra 26.2 drops the
   * client's connection after about 10 seconds, and the code is spent.
   */
  readonly timeoutMs?: number | undefined
  /** Longest body. Unit: bytes. Default: 1 MiB. */
  readonly maxBodyBytes?: number | undefined
  /** Told about errors, never about tokens or claims. Default: a process warning. */
  readonly onError?: ErrorListener | undefined
}

/** Answers hook requests. */
export interface HookReceiver {
  /** Never throws. */
  handle(input: HttpInput): Promise<HttpOutput>
}

/**
 * A receiver for `oauth2.token_hook` (Hydra ≥ 2.1), which is called for every grant at the token endpoint.
 *
 * @throws TypeError `ERR_OPTIONS`
 */
export function tokenHook(handler: HookHandler, options: HookOptions): HookReceiver {
  return createReceiver('token', handler, options)
}

/**
 * A receiver for `oauth2.refresh_token_hook` (Hydra ≥ 1.10.7), which is called on refresh only, before the token hook.
 *
 * @throws TypeError `ERR_OPTIONS`
 */
export function refreshHook(handler: HookHandler, options: HookOptions): HookReceiver {
  return createReceiver('refresh', handler, options)
}

interface HookSettings {
  readonly kind: 'token' | 'refresh'
  readonly handler: HookHandler
  readonly keyHashes: readonly Buffer[]
  readonly place: 'header' | 'cookie'
  readonly name: string
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  readonly onError: ErrorListener
}

function createReceiver(kind: 'token' | 'refresh', handler: HookHandler, options: HookOptions): HookReceiver {
  const settings = parseOptions(kind, handler, options)
  return { handle: (input) => handle(settings, input) }
}

function parseOptions(kind: 'token' | 'refresh', handler: HookHandler, options: HookOptions): HookSettings {
  if (typeof handler !== 'function')
    throw optionsError('handler', 'must be a function that returns hook.keep(), hook.set(…) or hook.deny()')
  const given = (options ?? {}) as HookOptions
  refuseUnknown('', given, ['apiKey', 'in', 'name', 'timeoutMs', 'maxBodyBytes', 'onError'])
  const keys: readonly unknown[] = Array.isArray(given.apiKey) ? given.apiKey : [given.apiKey]
  if (keys.length === 0 || !keys.every((key) => typeof key === 'string' && key.length >= 16)) {
    throw optionsError('apiKey', 'give the key that Hydra is configured to send, at least 16 characters')
  }
  const { timeoutMs = 8000, maxBodyBytes = 1_048_576 } = given
  if (!(timeoutMs > 0 && timeoutMs <= 8000)) throw optionsError('timeoutMs', 'must be above 0 and at most 8000')
  if (!(Number.isInteger(maxBodyBytes) && maxBodyBytes > 0))
    throw optionsError('maxBodyBytes', 'must be a whole number above 0')
  if (given.in !== undefined && given.in !== 'header' && given.in !== 'cookie')
    throw optionsError('in', 'must be header or cookie')
  return {
    kind,
    handler,
    keyHashes: keys.map((key) => hashOf(key as string)),
    place: given.in ?? 'header',
    name: given.name ?? 'X-Api-Key',
    timeoutMs,
    maxBodyBytes,
    onError: given.onError ?? onErrorDefault,
  }
}

async function handle(settings: HookSettings, input: HttpInput): Promise<HttpOutput> {
  const step = `${settings.kind}-hook`
  if (input.method.toUpperCase() !== 'POST') return output(405, '', [['Allow', 'POST']])
  // Before the body is read: a stranger's megabytes are not worth reading.
  if (!hasKey(settings, input)) return output(401, '', [['Connection', 'close']])
  let during = 'reading the request'
  const work = async (): Promise<HttpOutput> => {
    const request = parseHookRequest(await readJson(settings, input))
    if (request === undefined) return output(400, '')
    during = 'the handler'
    const decision = await settings.handler(request, { native: input.native })
    during = 'answering'
    if ((decision as { step?: unknown } | undefined)?.step !== 'hook') {
      throw new FlowError(
        'no_decision',
        'The handler returned no decision: return hook.keep(), hook.set(…) or hook.deny().',
      )
    }
    const answer = hookAnswer(request, decision, settings.kind)
    if (answer === undefined) {
      throw new FlowError(
        'no_decision',
        'hook.keep() cannot be said to a Hydra before 1.11.9, which neither tells the claims nor knows 204: use hook.set().',
      )
    }
    return output(answer.status, answer.body)
  }
  try {
    return await within(settings.timeoutMs, work())
  } catch (error) {
    report(settings.onError, error, { step, during })
    if (isFlowError(error) && during === 'reading the request') {
      return output(error.status, '', [['Connection', 'close']])
    }
    // A hook that fails must not issue tokens with claims that nobody decided about.
    return output(denied.status, denied.body)
  }
}

/** Compares hashes: equal length, constant time, and every key is tried. */
function hasKey({ place, name, keyHashes }: HookSettings, input: HttpInput): boolean {
  const given = place === 'header' ? headerOf(input, name.toLowerCase()) : readCookie(input, name)
  const hash = hashOf(given ?? '')
  return keyHashes.map((expected) => timingSafeEqual(expected, hash)).includes(true) && given !== undefined
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

async function readJson(settings: HookSettings, input: HttpInput): Promise<unknown> {
  const { body } = input
  const limits = { maxBodyBytes: settings.maxBodyBytes, bodyTimeoutMs: settings.timeoutMs }
  if (Number(headerOf(input, 'content-length') ?? 0) > limits.maxBodyBytes) {
    throw new FlowError('body_too_large', 'The request body is larger than a hook accepts.')
  }
  if (typeof body === 'object' && body !== null && !ArrayBuffer.isView(body) && !(Symbol.asyncIterator in body))
    return body
  const raw =
    typeof body === 'object' && body !== null && Symbol.asyncIterator in body
      ? await readBody(body as AsyncIterable<Uint8Array>, limits)
      : body
  const text = typeof raw === 'string' ? raw : Buffer.from((raw ?? new Uint8Array()) as Uint8Array).toString('utf8')
  if (Buffer.byteLength(text) > limits.maxBodyBytes)
    throw new FlowError('body_too_large', 'The request body is larger than a hook accepts.')
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new FlowError('body_malformed', 'The request body is not valid JSON.')
  }
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new FlowError('body_timeout', 'The hook took too long.'))
    }, timeoutMs)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

function output(status: number, body: string, headers: readonly (readonly [string, string])[] = []): HttpOutput {
  return {
    status,
    headers: [
      ...(body === '' ? [] : [['Content-Type', 'application/json'] as const]),
      ['Cache-Control', 'no-store'],
      ...headers,
    ],
    body,
  }
}
