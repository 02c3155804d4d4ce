/**
 * The Hydra that the foreign programs talk to: embedded Hydra in this process, a server binary that is started here
 * (`HYDRA_BIN`), or a running server (`HYDRA_PUBLIC_URL` and `HYDRA_ADMIN_URL`).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startChild } from './child.js'
import { freePort, onFreePorts } from './free-port.js'

/** Settings (environment names) of the pages that users are sent to, and the pages' paths in the reference app. */
const pages = {
  login: { setting: 'URLS_LOGIN', path: '/login' },
  consent: { setting: 'URLS_CONSENT', path: '/consent' },
  logout: { setting: 'URLS_LOGOUT', path: '/logout' },
  error: { setting: 'URLS_ERROR', path: '/error' },
  postLogoutRedirect: { setting: 'URLS_POST_LOGOUT_REDIRECT', path: '/' },
  deviceVerification: { setting: 'URLS_DEVICE_VERIFICATION', path: '/device/verify' },
  deviceSuccess: { setting: 'URLS_DEVICE_SUCCESS', path: '/device/success' },
}

/** Where a running server must send its users: the port that the reference app is started on then. */
export const fixedPages = 'http://127.0.0.1:3000'

/** `embedded`, `binary` or `given`. */
export const targetKind = process.env.HYDRA_PUBLIC_URL ? 'given' : process.env.HYDRA_BIN ? 'binary' : 'embedded'

/**
 * Opens the server of this run: dynamic registration is on and announced, everything else is as Hydra's defaults are.
 *
 * @param {object} [options]
 * @param {string} [options.pagesAt] base URL of the pages that users are sent to. Nothing needs to listen there if the
 *   test's browser answers challenges itself (`authorize.js`)
 * @returns {Promise<{ publicUrl: string, adminUrl: string, urls: Record<keyof typeof pages, string>, stop(): Promise<void> }>}
 */
export async function openServer({ pagesAt = 'http://pages.test' } = {}) {
  if (targetKind === 'given') return givenServer()
  const start = targetKind === 'binary' ? startBinary : startEmbedded
  return onFreePorts(async () =>
    start({ urls: urlsAt(pagesAt), publicPort: await freePort(), adminPort: await freePort() }),
  )
}

function urlsAt(base) {
  return Object.fromEntries(Object.entries(pages).map(([name, { path }]) => [name, base + path]))
}

async function startEmbedded({ urls, publicPort, adminPort }) {
  const { startHydra } = await import('../../../packages/embedded/dist/index.js')
  const hydra = await startHydra({
    publicPort,
    adminPort,
    urls,
    dynamicRegistration: true,
    discovery: { clientRegistrationUrl: `http://127.0.0.1:${publicPort}/oauth2/register` },
  })
  return { publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl, urls, stop: () => hydra.stop() }
}

async function startBinary({ urls, publicPort, adminPort }) {
  const publicUrl = `http://127.0.0.1:${publicPort}`
  const adminUrl = `http://127.0.0.1:${adminPort}`
  const { stop } = await startChild(process.env.HYDRA_BIN, ['serve', 'all', '--dev', '--sqa-opt-out'], {
    env: {
      DSN: 'memory',
      LOG_LEVEL: 'error',
      SECRETS_SYSTEM: 'a secret of sixteen or more characters',
      SERVE_PUBLIC_HOST: '127.0.0.1',
      SERVE_PUBLIC_PORT: String(publicPort),
      SERVE_ADMIN_HOST: '127.0.0.1',
      SERVE_ADMIN_PORT: String(adminPort),
      URLS_SELF_ISSUER: publicUrl,
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      WEBFINGER_OIDC_DISCOVERY_CLIENT_REGISTRATION_URL: `${publicUrl}/oauth2/register`,
      ...Object.fromEntries(Object.entries(pages).map(([name, { setting }]) => [setting, urls[name]])),
    },
    isReady: (_child, signal) => untilReady(publicUrl, signal),
  })
  return { publicUrl, adminUrl, urls, stop }
}

/** A server has no event for "ready" but its own health route. */
async function untilReady(publicUrl, signal) {
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline && !signal?.aborted) {
    const answer = await fetch(`${publicUrl}/health/ready`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await pause(50)
  }
  throw new Error(`${publicUrl}/health/ready did not answer 200 within 30 seconds`)
}

async function givenServer() {
  const server = {
    publicUrl: withoutSlash(process.env.HYDRA_PUBLIC_URL),
    adminUrl: withoutSlash(process.env.HYDRA_ADMIN_URL ?? ''),
    urls: urlsAt(fixedPages),
    stop: async () => {},
  }
  if (server.adminUrl === '') throw new Error('HYDRA_ADMIN_URL must be set beside HYDRA_PUBLIC_URL')
  await untilReady(server.publicUrl)
  const wrong = await wrongSettings(server)
  if (wrong.length > 0) throw new Error(`The given server needs other settings:\n${wrong.join('\n')}`)
  return server
}

/** Settings of a running server that can be seen to be wrong, as the lines to set. */
async function wrongSettings({ publicUrl, adminUrl, urls }) {
  const wrong = []
  const registration = await fetch(`${publicUrl}/oauth2/register`, { method: 'POST', body: '{' })
  if (registration.status === 404) wrong.push('OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED=true')
  const discovery = await (await fetch(`${publicUrl}/.well-known/openid-configuration`)).json()
  if (discovery.registration_endpoint !== `${publicUrl}/oauth2/register`) {
    wrong.push(`WEBFINGER_OIDC_DISCOVERY_CLIENT_REGISTRATION_URL=${publicUrl}/oauth2/register`)
  }

  const probe = await (
    await fetch(`${adminUrl}/admin/clients`, { method: 'POST', body: JSON.stringify({ redirect_uris: [urls.login] }) })
  ).json()
  const query = `client_id=${probe.client_id}&response_type=code&scope=openid&state=12345678&redirect_uri=${urls.login}`
  const seen = {
    login: await redirectOf(`${publicUrl}/oauth2/auth?${query}`),
    error: await redirectOf(`${publicUrl}/oauth2/auth`),
    postLogoutRedirect: await redirectOf(`${publicUrl}/oauth2/sessions/logout`),
    deviceVerification: await redirectOf(`${publicUrl}/oauth2/device/verify`),
  }
  await fetch(`${adminUrl}/admin/clients/${probe.client_id}`, { method: 'DELETE' })
  // Who has one page wrong will have forgotten the others, which can't be seen from here.
  if (Object.entries(seen).some(([name, url]) => url !== urls[name])) {
    wrong.push(...Object.entries(pages).map(([name, { setting }]) => `${setting}=${urls[name]}`))
  }
  return wrong
}

async function redirectOf(address) {
  const { headers } = await fetch(address, { redirect: 'manual' })
  const location = new URL(headers.get('location') ?? '', address)
  return location.origin + location.pathname
}

function withoutSlash(url) {
  return url.replace(/\/$/, '')
}
