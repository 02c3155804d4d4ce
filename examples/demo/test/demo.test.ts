/** Plays the whole story as a user does: a process of its own, real HTTP, and looks at what it says and how it ends. */
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startHydra } from '@hydra-kit/embedded'
import { describe, expect, test } from '@jest/globals'

const root = join(__dirname, '../../..')

interface Ended {
  code: number
  out: string
  err: string
}

function demo(...flags: string[]): Promise<Ended> {
  const words = flags.flatMap((flag) => flag.split(' '))
  const command = ['--import', 'tsx', 'examples/demo/src/main.ts', ...words]
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') }
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd: root, env, timeout: 100_000 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    )
  })
}

describe('npm run demo', () => {
  test('--once plays every step and ends well', async () => {
    const { code, out, err } = await demo('--once')
    expect(err).toBe('')
    const steps = out.split('\n').filter((line) => /^[✓✗–]/.test(line))
    expect(steps).toEqual([
      '✓ Ada signs in with code + PKCE, and does not allow the app to add photos',
      '✓ An opaque token is accepted: Hydra is asked once, then the answer is kept',
      '✓ A JWT is accepted by Hydra’s keys, without asking Hydra about it',
      '✓ No token: 401 with a bare challenge',
      '✓ A missing scope: 403, and the challenge names it',
      '✓ A refresh token used as access token: 401, although Hydra calls it active',
      '✓ Ada signs in once more; the API has not seen this token yet',
      '✓ Hydra is unreachable: a token seen just before is still served, what needs Hydra gets 503 with Retry-After',
      '✓ Hydra is back: the same token is accepted',
      '✓ A revoked opaque token: 401 once the stated delay of 10 s is over',
      '✓ A revoked JWT: keys accept it until it expires; a route that asks Hydra refuses it at once',
    ])
    const decisions = out.match(/(?<=^ {4}photo API {2}).*$/gm)?.map((line) => line.replace(/ +/g, ' '))
    expect(decisions).toEqual([
      'GET /photos 200 accepted by introspection',
      'GET /photos 200 accepted from cache',
      'GET /photos 200 accepted by keys',
      'GET /photos 401 refused: missing',
      'POST /photos 403 refused: insufficient_scope',
      'GET /photos 401 refused: refresh_token',
      'GET /photos/private 200 accepted by introspection',
      'GET /photos 200 accepted from cache',
      'GET /photos 503 Hydra could not be asked, retry after 2 s',
      'GET /photos 200 accepted by introspection',
      'GET /photos/private 200 accepted by introspection',
      'GET /photos 200 accepted from cache',
      'GET /photos 401 refused: inactive',
      'GET /photos 200 accepted from cache',
      'GET /photos/private 401 refused: inactive',
    ])
    expect(out).toMatch(/web app +http:\/\/127\.0\.0\.1:\d+ /)
    expect(out).toMatch(/curl -i http:\/\/127\.0\.0\.1:\d+\/photos -H "Authorization: Bearer \$TOKEN"/)
    expect(code).toBe(0)
  }, 110_000)

  test('an unknown flag is refused', async () => {
    expect(await demo('--onse')).toEqual({
      code: 1,
      out: '',
      err: "Unknown option '--onse'. --help lists the flags.\n",
    })
  }, 60_000)

  test('a port that is in use is named, with the flag that chooses another', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { code, err } = await demo(`--api-port ${port}`)
    server.close()
    expect(err).toBe(`Port ${port} is in use. Stop what runs there, or choose another with --api-port.\n`)
    expect(code).toBe(1)
  }, 60_000)

  describe('against a Hydra that somebody else runs', () => {
    test('plays the story on it, waits for real, and removes its clients', async () => {
      const [loginPort, apiPort, webPort] = [await freePort(), await freePort(), await freePort()]
      const login = `http://127.0.0.1:${loginPort}`
      await using hydra = await startHydra({ urls: { login: `${login}/login`, consent: `${login}/consent` } })
      const { code, out, err } = await demo(
        '--once',
        `--public-url ${hydra.publicUrl} --admin-url ${hydra.adminUrl}`,
        `--login-port ${loginPort} --api-port ${apiPort} --web-port ${webPort}`,
      )
      expect(err).toBe('')
      expect(out).toContain('✓ A revoked opaque token: 401 once the stated delay of 3 s is over')
      expect(out).not.toContain('✗')
      expect(code).toBe(0)
      expect(hydra.inspect.clients()).toEqual([])
    }, 110_000)

    test('one that sends its users elsewhere: says which lines to set, and leaves nothing behind', async () => {
      const loginPort = await freePort()
      const urls = { login: 'http://127.0.0.1:1/elsewhere', consent: 'http://127.0.0.1:1/consent' }
      await using hydra = await startHydra({ urls })
      const { code, out, err } = await demo(
        '--once',
        `--public-url ${hydra.publicUrl} --admin-url ${hydra.adminUrl}`,
        `--login-port ${loginPort} --api-port 0 --web-port 0`,
      )
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('sends its users to http://127.0.0.1:1/elsewhere')
      expect(err).toContain(`URLS_LOGIN=http://127.0.0.1:${loginPort}/login\n`)
      expect(err).toContain(`URLS_CONSENT=http://127.0.0.1:${loginPort}/consent\n`)
      expect(hydra.inspect.clients()).toEqual([])
    }, 60_000)

    test('one that does not answer: says which address', async () => {
      const port = await freePort()
      const { code, err } = await demo(
        '--once',
        `--public-url http://127.0.0.1:${port} --admin-url http://127.0.0.1:${port}`,
        '--login-port 0 --api-port 0 --web-port 0',
      )
      expect([code, err]).toEqual([1, expect.stringContaining('No Hydra answers at the address of --public-url')])
    }, 60_000)
  })
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
