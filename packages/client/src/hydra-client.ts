/** Joins the resources to one client. */
import { Caller } from './caller.ts'
import { createClients } from './clients.ts'
import type { Clients } from './clients.ts'
import { createConsentRequests } from './consent-requests.ts'
import type { ConsentRequests } from './consent-requests.ts'
import { createConsentSessions } from './consent-sessions.ts'
import type { ConsentSessions } from './consent-sessions.ts'
import { createCredentials } from './credentials.ts'
import type { Credentials } from './credentials.ts'
import { createDevice } from './device.ts'
import type { Device } from './device.ts'
import { createDeviceRequests } from './device-requests.ts'
import type { DeviceRequests } from './device-requests.ts'
import { createKeySets } from './key-sets.ts'
import type { KeySets } from './key-sets.ts'
import { createLoginRequests } from './login-requests.ts'
import type { LoginRequests } from './login-requests.ts'
import { createLoginSessions } from './login-sessions.ts'
import type { LoginSessions } from './login-sessions.ts'
import { createLogoutRequests } from './logout-requests.ts'
import type { LogoutRequests } from './logout-requests.ts'
import { createMetadata } from './metadata.ts'
import type { Metadata } from './metadata.ts'
import { createOidc } from './oidc.ts'
import type { Oidc } from './oidc.ts'
import { resolveOptions } from './options.ts'
import type { HydraClientOptions } from './options.ts'
import { createRegistration } from './registration.ts'
import type { Registration } from './registration.ts'
import type { ServerVersion } from './server-versions/release.ts'
import { createTokens } from './tokens.ts'
import type { Tokens } from './tokens.ts'
import { createTrustedIssuers } from './trusted-issuers.ts'
import type { TrustedIssuers } from './trusted-issuers.ts'

/** Typed calls for every operation of one Hydra server. */
export interface HydraClient extends AsyncDisposable {
  /** OAuth 2.0 clients. */
  readonly clients: Clients
  /** Requests to sign a user in. */
  readonly loginRequests: LoginRequests
  /** Requests to let a client act for a user. */
  readonly consentRequests: ConsentRequests
  /** Requests to sign a user out. */
  readonly logoutRequests: LogoutRequests
  /** User codes of the device grant. */
  readonly deviceRequests: DeviceRequests
  /** Consents that users gave. */
  readonly consentSessions: ConsentSessions
  /** Sessions of signed-in users. */
  readonly loginSessions: LoginSessions
  /** What tokens are, and how to get and end them. */
  readonly tokens: Tokens
  /** Hydra's keys, private parts included. */
  readonly keySets: KeySets
  /** Issuers whose assertions the JWT bearer grant takes. */
  readonly trustedIssuers: TrustedIssuers
  /** Dynamic client registration. */
  readonly registration: Registration
  /** OpenID Connect facts, userinfo, addresses for browsers. */
  readonly oidc: Oidc
  /** The device grant, as the device sees it. */
  readonly device: Device
  /** Verifiable credentials. */
  readonly credentials: Credentials
  /** Health, version and metrics. */
  readonly metadata: Metadata
  /** Which server this is; asked once, on first use, unless the option says so. */
  serverVersion(): Promise<ServerVersion>
  /** Closes the connections, after the calls that are under way. A dispatcher of yours stays open. */
  close(): Promise<void>
}

/**
 * Makes a client. Nothing is sent before the first call.
 *
 * @throws TypeError `ERR_OPTIONS` naming the option and the cure
 * @example
 * const hydra = createHydraClient({ publicUrl: 'https://auth.example.com', adminUrl: 'http://hydra-admin:4445' })
 * const { client_id } = await hydra.clients.create({ grant_types: ['client_credentials'] })
 */
export function createHydraClient(options: HydraClientOptions): HydraClient {
  const caller = new Caller(resolveOptions(options))
  const close = (): Promise<void> => caller.server.close()
  return {
    clients: createClients(caller),
    loginRequests: createLoginRequests(caller),
    consentRequests: createConsentRequests(caller),
    logoutRequests: createLogoutRequests(caller),
    deviceRequests: createDeviceRequests(caller),
    consentSessions: createConsentSessions(caller),
    loginSessions: createLoginSessions(caller),
    tokens: createTokens(caller),
    keySets: createKeySets(caller),
    trustedIssuers: createTrustedIssuers(caller),
    registration: createRegistration(caller),
    oidc: createOidc(caller),
    device: createDevice(caller),
    credentials: createCredentials(caller),
    metadata: createMetadata(caller),
    serverVersion: async () => (await caller.server.features()).version,
    close,
    [Symbol.asyncDispose]: close,
  }
}
