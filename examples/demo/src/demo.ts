/** Puts the pieces together: Hydra, login & consent app, photo API, web app. */
import { createHydraClient } from '@hydra-kit/client'
import type { RequestListener } from 'node:http'
import type { DemoFlags } from './command-line.ts'
import { checkUrls } from './check-urls.ts'
import { registerClients, removeClients, type DemoClients } from './demo-clients.ts'
import { DemoError } from './demo-error.ts'
import { embeddedHydra, runningHydra, type DemoHydra } from './hydra.ts'
import { listen, type Listening } from './listening.ts'
import { createLoginApp, loginAppPaths } from './login-app.ts'
import { startOutageSwitch } from './outage-switch.ts'
import { createPhotoApi, type Decision } from './photo-api.ts'
import { createSignInClient } from './sign-in.ts'
import { createWebApp } from './web-app.ts'

/** Everything, running. */
export interface Demo {
  hydra: DemoHydra
  loginUrl: string
  apiUrl: string
  webUrl: string
  /** What the token endpoint is, for the curl lines. */
  tokenUrl: string
  clients: DemoClients
  /** Set `up` to false and the API no longer reaches Hydra. */
  outage: { up: boolean }
}

/**
 * Starts everything.
 * @param cleanups what to do at the end, last first; filled as things start, so that a failure half-way is cleaned up too
 * @throws {@link DemoError} for what the person at the terminal can put right
 */
export async function startDemo(
  flags: DemoFlags,
  onDecision: (decision: Decision) => void,
  cleanups: (() => Promise<void>)[],
): Promise<Demo> {
  const login = await open(flags.loginPort, '--login-port', cleanups)
  const api = await open(flags.apiPort, '--api-port', cleanups)
  const web = await open(flags.webPort, '--web-port', cleanups)
  const urls = {
    login: login.url + loginAppPaths.login,
    consent: login.url + loginAppPaths.consent,
    error: login.url + loginAppPaths.error,
  }

  const hydra = flags.hydra === undefined ? await embeddedHydra(urls) : runningHydra(flags.hydra)
  cleanups.push(() => hydra.stop())
  const client = createHydraClient({ publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl })
  cleanups.push(() => client.close())
  const server = await reach('--public-url', () => client.oidc.discovery())
  await reach('--admin-url', () => client.metadata.ready())

  const clients = await registerClients(client, web.url)
  if (!hydra.embedded) cleanups.push(() => removeClients(client, clients))
  const metadata = {
    issuer: server.issuer,
    authorization_endpoint: server.authorization_endpoint,
    token_endpoint: server.token_endpoint,
    revocation_endpoint: server.revocation_endpoint ?? `${hydra.publicUrl}/oauth2/revoke`,
    id_token_signing_alg_values_supported: server.id_token_signing_alg_values_supported ?? ['RS256'],
  }
  const redirectUri = `${web.url}/callback`
  const signIn = {
    opaque: createSignInClient(metadata, clients.opaque, redirectUri, hydra.now),
    jwt: createSignInClient(metadata, clients.jwt, redirectUri, hydra.now),
  }
  login.handler = createLoginApp(client, { issuer: server.issuer, publicUrl: login.url })
  if (!hydra.embedded) await checkUrls(client, (await signIn.opaque.start()).url, urls)

  const outage = await startOutage(hydra, cleanups)
  const photos = createPhotoApi({
    issuer: server.issuer,
    publicUrl: outage.publicUrl,
    adminUrl: outage.adminUrl,
    maxAgeSeconds: hydra.maxAgeSeconds,
    now: hydra.now,
    onDecision,
  })
  cleanups.push(() => photos.resourceServer.close())
  api.handler = photos.app
  web.handler = createWebApp({ apiUrl: api.url, clients: signIn, outage, maxAgeSeconds: hydra.maxAgeSeconds })
  const tokenUrl = server.token_endpoint
  return { hydra, loginUrl: login.url, apiUrl: api.url, webUrl: web.url, tokenUrl, clients, outage }
}

/** A port that is open before its app exists, because Hydra and the apps need each other's addresses. */
async function open(
  port: number,
  flag: string,
  cleanups: (() => Promise<void>)[],
): Promise<Listening & { handler: RequestListener }> {
  const late: { handler: RequestListener } = {
    handler: (_request, response) => void response.writeHead(503, { 'retry-after': '1' }).end(),
  }
  const listening = await listen((request, response) => late.handler(request, response), port, flag)
  cleanups.push(() => listening.close())
  return Object.assign(late, listening)
}

async function startOutage(hydra: DemoHydra, cleanups: (() => Promise<void>)[]) {
  const [publicSwitch, adminSwitch] = [
    await startOutageSwitch(hydra.publicUrl),
    await startOutageSwitch(hydra.adminUrl),
  ]
  cleanups.push(
    () => publicSwitch.close(),
    () => adminSwitch.close(),
  )
  return {
    publicUrl: publicSwitch.url,
    adminUrl: adminSwitch.url,
    get up() {
      return adminSwitch.up
    },
    set up(up: boolean) {
      publicSwitch.up = up
      adminSwitch.up = up
    },
  }
}

async function reach<T>(flag: string, ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw new DemoError(`No Hydra answers at the address of ${flag}: ${(error as Error).message}`)
  }
}
