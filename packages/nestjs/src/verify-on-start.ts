/** Whether the Hydra that is running is the one that the options speak of. */
import { createHydraClient, type HydraClient } from '@hydra-kit/client'
import {
  VerificationUnavailableError,
  type IssuerOptions,
  type NamedIssuerOptions,
  type ResourceServer,
} from '@hydra-kit/resource-server'
import { clientOptionsOf, isHydraClient } from './hydra-client.ts'
import { optionsError } from './options-error.ts'
import { isShared, type ResolvedOptions } from './options.ts'

/**
 * Compares the options with the discovery document, asks about a token that nobody has, and fetches the keys.
 *
 * @param server the options that the resource server was made from; undefined for one that was handed in, which is only
 *   asked whether it is ready
 * @throws TypeError `ERR_OPTIONS` (rejects) if it is another Hydra
 * @throws VerificationUnavailableError (rejects) if it cannot be reached
 */
export async function verifyConfiguration(
  resourceServer: ResourceServer<unknown>,
  server: ResolvedOptions['server'] | undefined,
): Promise<void> {
  if (server !== undefined && !isShared(server)) {
    const list: readonly (IssuerOptions | NamedIssuerOptions)[] = server.issuers ?? [server]
    await Promise.all(list.map(verifyIssuer))
  }
  const { problems } = await resourceServer.ready()
  if (problems.length > 0) throw unavailable(`Tokens cannot be verified: ${problems.join('; ')}.`)
}

async function verifyIssuer(options: IssuerOptions): Promise<void> {
  const own = options.client === undefined ? createHydraClient(clientOptionsOf(options)) : undefined
  try {
    const client = own ?? options.client
    if (own !== undefined || isHydraClient(options.client)) await compareIssuer(client as HydraClient, options)
    if (introspects(options)) await tryIntrospection(client as HydraClient, options)
  } finally {
    await own?.close()
  }
}

/** OpenID Connect Discovery 1.0 section 4.3: the issuer of the document must be the one that was asked. */
async function compareIssuer(client: HydraClient, { issuer, publicUrl = issuer }: IssuerOptions): Promise<void> {
  const where = `${publicUrl}/.well-known/openid-configuration`
  const discovery = await client.oidc.discovery().then(
    (answer) => answer,
    (cause: unknown) => {
      throw unavailable(`The discovery document at ${where} cannot be read.`, cause)
    },
  )
  if (withoutSlash(discovery.issuer) === withoutSlash(issuer)) return
  throw optionsError(
    'issuer',
    `issuer is ${JSON.stringify(issuer)}, but the Hydra at ${publicUrl} issues its tokens as ${JSON.stringify(discovery.issuer)}.`,
    'Set issuer to what Hydra says (urls.self.issuer), and publicUrl to where this process reaches it.',
  )
}

/** A wrong address or wrong credentials would turn every opaque token into 503. */
async function tryIntrospection(client: HydraClient, options: IssuerOptions): Promise<void> {
  try {
    await client.tokens.introspect({ token: 'verify-on-start' })
  } catch (cause) {
    const where = options.introspectionUrl ?? options.adminUrl
    throw unavailable(`Introspection${where === undefined ? '' : ` at ${where}`} does not answer.`, cause)
  }
}

function introspects(options: IssuerOptions): boolean {
  return options.client !== undefined || options.adminUrl !== undefined || options.introspectionUrl !== undefined
}

function unavailable(problem: string, cause?: unknown): VerificationUnavailableError {
  return new VerificationUnavailableError(`${problem} verifyOnStart asks for this before the application starts.`, {
    retryAfterSeconds: 1,
    cause,
  })
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '')
}
