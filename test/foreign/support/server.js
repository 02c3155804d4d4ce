/**
 * The Hydra that the foreign programs talk to: embedded Hydra in this process, a server binary that is started here
 * (`HYDRA_BIN`), or a running server (`HYDRA_PUBLIC_URL` and `HYDRA_ADMIN_URL`).
 */
import { setTimeout as pause } from 'node:timers/promises'
import { startChild } from './child.js'
import { freePort } from './free-port.js'

/** Where users are sent. Nothing listens there: the test's browser answers challenges itself (`authorize.js`). */
export const nowhere = {
  login: 'http://pages.test/login',
  consent: 'http://pages.test/consent',
  logout: 'http://pages.test/logout',
  error: 'http://pages.test/error',
  postLogoutRedirect: 'http://pages.test/signed-out',
  deviceVerification: 'http://pages.test/device/verify',
  deviceSuccess: 'http://pages.test/device/success',
}

/** `embedded`, `binary` or `given`. */
export const targetKind = process.env.HYDRA_PUBLIC_URL ? 'given' : process.env.HYDRA_BIN ? 'binary' : 'embedded'

/**
 * Opens the server of this run, with dynamic registration on.
 *
 * @param {object} [options]
 * @param {typeof nowhere} [options.urls] the pages that users are sent to
 * @param {boolean} [options.announceRegistration] name `registration_endpoint` in discovery
 * @returns {Promise<{ publicUrl: string, adminUrl: string, urls: typeof nowhere, stop(): Promise<void> }>}
 */
export async function openServer({ urls = nowhere, announceRegistration = false } = {}) {
  if (targetKind === 'given') return givenServer(urls)
  const start = targetKind === 'binary' ? startBinary : startEmbedded
  for (let attempt = 1; ; attempt++) {
    try {
      return await start({ urls, publicPort: await freePort(), adminPort: await freePort(), announceRegistration })
    } catch (error) {
      // Somebody may have taken a port between the look and the start.
      if (attempt === 3 || !/EADDRINUSE|address already in use/.test(String(error))) throw error
    }
  }
}

async function startEmbedded({ urls, publicPort, adminPort, announceRegistration }) {
  const { startHydra } = await import('../../../packages/embedded/dist/index.js')
  const hydra = await startHydra({
    publicPort,
    adminPort,
    urls,
    dynamicRegistration: true,
    ...(announceRegistration && {
      discovery: { clientRegistrationUrl: `http://127.0.0.1:${publicPort}/oauth2/register` },
    }),
  })
  return { publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl, urls, stop: () => hydra.stop() }
}

async function startBinary({ urls, publicPort, adminPort, announceRegistration }) {
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
      URLS_LOGIN: urls.login,
      URLS_CONSENT: urls.consent,
      URLS_LOGOUT: urls.logout,
      URLS_ERROR: urls.error,
      URLS_POST_LOGOUT_REDIRECT: urls.postLogoutRedirect,
      URLS_DEVICE_VERIFICATION: urls.deviceVerification,
      URLS_DEVICE_SUCCESS: urls.deviceSuccess,
      OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'true',
      ...(announceRegistration && {
        WEBFINGER_OIDC_DISCOVERY_CLIENT_REGISTRATION_URL: `${publicUrl}/oauth2/register`,
      }),
    },
    isReady: () => untilReady(publicUrl),
  })
  return { publicUrl, adminUrl, urls, stop }
}

/** A server has no event for "ready" but its own health route. */
async function untilReady(publicUrl) {
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    const answer = await fetch(`${publicUrl}/health/ready`).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return
    await pause(50)
  }
  throw new Error(`${publicUrl}/health/ready did not answer 200 within 30 seconds`)
}

async function givenServer(urls) {
  const publicUrl = withoutSlash(process.env.HYDRA_PUBLIC_URL)
  const adminUrl = withoutSlash(process.env.HYDRA_ADMIN_URL ?? '')
  if (adminUrl === '') throw new Error('HYDRA_ADMIN_URL must be set beside HYDRA_PUBLIC_URL')
  await untilReady(publicUrl)
  const registration = await fetch(`${publicUrl}/oauth2/register`, { method: 'POST', body: '{' })
  await registration.body?.cancel()
  if (registration.status === 404) {
    throw new Error('The given server needs oidc.dynamic_client_registration.enabled: true')
  }
  return { publicUrl, adminUrl, urls, stop: async () => {} }
}

function withoutSlash(url) {
  return url.replace(/\/$/, '')
}
