/** A Hydra that somebody else started: two URLs, and the profile it was configured with. */
import { setTimeout as delay } from 'node:timers/promises'
import { AppServer, appPages } from '../app-server.ts'
import { send } from '../http-client.ts'
import type { ProfileName } from '../profiles.ts'
import type { RunningServer } from '../running-server.ts'
import type { TestedVersion } from '../server-version.ts'
import { advice, settingsFor } from '../settings.ts'

/** Port of the applications when Hydra's configuration was written before we started; `HYDRA_APP_PORT` changes it. */
export const fixedAppPort = 5600

export interface UrlPair {
  readonly publicUrl: string
  readonly adminUrl: string
  readonly profile: ProfileName
  readonly appPort?: number
}

/**
 * Takes over a running Hydra.
 *
 * @throws when it can't be reached or is configured for other applications; the message has the lines to set
 */
export async function useUrlPair({
  publicUrl,
  adminUrl,
  profile,
  appPort = fixedAppPort,
}: UrlPair): Promise<RunningServer> {
  const version = await probeVersion(adminUrl)
  const app = await AppServer.start(appPort)
  try {
    await checkConfiguration(publicUrl, adminUrl, app.url, version, profile)
  } catch (error) {
    await app.stop()
    throw error
  }
  return {
    kind: 'real',
    version,
    profile,
    publicUrl,
    adminUrl,
    app,
    passTime: (seconds) => delay(seconds * 1000),
    reset: async () => {},
    async stop() {
      await app.stop()
      return undefined
    },
  }
}

/** `/admin/version` exists from 2.0 on; the text of the version says nothing on development builds. */
async function probeVersion(adminUrl: string): Promise<TestedVersion> {
  const plain = await send({ method: 'GET', url: `${adminUrl}/version` })
  if (plain.status !== 200)
    throw new Error(`${adminUrl}/version answers ${plain.status}: is HYDRA_ADMIN_URL the admin port of Hydra?`)
  const prefixed = await send({ method: 'GET', url: `${adminUrl}/admin/version` })
  return prefixed.status === 200 ? '26.2' : '1.11'
}

/** Starts a flow and looks where it leads: the only way to see `urls.*` from outside. */
async function checkConfiguration(
  publicUrl: string,
  adminUrl: string,
  app: string,
  version: TestedVersion,
  profile: ProfileName,
): Promise<void> {
  const discovery = JSON.parse(
    (await send({ method: 'GET', url: `${publicUrl}/.well-known/openid-configuration` })).text,
  ) as {
    issuer?: string
  }
  const problems: string[] = []
  if (discovery.issuer?.replace(/\/$/, '') !== publicUrl) {
    problems.push(`its issuer is ${String(discovery.issuer)}, HYDRA_PUBLIC_URL is ${publicUrl}`)
  }
  if (profile !== 'bare') problems.push(...(await wrongPages(publicUrl, adminUrl, app, version)))
  if (problems.length === 0) return
  const lines = advice(settingsFor(version, profile, { publicUrl, app }))
  throw new Error(
    `The Hydra at ${publicUrl} can't be used with profile ${profile}:\n- ${problems.join('\n- ')}\nStart it with\n${lines}`,
  )
}

async function wrongPages(publicUrl: string, adminUrl: string, app: string, version: TestedVersion): Promise<string[]> {
  const problems: string[] = []
  const nobody = await send({ method: 'GET', url: `${publicUrl}/oauth2/auth?client_id=nobody` })
  const errorPage = nobody.headers['location']?.[0] ?? ''
  if (!errorPage.startsWith(`${app}${appPages.error}`)) problems.push(`its error page is not ${app}${appPages.error}`)
  const loginPage = await loginPageOf(publicUrl, adminUrl, version)
  if (!loginPage.startsWith(`${app}${appPages.login}`)) problems.push(`its login page is not ${app}${appPages.login}`)
  return problems
}

async function loginPageOf(publicUrl: string, adminUrl: string, version: TestedVersion): Promise<string> {
  const clients = `${adminUrl}${version === '26.2' ? '/admin' : ''}/clients`
  const redirectUri = 'http://127.0.0.1/probe'
  const created = await send({
    method: 'POST',
    url: clients,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: [redirectUri] }),
  })
  const { client_id: id = '' } = JSON.parse(created.text) as { client_id?: string }
  const query = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    state: 'state-of-the-probe',
  })
  const answer = await send({ method: 'GET', url: `${publicUrl}/oauth2/auth?${query.toString()}` })
  await send({ method: 'DELETE', url: `${clients}/${id}` })
  return answer.headers['location']?.[0] ?? ''
}
