/** Signs users in: authorization code + PKCE by openid-client, as any web app would. */
import * as oidc from 'openid-client'
import type { Credentials } from './demo-clients.ts'
import { scope } from './demo-clients.ts'
import { audience } from './photo-api.ts'

/** What must be remembered from the start of a sign-in until the browser is back. */
export interface PendingSignIn {
  state: string
  nonce: string
  verifier: string
}

/** Who signed in, and the tokens. They stay on the server. */
export interface SignedIn {
  subject: string
  accessToken: string
  refreshToken: string | undefined
  /** JWT: three parts with dots between; anything else means nothing to us and is called opaque. */
  format: 'jwt' | 'opaque'
  scopes: string[]
  expiresAt: Date
}

/** One registered client at one Hydra. */
export interface SignInClient {
  start(): Promise<{ url: string; pending: PendingSignIn }>
  finish(callback: URL, pending: PendingSignIn): Promise<SignedIn>
  refresh(signedIn: SignedIn): Promise<SignedIn>
  revoke(signedIn: SignedIn): Promise<void>
}

/**
 * @param server Hydra's discovery document
 * @param now the clock that tokens live by, in milliseconds
 */
export function createSignInClient(
  server: oidc.ServerMetadata,
  credentials: Credentials,
  redirectUri: string,
  now: () => number,
): SignInClient {
  const { clientId, clientSecret } = credentials

  /** Made anew each time, because an embedded Hydra can run ahead of the wall clock that ID tokens are checked with. */
  const configuration = (): oidc.Configuration => {
    const metadata = { [oidc.clockSkew]: Math.round((now() - Date.now()) / 1000) }
    const config = new oidc.Configuration(server, clientId, metadata, oidc.ClientSecretBasic(clientSecret))
    // A Hydra on this machine, without TLS.
    if (server.issuer.startsWith('http:')) oidc.allowInsecureRequests(config)
    return config
  }

  return {
    async start() {
      const pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier() }
      const url = oidc.buildAuthorizationUrl(configuration(), {
        redirect_uri: redirectUri,
        scope,
        audience,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, pending }
    },
    async finish(callback, pending) {
      const tokens = await oidc.authorizationCodeGrant(configuration(), callback, {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.verifier,
        idTokenExpected: true,
      })
      return signedIn(tokens, tokens.claims()?.sub ?? '', now)
    },
    async refresh(before) {
      const tokens = await oidc.refreshTokenGrant(configuration(), before.refreshToken ?? '')
      return signedIn(tokens, before.subject, now)
    },
    async revoke({ accessToken }) {
      await oidc.tokenRevocation(configuration(), accessToken)
    },
  }
}

function signedIn(tokens: oidc.TokenEndpointResponse, subject: string, now: () => number): SignedIn {
  return {
    subject,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    format: tokens.access_token.split('.').length === 3 ? 'jwt' : 'opaque',
    scopes: (tokens.scope ?? '').split(' ').filter((name) => name !== ''),
    expiresAt: new Date(now() + (tokens.expires_in ?? 0) * 1000),
  }
}
