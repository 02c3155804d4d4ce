/** An address of ours that Hydra calls. */
import { once, EventEmitter } from 'node:events'
import type { AppAnswer, AppHandler, ReceivedRequest } from './app-server.ts'

/** Keeps what arrived and lets a case wait for it. */
export class Receiver {
  readonly url: string
  readonly #handler: AppHandler
  readonly #arrived = new EventEmitter()
  readonly #requests: ReceivedRequest[] = []
  #taken = 0

  constructor(url: string, handler: AppHandler = () => ({})) {
    this.url = url
    this.#handler = handler
  }

  /** Everything that arrived so far. */
  get requests(): readonly ReceivedRequest[] {
    return this.#requests
  }

  readonly handle = (request: ReceivedRequest): AppAnswer | Promise<AppAnswer> => {
    this.#requests.push(request)
    this.#arrived.emit('request')
    return this.#handler(request)
  }

  /**
   * The next request that was not taken yet.
   *
   * @throws when none arrives within `withinMs`
   */
  async next(withinMs = 20_000): Promise<ReceivedRequest> {
    if (this.#requests.length <= this.#taken) await this.#wait(withinMs)
    const request = this.#requests[this.#taken]
    if (request === undefined) throw new Error(`nothing more arrived at ${this.url}`)
    this.#taken += 1
    return request
  }

  async #wait(withinMs: number): Promise<void> {
    const signal = AbortSignal.timeout(withinMs)
    try {
      await once(this.#arrived, 'request', { signal })
    } catch {
      throw new Error(`Hydra did not call ${this.url} within ${withinMs} ms`)
    }
  }
}
