/** Authorize requests inside a JWT (OpenID Connect Core section 6). */
import { makeSigningKey, signJwt } from '../assertions.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow } from '../flow.ts'

export const requestObjectCases: readonly ContractCase[] = [
  defineCase({
    name: 'request-object-signed',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t, 'RS256')
      const client = await t.client({ request_object_signing_alg: 'RS256', jwks: { keys: [key.jwk] } })
      const claims = { client_id: client.id, response_type: 'code', login_hint: 'from the object', max_age: 600 }
      const good = new Flow(t, client, {
        name: 'good',
        params: { request: signJwt(key, claims), login_hint: 'from outside' },
      })
      t.redirectsTo(await good.authorize(), '/login')
      t.member(await good.getLogin(), 'oidc_context.login_hint', 'from the object')
      const stranger = makeSigningKey(t, 'RS256')
      for (const [name, request] of Object.entries({
        'another key': signJwt({ ...stranger, kid: key.kid }, claims),
        'another kid': signJwt({ ...key, kid: 'no-such-kid' }, claims),
        'no signature': unsigned(claims),
        garbage: 'garbage',
      })) {
        const answer = await new Flow(t, client, {
          name,
          params: { request: t.hide('request_object', request) },
        }).authorize()
        t.redirectError(answer, 'invalid_request_object', '/error')
      }
    },
  }),

  defineCase({
    name: 'request-object-by-uri',
    operations: ['oAuth2Authorize', 'getOAuth2LoginRequest'],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t, 'RS256')
      const claims = { response_type: 'code', login_hint: 'from the object' }
      const host = t.receiver('request', () => ({ text: signJwt(key, claims) }))
      const client = await t.client({
        request_object_signing_alg: 'RS256',
        jwks: { keys: [key.jwk] },
        request_uris: [host.url],
      })
      const flow = new Flow(t, client, { params: { request_uri: host.url } })
      t.redirectsTo(await flow.authorize(), '/login')
      t.member(await flow.getLogin(), 'oidc_context.login_hint', 'from the object')
      t.equal('it was fetched', host.requests.length >= 1, true)
    },
  }),
]

function unsigned(claims: Readonly<Record<string, unknown>>): string {
  const parts = [{ alg: 'none', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  return `${parts.join('.')}.`
}
