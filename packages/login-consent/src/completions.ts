/**
 * Accepting and rejecting, once: two submits of one form end in one answer.
 */
import { createHash } from 'node:crypto'
import { createMemoryFlowStore } from './flow-store.ts'

/** How long a second submit may come after the first. Unit: s. */
const memorySeconds = 300

/** Remembers where completed challenges led, in this process: a help for impatient fingers, nothing depends on it. */
export interface Completions {
  /** Runs `complete`, or waits for the run of the same key that is under way. */
  once<T>(key: string, complete: () => Promise<T>): Promise<T>
  /** Where that challenge led in this browser. */
  recall(step: string, challenge: string, browserId: string): string | undefined
  remember(step: string, challenge: string, browserId: string, redirectTo: string): void
}

/** See {@link Completions}. */
export function createCompletions(now: () => number): Completions {
  const store = createMemoryFlowStore({ maxEntries: 5_000, now })
  const running = new Map<string, Promise<unknown>>()
  return {
    once(key, complete) {
      const already = running.get(key)
      if (already !== undefined) return already as ReturnType<typeof complete>
      const run = complete().finally(() => running.delete(key))
      running.set(key, run)
      return run
    },
    recall: (step, challenge, browserId) => store.get(keyOf(step, challenge, browserId)) as string | undefined,
    remember(step, challenge, browserId, redirectTo) {
      void store.set(keyOf(step, challenge, browserId), redirectTo, memorySeconds)
    },
  }
}

/** Challenges are one to two kilobytes and credentials of a kind: their hash is enough. */
export function keyOf(step: string, challenge: string, browserId: string): string {
  return createHash('sha256').update(`${step}\n${browserId}\n${challenge}`).digest('base64url')
}
