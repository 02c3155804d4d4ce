/** The events of a subscription, each judged before it goes out. */

/**
 * Hands events on as long as `judge` resolves. The event for which it rejects is replaced by one that gives its error to
 * whoever looks into it, so that the client gets a GraphQL error with all its facts; then the subscription is over.
 */
export function judgedEvents(
  events: AsyncIterable<unknown>,
  judge: () => Promise<void>,
): AsyncIterableIterator<unknown> {
  const source = events[Symbol.asyncIterator]()
  let refused = false
  const end = async (): Promise<IteratorResult<unknown>> => {
    await source.return?.()
    return { value: undefined, done: true }
  }
  return {
    async next() {
      if (refused) return { value: undefined, done: true }
      const event = await source.next()
      if (event.done === true) return event
      try {
        await judge()
      } catch (error) {
        refused = true
        await end()
        return { value: refusedEvent(error), done: false }
      }
      return event
    },
    return: end,
    async throw(error: unknown) {
      if (source.throw !== undefined) return source.throw(error)
      await end()
      throw error
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** graphql-js catches what a field of the payload throws, and makes the answer of it. */
function refusedEvent(error: unknown): object {
  return new Proxy(
    {},
    {
      get(_target, name) {
        // Promises and inspection look for these; neither is a resolver.
        if (typeof name === 'symbol' || name === 'then') return undefined
        throw error
      },
    },
  )
}
