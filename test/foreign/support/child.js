import { spawn } from 'node:child_process'
import { once } from 'node:events'

const running = new Set()

// A test file that dies must not leave its programs behind; the runner ends files with a signal.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/**
 * Starts a foreign program and waits until it is ready. `isReady(child, signal)` resolves when the program can be used; if
 * the program ends before that, `signal` aborts and the promise rejects with what it wrote last.
 */
export async function startChild(command, args, { env, isReady }) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const lines = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text) => {
      lines.push(text)
      if (lines.length > 200) lines.shift()
    })
  }
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child)
    return code ?? signal
  })
  // `once` rejects on 'error', which is how a command that doesn't exist is reported.
  const endedEarly = ended.then(
    (reason) =>
      Promise.reject(new Error(`${command} ended (${reason}) before it was ready:\n${lines.join('').slice(-2000)}`)),
    (cause) => Promise.reject(new Error(`${command} could not be started`, { cause })),
  )
  const stop = async () => {
    child.kill('SIGTERM')
    const hard = setTimeout(() => child.kill('SIGKILL'), 5_000)
    await ended.catch(() => {})
    clearTimeout(hard)
  }
  const waiting = new AbortController()
  try {
    await Promise.race([isReady(child, waiting.signal), endedEarly])
  } catch (error) {
    waiting.abort()
    await stop()
    throw error
  }
  // Challenges and the like are long, and no business of a test report.
  return { child, stop, output: () => lines.join('').replace(/[\w%-]{40,}/g, '…') }
}
