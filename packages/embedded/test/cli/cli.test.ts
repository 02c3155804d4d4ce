import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '../../../..')
const running = new Set<ChildProcess>()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hydra-kit-cli-'))
})

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

afterAll(() => rm(folder, { recursive: true }))

interface Run {
  readonly child: ChildProcess
  /** Everything on both outputs so far. */
  readonly output: () => string
  /** Resolves once the output matches; rejects when the program ends before. */
  readonly seen: (pattern: RegExp) => Promise<RegExpExecArray>
  /** The exit code. */
  readonly ended: Promise<number | null>
}

test('the package has one command, so `npx @hydra-kit/embedded` finds it', async () => {
  const manifest = JSON.parse(await readFile(join(root, 'packages/embedded/package.json'), 'utf8')) as { bin: object }
  expect(manifest.bin).toEqual({ 'hydra-kit-embedded': './dist/cli.js' })
})

/** Runs the command from its sources. */
function run(args: readonly string[], environment: Record<string, string> = {}): Run {
  const script = join(root, 'packages/embedded/src/cli.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...environment },
  })
  running.add(child)
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      for (const look of waiting) look()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const seen = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(text)
        if (match !== null) resolve(match)
      }
      waiting.add(look)
      look()
      void ended.then(() => reject(new Error(`ended without ${String(pattern)}: ${text}`)))
    })
  return { child, output: () => text, seen, ended }
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, content)
  return path
}

const freePorts = ['--public-port', '0', '--admin-port', '0']

describe('the command', () => {
  test('serves what file, environment and flags say, logs without secrets, and stops on a signal', async () => {
    const config = await file(
      'hydra.yml',
      'dsn: memory\nurls: { self: { issuer: https://file.example }, login: https://app.example/login }\n',
    )
    const seed = await file(
      'seed.json',
      JSON.stringify([{ client_id: 'seeded', redirect_uris: ['https://a.example/cb'] }]),
    )
    const { child, seen, output, ended } = run(
      [...freePorts, '--config', config, '--seed', seed, '--log', '--issuer', 'https://flag.example'],
      { URLS_SELF_ISSUER: 'https://variable.example', STRATEGIES_ACCESS_TOKEN: 'jwt' },
    )
    const [, publicUrl = '', adminUrl = ''] = await seen(
      /public (\S+)\nadmin {2}(\S+)\nissuer https:\/\/flag\.example\n/,
    )
    expect(output()).toContain('without effect here: dsn')
    const client = await fetch(`${adminUrl}/admin/clients/seeded`)
    expect(client.status).toBe(200)
    const query = new URLSearchParams({
      client_id: 'seeded',
      response_type: 'code',
      state: 'a-state-that-is-long',
      redirect_uri: 'https://a.example/cb',
    })
    const begun = await fetch(`${publicUrl}/oauth2/auth?${query.toString()}`, { redirect: 'manual' })
    expect(begun.headers.get('location')).toMatch(/^https:\/\/app\.example\/login\?login_challenge=/)
    await seen(/public 302 GET \/oauth2\/auth\n/)
    expect(output()).not.toContain('a-state-that-is-long')
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  }, 30_000)

  test.each<[string, string[], RegExp]>([
    ['an unknown flag', ['--prot', '1'], /Try --help/],
    ['a port that is none', ['--public-port', 'x'], /--public-port must be a port number/],
    ['a host that others reach', ['--host', '0.0.0.0'], /--i-know-this-is-not-hydra/],
    ['a file that is not there', ['--config', '/nowhere/hydra.yml'], /--config: .* can not be read/],
    ['a seed that is not there', ['--seed', '/nowhere/seed.json'], /--seed: .* is not a JSON list/],
  ])(
    '%s is refused',
    async (_name, args, message) => {
      const { ended, output } = run(args)
      expect(await ended).toBe(1)
      expect(output()).toMatch(message)
    },
    30_000,
  )

  test('a host in the file that others reach is refused too', async () => {
    const config = await file('open.yml', 'serve: { public: { host: 0.0.0.0 } }')
    const { ended, output } = run(['--config', config])
    expect(await ended).toBe(1)
    expect(output()).toContain('--i-know-this-is-not-hydra')
  }, 30_000)

  test('--help says what there is', async () => {
    const { ended, output } = run(['--help'])
    expect(await ended).toBe(0)
    expect(output()).toContain('--config FILE')
  }, 30_000)
})
