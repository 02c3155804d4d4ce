/** Events that wait for whoever reads them. */

export interface EventSource extends AsyncIterableIterator<unknown> {
  send(event: unknown): void
  /** Whether the reader has gone. */
  readonly ended: boolean
}

export function createEventSource(): EventSource {
  const events: unknown[] = []
  const readers: ((result: IteratorResult<unknown>) => void)[] = []
  let ended = false
  return {
    send(value) {
      const reader = readers.shift()
      if (reader === undefined) events.push(value)
      else reader({ value, done: false })
    },
    get ended() {
      return ended
    },
    next() {
      if (ended) return Promise.resolve({ value: undefined, done: true })
      if (events.length > 0) return Promise.resolve({ value: events.shift(), done: false })
      return new Promise((resolve) => readers.push(resolve))
    },
    return() {
      ended = true
      for (const reader of readers.splice(0)) reader({ value: undefined, done: true })
      return Promise.resolve({ value: undefined, done: true })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
