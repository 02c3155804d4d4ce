/** Clients that authenticate with a key (RFC 7523 section 2.2). */
import type { Answer } from '../answer.ts'
import {
  assertion,
  assertionType,
  makeSigningKey,
  signJwt,
  type AssertionClaims,
  type SigningKey,
} from '../assertions.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import type { TestClient } from '../test-client.ts'

export const privateKeyJwtCases: readonly ContractCase[] = [
  defineCase({
    name: 'private-key-jwt',
    operations: ['oauth2TokenExchange', 'introspectOAuth2Token', 'revokeOAuth2Token'],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t, 'RS256')
      const client = await t.client({
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS256',
        jwks: { keys: [key.jwk] },
      })
      await checkPrivateKeyClient(t, client, key)
      const token = await keyCall(t, 'token to revoke', '/oauth2/token', client, key, {
        grant_type: 'client_credentials',
      })
      const revoked = await keyCall(t, 'revoke', '/oauth2/revoke', client, key, { token: token.string('access_token') })
      t.status(revoked, 200)
      t.equal(
        'ended',
        (await t.admin.post('introspect', '/oauth2/introspect', { form: { token: token.string('access_token') } }))
          .json,
        { active: false },
      )
    },
  }),

  defineCase({
    name: 'private-key-jwt-by-jwks-uri',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t, 'RS256')
      const host = t.receiver('jwks', () => ({ json: { keys: [key.jwk] } }))
      const client = await t.client({
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: host.url,
      })
      const answer = await keyCall(t, 'token', '/oauth2/token', client, key, { grant_type: 'client_credentials' })
      t.status(answer, 200)
      t.ok('the keys were fetched', host.requests.length >= 1)
    },
  }),

  defineCase({
    name: 'private-key-jwt-algorithms',
    operations: ['oauth2TokenExchange'],
    profile: 'default',
    async run(t) {
      const elliptic = makeSigningKey(t)
      const rsa = makeSigningKey(t, 'RS256')
      const client = await t.client({
        client_secret: undefined,
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [elliptic.jwk, rsa.jwk] },
      })
      const withSecret = await t.client()
      const claims = (id: string) => ({ iss: id, sub: id, aud: `${t.server.publicUrl}/oauth2/token` })
      const post = (step: string, client_assertion: string, form = {}) =>
        t.public.post(step, '/oauth2/token', {
          form: { grant_type: 'client_credentials', client_assertion, client_assertion_type: assertionType, ...form },
        })
      t.status(await post('ES256', assertion(elliptic, claims(client.id))), 200)
      t.error(await post('RS256 where ES256 is registered', assertion(rsa, claims(client.id))), 401, 'invalid_client')
      t.error(
        await post('an assertion of a client with a secret', assertion(elliptic, claims(withSecret.id))),
        401,
        'invalid_client',
      )
      t.error(await post('unknown client', assertion(elliptic, claims('nobody'))), 401, 'invalid_client')
      t.error(
        await post('unknown assertion type', assertion(elliptic, claims(client.id)), {
          client_assertion_type: 'paper',
        }),
        400,
        'invalid_request',
      )
      t.error(
        await post('client_id of another client', assertion(elliptic, claims(client.id)), { client_id: withSecret.id }),
        401,
        'invalid_client',
      )
      const bare = { ...claims(client.id), exp: 4_000_000_000, jti: t.unique('jti') }
      t.status(await post('no kid', signJwt(elliptic, bare, { kid: undefined })), 200)
    },
  }),
]

function keyCall(
  t: CaseContext,
  step: string,
  target: string,
  client: TestClient,
  key: SigningKey,
  form: Readonly<Record<string, string | undefined>>,
  claims: AssertionClaims = {},
): Promise<Answer> {
  const client_assertion = assertion(key, {
    iss: client.id,
    sub: client.id,
    aud: `${t.server.publicUrl}/oauth2/token`,
    ...claims,
  })
  return t.public.post(step, target, { form: { client_assertion, client_assertion_type: assertionType, ...form } })
}

/** The facts that hold for a client whatever keys it has. */
async function checkPrivateKeyClient(t: CaseContext, client: TestClient, key: SigningKey): Promise<void> {
  const call = (step: string, claims: AssertionClaims, form: Readonly<Record<string, string | undefined>> = {}) =>
    keyCall(t, step, '/oauth2/token', client, key, { grant_type: 'client_credentials', ...form }, claims)
  t.status(await call('good', {}), 200)
  t.status(await call('with client_id beside it', {}, { client_id: client.id }), 200)
  const jti = t.unique('jti')
  t.status(await call('a jti', { jti }), 200)
  t.status(await call('the same jti again', { jti }), 400)
  for (const [step, claims] of Object.entries<AssertionClaims>({
    'iss is not the client': { iss: 'somebody' },
    'aud is something else': { aud: 'https://other.example' },
    'no jti': { jti: undefined },
    'no exp': { exp: undefined },
  })) {
    const answer = await call(step, claims)
    t.equal(`${step}: refused`, answer.status >= 400 && answer.status < 500 ? 'refused' : answer.status, 'refused')
  }
  // The expiry is noticed, and then reported as if the server had failed.
  t.status(await call('expired', { exp: 1_600_000_000 }), 500)
  t.error(await call('sub is another client', { sub: 'somebody' }), 401, 'invalid_client')
  const stranger = makeSigningKey(t, 'RS256')
  const forged = await keyCall(
    t,
    'signed by another key',
    '/oauth2/token',
    client,
    { ...stranger, kid: key.kid },
    { grant_type: 'client_credentials' },
  )
  t.error(forged, 401, 'invalid_client')
  const garbage = {
    grant_type: 'client_credentials',
    client_assertion: 'garbage',
    client_assertion_type: assertionType,
  }
  t.error(await t.public.post('garbage', '/oauth2/token', { form: garbage }), 401, 'invalid_client')
  const idOnly = { grant_type: 'client_credentials', client_id: client.id, client_secret: 'a-secret-it-has-not' }
  t.error(await t.public.post('a secret instead', '/oauth2/token', { form: idOnly }), 401, 'invalid_client')
}
