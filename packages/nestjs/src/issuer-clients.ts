/** Clients for the Hydras of an instance: one to inject, and all of them to look whether they are there. */
import { createHydraClient, type HydraClient, type HydraClientOptions } from '@hydra-kit/client'
import type { IssuerOptions } from '@hydra-kit/resource-server'
import { optionsError } from './options-error.ts'
import { isShared, type ResolvedOptions } from './options.ts'

/** A Hydra of the options. */
export interface IssuerClient {
  readonly options: IssuerOptions
  /** Undefined if the options bring a `client` that can do nothing but verify tokens. */
  readonly client: HydraClient | undefined
  /** Closes a client that was opened here. */
  close(): Promise<void>
}

/** Clients for every issuer of the options. Nothing is sent before the first call. */
export function issuerClients({ server }: ResolvedOptions): readonly IssuerClient[] {
  if (isShared(server)) return []
  const issuers: readonly IssuerOptions[] = server.issuers ?? [server]
  return issuers.map((options) => {
    if (options.client !== undefined) {
      return { options, client: isHydraClient(options.client) ? options.client : undefined, async close() {} }
    }
    const client = createHydraClient({ ...clientOptionsOf(options), now: server.now })
    return { options, client, close: () => client.close() }
  })
}

/** The client to inject, or one that says what it lacks as soon as it is used. */
export function clientToInject({ server }: ResolvedOptions, clients: readonly IssuerClient[]): HydraClient {
  if (isShared(server)) return missing('the options give a resourceServer of yours, and no adminUrl')
  const [only, ...others] = clients
  if (others.length > 0) return missing('the options list several issuers')
  const usable = only?.options.adminUrl !== undefined || only?.options.client !== undefined
  return (usable ? only?.client : undefined) ?? missing('the options have no adminUrl')
}

/** An issuer's addresses, as a client takes them. */
function clientOptionsOf(options: IssuerOptions): HydraClientOptions {
  const { issuer, publicUrl = issuer, jwksUrl, adminUrl, introspectionUrl, headers, serverVersion } = options
  const { introspectionAuth, adminAuth = introspectionAuth, allowInsecureHttp, dispatcher } = options
  const addresses = { publicUrl, jwksUrl, adminUrl, introspectionUrl }
  // The structural types of both packages describe the same things; the client checks each of them.
  return { ...addresses, adminAuth, headers, serverVersion, allowInsecureHttp, dispatcher } as HydraClientOptions
}

function isHydraClient(client: object): client is HydraClient {
  return 'clients' in client && 'metadata' in client
}

const members: Readonly<Record<Exclude<keyof HydraClient, 'close' | typeof Symbol.asyncDispose>, true>> = {
  clients: true,
  loginRequests: true,
  consentRequests: true,
  logoutRequests: true,
  deviceRequests: true,
  consentSessions: true,
  loginSessions: true,
  tokens: true,
  keySets: true,
  trustedIssuers: true,
  registration: true,
  oidc: true,
  device: true,
  credentials: true,
  metadata: true,
  serverVersion: true,
}

/** An application that never uses the client must start without one. */
function missing(why: string): HydraClient {
  const client = {}
  for (const name of Object.keys(members)) {
    Object.defineProperty(client, name, {
      get() {
        throw optionsError(
          'adminUrl',
          `HydraModule has no HydraClient to inject: ${why}.`,
          'Give adminUrl, or provide a client of your own with createHydraClient.',
        )
      },
    })
  }
  return client as HydraClient
}
