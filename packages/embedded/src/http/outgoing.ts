/** Calls that this server makes: hooks and back-channel logout. */

/** A POST. */
export interface OutgoingPost {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const retryWaitsMs: readonly number[] = [1000, 2000]
const timeoutMs = 30_000

/**
 * Posts, and tries again where that may help: no connection, 429, and 5xx but for 501. Three tries, waiting 1 and 2
 * seconds, or as long as `Retry-After` says. Says who it is as Go's client does.
 *
 * @throws the last failure to connect
 */
export async function postWithRetries(url: string, post: OutgoingPost): Promise<Response> {
  for (let attempt = 0; ; attempt += 1) {
    const waitMs = retryWaitsMs[attempt]
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'user-agent': 'Go-http-client/1.1', ...post.headers },
        body: post.body,
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (waitMs === undefined || !mayHelp(response.status)) return response
      await response.body?.cancel()
      await pause(retryAfterMs(response) ?? waitMs)
    } catch (error) {
      if (waitMs === undefined) throw error
      await pause(waitMs)
    }
  }
}

function mayHelp(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

function retryAfterMs(response: Response): number | undefined {
  const header = response.headers.get('retry-after') ?? ''
  return (response.status === 429 || response.status === 503) && /^\d+$/.test(header)
    ? Number(header) * 1000
    : undefined
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
