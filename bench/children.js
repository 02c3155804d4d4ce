/** Child processes that answer over IPC. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'

/** Starts `file` of this folder; rejects if it ends, or the time limit passes, before its first message. */
export async function startChild(file, args = [], { execArgv = [], timeoutMs = 30_000 } = {}) {
  const stdio = ['ignore', process.stderr.fd, 'inherit', 'ipc'] // stdout is for the results alone
  const child = fork(join(import.meta.dirname, file), args, { execArgv, stdio })
  const timer = setTimeout(() => child.kill(), timeoutMs)
  try {
    return { child, first: await nextMessage(child) }
  } finally {
    clearTimeout(timer)
  }
}

/** The next message of a child. */
export async function nextMessage(child) {
  const stop = new AbortController()
  const ended = once(child, 'exit', { signal: stop.signal }).then(([code, signal]) => {
    throw new Error(
      `${basename(child.spawnargs.find((argument) => argument.endsWith('.js')))} ended (${signal ?? code}) without an answer`,
    )
  })
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: stop.signal }), ended])
    return message
  } finally {
    ended.catch(() => {})
    stop.abort()
  }
}

/** Sends a message and waits for the answer. */
export async function askChild(child, message) {
  const answer = nextMessage(child)
  child.send(message)
  return answer
}

/** Lets a child go and waits until it is gone. */
export async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}

/** A running stub of Hydra: its address, what it was asked so far, and `stop()`. */
export async function startStubHydra(folder) {
  const { child, first } = await startChild('stub-hydra.js', [folder])
  return { url: first.url, counts: () => askChild(child, 'counts'), stop: () => stopChild(child) }
}
