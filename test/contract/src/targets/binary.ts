/** A Hydra binary, started for one profile on free ports and stopped by its id. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AppServer } from '../app-server.ts'
import { send } from '../http-client.ts'
import type { ProfileName } from '../profiles.ts'
import type { RunningServer } from '../running-server.ts'
import type { TestedVersion } from '../server-version.ts'
import { configurationFile, settingsFor } from '../settings.ts'
import { freePort } from './free-port.ts'

const run = promisify(execFile)

/**
 * Which generation a binary is, by the flags it has: builds without release information call themselves `master`.
 *
 * @throws when it doesn't answer like Hydra
 */
export async function versionOfBinary(path: string): Promise<TestedVersion> {
  const { stdout } = await run(path, ['help', 'serve', 'all'])
  if (stdout.includes('--dev ')) return '26.2'
  if (stdout.includes('--dangerous-force-http')) return '1.11'
  throw new Error(`${path} does not look like Hydra: "help serve all" names neither --dev nor --dangerous-force-http`)
}

/** Starts the binary with a profile and waits until it is ready. */
export async function startBinary(path: string, version: TestedVersion, profile: ProfileName): Promise<RunningServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hydra-contract-'))
  const app = await AppServer.start()
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const publicUrl = `http://127.0.0.1:${publicPort}`
  const config = join(folder, 'hydra.json')
  writeFileSync(config, configurationFile(settingsFor(version, profile, { publicUrl, app: app.url })))
  const environment = {
    ...process.env,
    DSN: version === '26.2' ? 'memory' : `sqlite://${join(folder, 'hydra.sqlite')}?_fk=true&mode=rwc`,
    SECRETS_SYSTEM: 'secret-of-the-contract-suite',
    SERVE_PUBLIC_HOST: '127.0.0.1',
    SERVE_PUBLIC_PORT: String(publicPort),
    SERVE_ADMIN_HOST: '127.0.0.1',
    SERVE_ADMIN_PORT: String(adminPort),
    LOG_LEVEL: 'info',
  }
  // 1.11 loses a database in memory as soon as two requests run in parallel.
  if (version === '1.11') await run(path, ['migrate', 'sql', '-e', '--yes'], { env: environment })
  const logFile = join(folder, 'hydra.log')
  const log = openSync(logFile, 'a')
  const flags = version === '26.2' ? ['--dev'] : ['--dangerous-force-http']
  const child = spawn(path, ['serve', 'all', ...flags, '--sqa-opt-out', '-c', config], {
    env: environment,
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  try {
    await untilReady(publicUrl, child)
  } catch (error) {
    child.kill('SIGKILL')
    await app.stop()
    throw new Error(`Hydra did not become ready with profile ${profile}, its log is ${logFile}`, { cause: error })
  }
  return {
    kind: 'real',
    version,
    profile,
    publicUrl,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    app,
    passTime: (seconds) => delay(seconds * 1000),
    reset: async () => {},
    async stop(failed) {
      await app.stop()
      await end(child)
      if (failed) return logFile
      rmSync(folder, { recursive: true, force: true })
      return undefined
    },
  }
}

async function untilReady(publicUrl: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`)
    const status = await statusOf(`${publicUrl}/health/ready`)
    // The first key request makes the 4096-bit keys, which takes seconds: not to be counted to a case.
    if (status === 200 && (await statusOf(`${publicUrl}/.well-known/jwks.json`)) === 200) return
    await delay(250)
  }
  throw new Error('it was not ready after a minute')
}

async function statusOf(url: string): Promise<number> {
  try {
    return (await send({ method: 'GET', url })).status
  } catch {
    return 0
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await exited
  clearTimeout(timer)
}
