/** What the demo can be told on the command line. */
import { parseArgs } from 'node:util'
import { DemoError } from './demo-error.ts'

/** The flags, checked. */
export interface DemoFlags {
  help: boolean
  /** Run the story by itself and exit. */
  once: boolean
  /** A running Hydra; without it an embedded one is started. */
  hydra: { publicUrl: string; adminUrl: string } | undefined
  loginPort: number
  apiPort: number
  webPort: number
}

/** A real Hydra has these addresses in its configuration, so they cannot change from run to run. */
export const fixedPorts = { loginPort: 4455, apiPort: 4456, webPort: 4457 } as const

export const usage = `Usage: npm run demo -- [flags]

Starts an embedded Hydra, a login & consent app, a protected photo API and a small web app
that signs in with code + PKCE. Open the printed page, or paste the printed curl lines.

  --once                run the whole story without a browser, one line per step; exit 0 or 1
  --public-url URL      use a running Hydra instead of the embedded one (needs --admin-url)
  --admin-url URL       its admin port
  --login-port N        login & consent app (free port; with a running Hydra ${fixedPorts.loginPort})
  --api-port N          photo API           (free port; with a running Hydra ${fixedPorts.apiPort})
  --web-port N          web app             (free port; with a running Hydra ${fixedPorts.webPort})
  --help                this text

A running Hydra must send its users to the login & consent app; the demo checks that first
and prints the lines to set. Its own three OAuth2 clients (hydra-kit-demo-…) are removed at the end.`

/**
 * Reads the arguments after the script name.
 * @throws {@link DemoError} for an unknown flag, a missing half of the two addresses, a bad address or port
 */
export function readFlags(args: string[]): DemoFlags {
  const values = parse(args)
  const given = [values['public-url'], values['admin-url']].filter((url) => url !== undefined)
  if (given.length === 1) throw new DemoError('--public-url and --admin-url go together: give both or neither.')
  const hydra =
    given.length === 2
      ? { publicUrl: url('--public-url', given[0]), adminUrl: url('--admin-url', given[1]) }
      : undefined
  const port = (name: keyof typeof fixedPorts, flag: string, text: string | undefined): number =>
    text === undefined ? (hydra === undefined ? 0 : fixedPorts[name]) : portNumber(flag, text)
  return {
    help: values.help ?? false,
    once: values.once ?? false,
    hydra,
    loginPort: port('loginPort', '--login-port', values['login-port']),
    apiPort: port('apiPort', '--api-port', values['api-port']),
    webPort: port('webPort', '--web-port', values['web-port']),
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean' },
        once: { type: 'boolean' },
        'public-url': { type: 'string' },
        'admin-url': { type: 'string' },
        'login-port': { type: 'string' },
        'api-port': { type: 'string' },
        'web-port': { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new DemoError(`${(error as Error).message.split('. ')[0]}. --help lists the flags.`)
  }
}

function url(flag: string, text: string | undefined): string {
  if (text === undefined || !URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new DemoError(`${flag} must be an http or https address, such as http://127.0.0.1:4444.`)
  }
  return text.replace(/\/+$/, '')
}

function portNumber(flag: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new DemoError(`${flag} must be a port number, 0 for a free one.`)
  return port
}
