/** An example, started as its README says. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A running example; leaving its scope stops it. */
export interface RunningExample extends AsyncDisposable {
  /** What it printed until it was ready. */
  readonly output: string
  /** What it printed about itself: the first group of `ready`. */
  readonly said: string
}

/** The environment of an example: with the sources of our packages, which need not be built. */
export function exampleEnv(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, TSX_TSCONFIG_PATH: join(__dirname, '../../tsconfig.json'), PORT: '0', ...settings }
}

/**
 * Runs `npm start` in `folder`, and waits until the example has printed what fits `ready`.
 *
 * @throws Error if it ends before that
 */
export async function startExample(folder: string, env: NodeJS.ProcessEnv, ready: RegExp): Promise<RunningExample> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn('npm', ['start', '--silent'], { cwd: folder, env, detached: true, stdio: [...stdio] })
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // npm, its shell, tsx and the example: a group of their own.
    process.kill(-(child.pid as number), 'SIGTERM')
    await ended
  }
  let output = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    output += String(chunk)
    const said = ready.exec(output)?.[1]
    if (said === undefined) continue
    child.stdout.resume()
    return { output, said, [Symbol.asyncDispose]: stop }
  }
  await stop()
  throw new Error('The example ended before it was ready.')
}
