/** Joins the resources to one client. */
import type { Clients } from './clients.ts'
import { createClients } from './clients.ts'
import { Caller } from './caller.ts'
import type { ConsentRequests } from './consent-requests.ts'
import { createConsentRequests } from './consent-requests.ts'
import type { LoginRequests } from './login-requests.ts'
import { createLoginRequests } from './login-requests.ts'
import type { Metadata } from './metadata.ts'
import { createMetadata } from './metadata.ts'
import type { Oidc } from './oidc.ts'
import { createOidc } from './oidc.ts'
import { resolveOptions } from './options.ts'
import type { HydraClientOptions } from './options.ts'
import type { ServerVersion } from './server-versions/release.ts'
import type { Tokens } from './tokens.ts'
import { createTokens } from './tokens.ts'

/** Typed calls for every operation of one Hydra server. */
export interface HydraClient extends AsyncDisposable {
  readonly clients: Clients
  readonly loginRequests: LoginRequests
  readonly consentRequests: ConsentRequests
  readonly tokens: Tokens
  readonly oidc: Oidc
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
  const close = (): Promise<void> => caller.close()
  return {
    clients: createClients(caller),
    loginRequests: createLoginRequests(caller),
    consentRequests: createConsentRequests(caller),
    tokens: createTokens(caller),
    oidc: createOidc(caller),
    metadata: createMetadata(caller),
    serverVersion: async () => (await caller.features()).version,
    close,
    [Symbol.asyncDispose]: close,
  }
}
