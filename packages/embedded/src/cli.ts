#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Configuration, readConfiguration } from './cli/configuration.ts'
import type { ReceivedRequest } from './inspect.ts'
import type { ClientInput, HydraOptions } from './options.ts'
import { type EmbeddedHydra, startHydra } from './start.ts'

const help = `hydra-kit-embedded: Ory Hydra 26.2 in one process, for tests, demos and local work.

  --public-port PORT    default 4444
  --admin-port PORT     default 4445
  --host ADDRESS        default 127.0.0.1
  --issuer URL          default: the address of the public port
  --config FILE         Hydra's own configuration file (YAML or JSON); what has no
                        effect here is listed. Hydra's environment variables, such
                        as URLS_LOGIN, are read too and win over the file; flags
                        win over both
  --seed FILE           JSON list of clients, as POST /admin/clients takes them
  --log                 prints one line for each request
  --help                this text

  --i-know-this-is-not-hydra   allows a --host that others can reach. This is no
                               server for production: its keys are published.
`

const flags = {
  'public-port': { type: 'string' },
  'admin-port': { type: 'string' },
  host: { type: 'string' },
  issuer: { type: 'string' },
  config: { type: 'string' },
  seed: { type: 'string' },
  log: { type: 'boolean' },
  help: { type: 'boolean' },
  'i-know-this-is-not-hydra': { type: 'boolean' },
} as const

/** A message for the user, and the end of the program. */
function fail(message: string): never {
  console.error(`hydra-kit-embedded: ${message}`)
  process.exit(1)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function portOf(flag: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  const port = Number(value)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--${flag} must be a port number from 0 to 65535.`)
  return port
}

/** The file, if there is one, and the environment. Says on stderr what was set for nothing. */
async function configurationOf(file: string | undefined): Promise<HydraOptions> {
  const text =
    file === undefined
      ? undefined
      : await readFile(file, 'utf8').catch(() => fail(`--config: ${file} can not be read.`))
  const { options, ignored } = configuration(file, text)
  if (ignored.length > 0) console.error(`hydra-kit-embedded: without effect here: ${ignored.join(', ')}`)
  return options
}

function configuration(file: string | undefined, text: string | undefined): Configuration {
  try {
    return readConfiguration(text, process.env)
  } catch (error) {
    const reason = error instanceof Object && 'message' in error ? String(error.message) : 'unknown error'
    return fail(`${file === undefined ? 'environment' : `--config ${file}`}: ${reason}.`)
  }
}

async function seedClients(file: string): Promise<ClientInput[]> {
  try {
    const seed: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (Array.isArray(seed)) return seed as ClientInput[]
  } catch {
    // Told below.
  }
  return fail(`--seed: ${file} is not a JSON list of clients.`)
}

function parseFlags(): {
  [Name in keyof typeof flags]?: (typeof flags)[Name]['type'] extends 'string' ? string : boolean
} {
  try {
    return parseArgs({ options: flags, strict: true }).values
  } catch (error) {
    return fail(
      `${error instanceof Object && 'message' in error ? String(error.message) : 'unknown flag'}. Try --help.`,
    )
  }
}

async function optionsOf(values: ReturnType<typeof parseFlags>): Promise<HydraOptions> {
  const configured = await configurationOf(values.config)
  const host = values.host ?? configured.host ?? '127.0.0.1'
  if (!isLoopback(host) && values['i-know-this-is-not-hydra'] !== true) {
    fail(
      `others could reach the host ${host}. This is no server for production: give --i-know-this-is-not-hydra if you mean it.`,
    )
  }
  return {
    ...configured,
    host,
    publicPort: portOf('public-port', values['public-port'], configured.publicPort ?? 4444),
    adminPort: portOf('admin-port', values['admin-port'], configured.adminPort ?? 4445),
    ...(values.issuer === undefined ? {} : { issuer: values.issuer }),
    ...(values.log === true ? { onRequest: printRequest } : {}),
    ...(values.seed === undefined ? {} : { clients: await seedClients(values.seed) }),
  }
}

/** Without the query: it carries challenges, codes and the like. */
function printRequest({ port, method, path, status }: ReceivedRequest): void {
  console.log(`${port.padEnd(6)} ${status} ${method} ${path}`)
}

function stopOnSignals(hydra: EmbeddedHydra): void {
  const stop = (): void => {
    void hydra.stop().then(() => process.exit(0))
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

async function main(): Promise<void> {
  const values = parseFlags()
  if (values.help === true) return console.log(help)
  const options = await optionsOf(values)
  const hydra = await startHydra(options).catch((error: unknown) =>
    fail(error instanceof Object && 'message' in error ? String(error.message) : 'could not start.'),
  )
  stopOnSignals(hydra)
  console.log(
    `public ${hydra.publicUrl}\nadmin  ${hydra.adminUrl}\nissuer ${hydra.issuer}\nNot for production: the signing keys are published.`,
  )
}

void main()
