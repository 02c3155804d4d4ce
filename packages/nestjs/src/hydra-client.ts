/** The client that an instance provides. */
import { createHydraClient, type HydraClient, type HydraClientOptions } from '@hydra-kit/client'
import type { IssuerOptions } from '@hydra-kit/resource-server'
import { optionsError } from './options-error.ts'
import { isShared, type ResolvedOptions } from './options.ts'

/** A client and what closes it. */
export interface ProvidedClient {
  readonly client: HydraClient
  /** Closes a client that was opened here. */
  close(): Promise<void>
}

/** The client of the options, or one that says what it lacks as soon as it is used. */
export function provideClient({ server }: ResolvedOptions): ProvidedClient {
  if (isShared(server)) return missing('the options give a resourceServer of yours, and no adminUrl')
  if (server.issuers !== undefined) return missing('the options list several issuers')
  if (isHydraClient(server.client)) return { client: server.client, async close() {} }
  if (server.adminUrl === undefined) return missing('the options have no adminUrl')
  const client = createHydraClient(clientOptionsOf(server))
  return { client, close: () => client.close() }
}

/** An issuer's addresses, as a client takes them. */
export function clientOptionsOf(options: IssuerOptions): HydraClientOptions {
  const { issuer, publicUrl = issuer, jwksUrl, adminUrl, introspectionUrl, headers, serverVersion } = options
  const { introspectionAuth, adminAuth = introspectionAuth, allowInsecureHttp, dispatcher } = options
  const addresses = { publicUrl, jwksUrl, adminUrl, introspectionUrl }
  // The structural types of both packages describe the same things; the client checks each of them.
  return { ...addresses, adminAuth, headers, serverVersion, allowInsecureHttp, dispatcher } as HydraClientOptions
}

/** True for a whole client, and not just the part that verification uses. */
export function isHydraClient(client: IssuerOptions['client']): client is HydraClient {
  return client !== undefined && 'clients' in client && 'metadata' in client
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
function missing(why: string): ProvidedClient {
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
  return { client: client as HydraClient, async close() {} }
}
