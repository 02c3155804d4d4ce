import { type Clock, createClock } from './clock.ts'
import { decodeClient } from './clients/client.ts'
import { createClient } from './clients/store.ts'
import { type Config, resolveConfig } from './config.ts'
import type { Engine } from './engine.ts'
import { isHydraError } from './errors.ts'
import { type Faults, createFaults } from './faults.ts'
import { isDecodeError } from './http/go-json.ts'
import { type Listener, listen } from './http/listener.ts'
import type { Port } from './http/request.ts'
import { createPortHandler } from './http/server.ts'
import { type Inspect, createInspect, createRequestLog } from './inspect.ts'
import { type Mint, createMint } from './mint.ts'
import { type ClientInput, type HydraOptions, checkOptions } from './options.ts'
import { optionsError } from './options-error.ts'
import { routesOf } from './routes.ts'
import { type State, createState } from './state.ts'
import { accessTokenTestKey, idTokenTestKey } from './test-keys.ts'
import { type KeySets, accessTokenSet, generateJwk, idTokenSet } from './tokens/key-sets.ts'

/** A running server. */
export interface EmbeddedHydra extends AsyncDisposable {
  /** Where the public port really listens: `http://127.0.0.1:49152`. */
  readonly publicUrl: string
  /** Where the admin port listens. */
  readonly adminUrl: string
  /** `iss` of every token. */
  readonly issuer: string
  /** The server's time; moving it ages everything. */
  readonly clock: Clock
  /** Makes it misbehave. */
  readonly faults: Faults
  /** Tokens without a browser, good and bad ones. */
  readonly mint: Mint
  /** Looks inside. */
  readonly inspect: Inspect
  /** The server's time in milliseconds: hand it to a resource server, so that both share it. */
  readonly now: () => number
  /** Forgets everything and starts again with the clients, keys and time of the beginning. Faults end. */
  reset(): Promise<void>
  /** Closes both ports and every connection. */
  stop(): Promise<void>
}

/**
 * Starts an Ory Hydra 26.2 in this process, in memory, on two free ports of 127.0.0.1. For tests and demos: it is not
 * hardened, and its default signing keys are public.
 *
 * @throws TypeError `ERR_OPTIONS` for options that are wrong or not known
 */
export async function startHydra(options: HydraOptions = {}): Promise<EmbeddedHydra> {
  const checked = checkOptions(options)
  const host = checked.host ?? '127.0.0.1'
  const clock = createClock(checked.now)
  const log = createRequestLog(checked.onRequest)
  const handlers: { -readonly [P in Port]?: ReturnType<typeof createPortHandler> } = {}
  const open = (port: Port, number = 0): Promise<Listener> =>
    listen(host, number, async (message, response) => handlers[port]?.(message, response))
  const [publicPort, adminPort] = await openBoth(open, checked)
  const publicUrl = `http://${bracketed(host)}:${publicPort.port}`
  const adminUrl = `http://${bracketed(host)}:${adminPort.port}`
  const engine = mutableEngine(resolveConfig(checked, publicUrl), clock)
  const faults = createFaults({ public: publicPort, admin: adminPort })
  for (const port of ['public', 'admin'] as const) {
    handlers[port] = createPortHandler({ engine, port, routes: routesOf(engine, port), faults, log })
  }
  let life = new AbortController()
  engine.ending = life.signal
  const endLife = async (): Promise<void> => {
    await patientlyAwait(engine.background)
    life.abort()
    await Promise.all(engine.background)
  }
  const stop = async (): Promise<void> => {
    await Promise.all([publicPort.stop(), adminPort.stop()])
    await endLife()
  }
  const begin = async (): Promise<void> => {
    engine.state = createState(await initialKeys(checked))
    for (const client of checked.clients ?? []) await addClient(engine, client)
  }
  try {
    await begin()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    publicUrl,
    adminUrl,
    issuer: engine.config.issuer,
    clock,
    faults: faults.api,
    mint: createMint(engine),
    inspect: createInspect(engine, log),
    now: clock.now,
    async reset() {
      await faults.api.clear()
      await endLife()
      life = new AbortController()
      engine.ending = life.signal
      clock.reset()
      log.clear()
      await begin()
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function openBoth(
  open: (port: Port, number?: number) => Promise<Listener>,
  options: HydraOptions,
): Promise<[Listener, Listener]> {
  const publicPort = await open('public', options.publicPort)
  try {
    return [publicPort, await open('admin', options.adminPort)]
  } catch (error) {
    await publicPort.stop()
    throw error
  }
}

function mutableEngine(config: Config, clock: Clock): Engine & { state: State; ending: AbortSignal } {
  return { config, clock, state: createState(new Map()), background: new Set(), ending: new AbortController().signal }
}

const patienceMs = 1000

/** Lets calls that were just begun arrive, but does not wait for those that nobody answers, nor for their repeats. */
async function patientlyAwait(work: ReadonlySet<Promise<void>>): Promise<void> {
  if (work.size === 0) return
  let timer: NodeJS.Timeout | undefined
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs)
  })
  await Promise.race([Promise.all(work), enough])
  clearTimeout(timer)
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

async function initialKeys({ keys }: HydraOptions): Promise<KeySets> {
  if (keys === 'generate') {
    const [idToken, accessToken] = await Promise.all([generateJwk('RS256'), generateJwk('RS256')])
    return new Map([
      [idTokenSet, idToken === undefined ? [] : [idToken]],
      [accessTokenSet, accessToken === undefined ? [] : [accessToken]],
    ])
  }
  return new Map([
    [idTokenSet, structuredClone([...(keys?.idToken ?? [idTokenTestKey])])],
    [accessTokenSet, structuredClone([...(keys?.accessToken ?? [accessTokenTestKey])])],
  ])
}

async function addClient(engine: Engine, input: ClientInput): Promise<void> {
  try {
    await createClient(engine, decodeClient(input))
  } catch (error) {
    const reason = isHydraError(error)
      ? error.description || error.error
      : isDecodeError(error)
        ? error.reason
        : undefined
    if (reason === undefined) throw error
    throw optionsError(`startHydra: a client in the option "clients" is not valid: ${reason}`, 'clients')
  }
}
