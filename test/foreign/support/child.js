import { spawn } from 'node:child_process'
import { once } from 'node:events'

const running = new Set()

// A test file that dies must not leave its programs behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Starts a foreign program and waits until it is ready. `isReady(child)` resolves when the program can be used; if the
 * program ends before that, the promise rejects with what it wrote last.
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
  try {
    await Promise.race([isReady(child), endedEarly])
  } catch (error) {
    await stop()
    throw error
  }
  endedEarly.catch(() => {})
  return { child, stop, output: () => lines.join('') }
}
