/** Opens the client of an issuer that was given by addresses. */
import { createHydraClient } from '@hydra-kit/client'
import type { HydraClientOptions } from '@hydra-kit/client'
import type { IssuerOptions } from './options.ts'
import type { VerificationClient } from './verification-client.ts'

/** A client that was opened here, and so is closed here. */
export interface OwnClient extends VerificationClient {
  close(): Promise<void>
}

/**
 * Opens a client. The key set and introspection are all it is used for.
 *
 * @throws TypeError `ERR_OPTIONS` for an address that cannot be used.
 */
export function openClient(options: IssuerOptions, now: () => number): OwnClient {
  const { publicUrl = options.issuer, jwksUrl, adminUrl, introspectionUrl, headers, serverVersion } = options
  const { allowInsecureHttp, dispatcher } = options
  const adminAuth = options.introspectionAuth ?? options.adminAuth
  const given = { publicUrl, jwksUrl, adminUrl, introspectionUrl, adminAuth, headers, serverVersion, allowInsecureHttp }
  // The structural types of both packages describe the same things; the client checks each of them.
  return createHydraClient({ ...given, dispatcher, now } as HydraClientOptions)
}
