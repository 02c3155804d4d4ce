/** How an OAuth 2.0 client says who it is at endpoints of the public port (RFC 6749 section 2.3). */
import { optionsError } from './options-error.ts'
import { requireText } from './arguments.ts'

/** A client's credentials. The method must be the one that the client is registered with: Hydra refuses any other. */
export interface ClientCredentials {
  /** The client. */
  clientId?: string | undefined
  /** Absent for public clients (`none`). */
  clientSecret?: string | undefined
  /** A signed JWT instead of a secret (`private_key_jwt`, RFC 7523 section 2.2); a fresh `jti` each time. */
  clientAssertion?: string | undefined
  /**
   * How the secret travels: in the Authorization header or in the form. Default `client_secret_basic`, which is also
   * Hydra's default. Has no meaning without a secret.
   */
  authMethod?: 'client_secret_basic' | 'client_secret_post' | undefined
}

/** The form fields and the header that carry credentials. */
export interface CredentialParts {
  form: {
    client_id?: string | undefined
    client_secret?: string | undefined
    client_assertion?: string | undefined
    client_assertion_type?: string | undefined
  }
  authorization: string | undefined
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** @throws TypeError `ERR_OPTIONS` for a secret without an id */
export function clientCredentials({
  clientId,
  clientSecret,
  clientAssertion,
  authMethod,
  ...rest
}: ClientCredentials): CredentialParts {
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw optionsError(`unknown argument ${JSON.stringify(unknown)}`)
  if (authMethod !== undefined && authMethod !== 'client_secret_basic' && authMethod !== 'client_secret_post') {
    throw optionsError("`authMethod` must be 'client_secret_basic' or 'client_secret_post'")
  }
  if (clientAssertion !== undefined) {
    if (clientSecret !== undefined) throw optionsError('give `clientSecret` or `clientAssertion`, not both')
    const client_assertion = requireText(clientAssertion, 'clientAssertion')
    return {
      form: { client_id: clientId, client_assertion, client_assertion_type: ASSERTION_TYPE },
      authorization: undefined,
    }
  }
  if (clientSecret === undefined) return { form: { client_id: clientId }, authorization: undefined }
  const id = requireText(clientId, 'clientId')
  if (authMethod === 'client_secret_post') {
    return { form: { client_id: id, client_secret: clientSecret }, authorization: undefined }
  }
  // RFC 6749 section 2.3.1: both parts are form-encoded first, and Hydra decodes them.
  const pair = `${formEncode(id)}:${formEncode(clientSecret)}`
  return { form: {}, authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function formEncode(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2)
}
