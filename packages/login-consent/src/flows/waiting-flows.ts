/**
 * Flows that wait while the browser is elsewhere: stored on the server, found by a random handle, bound to the browser.
 */
import { createHash, randomBytes } from 'node:crypto'
import { browserHash } from '../browser-id.ts'
import { FlowError } from '../errors.ts'
import type { Exchange } from '../exchange.ts'
import { networkOf } from '../network.ts'
import type { Settings } from '../settings.ts'

interface StoredFlow extends WaitingFlow {
  readonly browser: string
}

/** A flow that waits. */
export interface WaitingFlow {
  readonly challenge: string
  /** Path of the login page that the browser came from: where `login.show` and `login.retry` lead back to. */
  readonly page: string
  /** What `login.redirectTo` was given. */
  readonly data: unknown
}

/** Stores a flow. @returns the handle: 256 bits, of no use outside this browser and without server code */
export async function storeFlow({ settings, browserId, input }: Exchange, flow: WaitingFlow): Promise<string> {
  const handle = randomBytes(32).toString('base64url')
  const stored: StoredFlow = { ...flow, browser: browserHash(browserId) }
  const from = input.ip === undefined ? undefined : networkOf(input.ip, 48)
  await settings.flowStore.set(keyOf(handle), JSON.stringify(stored), settings.formTokenSeconds, from)
  return handle
}

/**
 * Finds a flow.
 *
 * @throws {@link FlowError} `flow_unknown` (expired, finished, never was), `other_browser`
 */
export async function findFlow(
  settings: Settings,
  browserId: string | undefined,
  handle: string,
): Promise<WaitingFlow> {
  const text = typeof handle === 'string' && handle.length < 200 ? await settings.flowStore.get(keyOf(handle)) : null
  if (text === undefined || text === null) {
    throw new FlowError('flow_unknown', 'There is no flow with this handle, or it has expired or was finished.')
  }
  const { browser, ...flow } = JSON.parse(text) as StoredFlow
  if (browserId === undefined || browserHash(browserId) !== browser) {
    throw new FlowError('other_browser', 'The flow was begun in another browser.')
  }
  return flow
}

/** Forgets a flow: a handle works once. */
export async function forgetFlow(settings: Settings, handle: string): Promise<void> {
  await settings.flowStore.delete(keyOf(handle))
}

/** The store sees a hash: whoever reads the store cannot go on with a flow. */
function keyOf(handle: string): string {
  return `hydra-kit:flow:${createHash('sha256').update(handle).digest('base64url')}`
}
