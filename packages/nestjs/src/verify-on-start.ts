/** Whether the Hydra that is running is the one that the options speak of. */
import type { HydraClient } from '@hydra-kit/client'
import { VerificationUnavailableError, type IssuerOptions, type ResourceServer } from '@hydra-kit/resource-server'
import type { IssuerClient } from './issuer-clients.ts'
import { optionsError } from './options-error.ts'

/**
 * Compares the options with the discovery document, asks about a token that nobody has, and fetches the keys.
 *
 * @param clients of the issuers that the resource server was made from; none for one that was handed in, which is only
 *   asked whether it is ready
 * @throws TypeError `ERR_OPTIONS` (rejects) if it is another Hydra
 * @throws VerificationUnavailableError (rejects) if it cannot be reached
 */
export async function verifyConfiguration(
  resourceServer: ResourceServer<unknown>,
  clients: readonly IssuerClient[],
): Promise<void> {
  await Promise.all(
    clients.map(async ({ client, options }) => {
      if (client === undefined) return
      await compareIssuer(client, options)
      if (introspects(options)) await tryIntrospection(client, options)
    }),
  )
  const { problems } = await resourceServer.ready()
  if (problems.length > 0) throw unavailable(`Tokens cannot be verified: ${problems.join('; ')}.`)
}

/** OpenID Connect Discovery 1.0 section 4.3: the issuer of the document must be the one that was asked. */
async function compareIssuer(client: HydraClient, { issuer, publicUrl = issuer }: IssuerOptions): Promise<void> {
  let said: string
  try {
    said = (await client.oidc.discovery()).issuer
  } catch (cause) {
    throw unavailable(`The discovery document of ${publicUrl} cannot be read.`, cause)
  }
  if (withoutSlash(said) === withoutSlash(issuer)) return
  throw optionsError(
    'issuer',
    `issuer is ${JSON.stringify(issuer)}, but the Hydra at ${publicUrl} issues its tokens as ${JSON.stringify(said)}.`,
    'Set issuer to what Hydra says (urls.self.issuer), and publicUrl to where this process reaches it.',
  )
}

/** A wrong address or wrong credentials would answer every opaque token with 503. */
async function tryIntrospection(client: HydraClient, options: IssuerOptions): Promise<void> {
  try {
    await client.tokens.introspect({ token: 'verify-on-start' })
  } catch (cause) {
    const where = options.introspectionUrl ?? options.adminUrl
    throw unavailable(`Introspection${where === undefined ? '' : ` at ${where}`} does not answer as it should.`, cause)
  }
}

function introspects(options: IssuerOptions): boolean {
  return options.client !== undefined || options.adminUrl !== undefined || options.introspectionUrl !== undefined
}

function unavailable(problem: string, cause?: unknown): VerificationUnavailableError {
  const message = `${problem} verifyOnStart asks for this before the application starts.`
  return new VerificationUnavailableError(message, { retryAfterSeconds: 1, cause })
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '')
}
