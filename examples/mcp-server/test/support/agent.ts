/** What an MCP client keeps of its sign-in, in memory, and where it sends its user. */
import { randomBytes } from 'node:crypto'
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

type Awaitable<Method extends (...args: never[]) => unknown> = Awaited<ReturnType<Method>>
type ClientInformation = NonNullable<Awaitable<OAuthClientProvider['clientInformation']>>
type Tokens = NonNullable<Awaitable<OAuthClientProvider['tokens']>>

/** A request that was sent, and how it was answered. */
export interface Seen {
  readonly request: string
  readonly status: number
  readonly challenge: string | null
}

export class Agent implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:5173/callback'
  readonly clientMetadata = {
    client_name: 'Test agent',
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  /** Every request, in order. */
  readonly seen: Seen[] = []
  /** Where the user was sent. */
  authorizationUrl = new URL('about:blank')
  #state = ''
  #verifier = ''
  #client: ClientInformation | undefined
  #tokens: Tokens | undefined

  state(): string {
    this.#state = randomBytes(16).toString('hex')
    return this.#state
  }
  clientInformation(): ClientInformation | undefined {
    return this.#client
  }
  saveClientInformation(client: ClientInformation): void {
    this.#client = client
  }
  tokens(): Tokens | undefined {
    return this.#tokens
  }
  saveTokens(tokens: Tokens): void {
    this.#tokens = tokens
  }
  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url
  }
  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier
  }
  codeVerifier(): string {
    return this.#verifier
  }

  /** A connection to a server. */
  transport(url: string): StreamableHTTPClientTransport {
    return new StreamableHTTPClientTransport(new URL(url), { authProvider: this, fetch: this.#fetch })
  }

  /** The code of the address that the user came back to. */
  codeOf(location: URL | undefined): string {
    const code = location?.searchParams.get('code')
    if (location?.searchParams.get('state') !== this.#state || !code) {
      throw new Error(`no code of this sign-in: ${location?.searchParams.get('error') ?? 'no error either'}`)
    }
    return code
  }

  readonly #fetch = async (input: string | URL, init?: RequestInit): Promise<Response> => {
    const answer = await fetch(input, init)
    const { origin, pathname } = new URL(input)
    this.seen.push({
      request: `${init?.method ?? 'GET'} ${origin}${pathname}`,
      status: answer.status,
      challenge: answer.headers.get('www-authenticate'),
    })
    return answer
  }
}
