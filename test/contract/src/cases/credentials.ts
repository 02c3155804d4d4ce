/** Verifiable credentials (draft), from 2.2 on. */
import { makeSigningKey, signJwt, type SigningKey } from '../assertions.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { Flow } from '../flow.ts'

const path = '/credentials'
const scope = 'openid userinfo_credential_draft_00'
const types = ['VerifiableCredential', 'UserInfoCredential']

export const credentialCases: readonly ContractCase[] = [
  defineCase({
    name: 'credentials',
    operations: ['createVerifiableCredential', 'oauth2TokenExchange'],
    profile: 'default',
    since: '2.2',
    async run(t) {
      const client = await t.client({ scope: `${scope} offline` })
      const flow = new Flow(t, client, { scope })
      await flow.run({ consent: { session: { id_token: { email: 'alice@example.com' } } } })
      const tokens = await flow.tokens()
      t.status(tokens, 200)
      const nonce = tokens.string('c_nonce_draft_00')
      const bearer = tokens.string('access_token')
      const key = makeSigningKey(t)
      const ask = (step: string, json: unknown) => t.public.post(step, path, { json, bearer })
      const wanted = (jwt: string) => ({ format: 'jwt_vc_json', types, proof: { proof_type: 'jwt', jwt } })
      const priming = await ask('without proof', { format: 'jwt_vc_json', types })
      t.error(priming, 400, 'missing_proof')
      t.ok('a nonce', priming.string('c_nonce').length > 20)
      const good = await ask('with proof', wanted(proof(key, client.id, t.server.publicUrl, nonce)))
      t.status(good, 200)
      t.member(good, 'format', 'jwt_vc_json')
      const claims = JSON.parse(
        Buffer.from(good.string('credential_draft_00').split('.')[1] ?? '', 'base64url').toString(),
      ) as {
        vc?: { credentialSubject?: Record<string, unknown> }
      }
      t.equal('subject', claims.vc?.credentialSubject?.['email'], 'alice@example.com')
      t.status(await ask('wrong format', { ...wanted('x'), format: 'ldp_vc' }), 400)
      t.status(await ask('wrong types', { ...wanted('x'), types: ['Kitten'] }), 400)
      t.status(await ask('wrong proof type', { ...wanted('x'), proof: { proof_type: 'stamp', jwt: 'x' } }), 400)
      t.status(await ask('proof that is no JWT', wanted('x')), 400)
      t.status(await ask('made-up nonce', wanted(proof(key, client.id, t.server.publicUrl, 'made-up-nonce'))), 400)
      t.status(await t.public.post('not JSON', path, { text: '{', bearer }), 400)
      t.status(await t.public.post('no token', path, { json: { format: 'jwt_vc_json', types } }), 401)
      t.status(
        await t.public.post('garbage token', path, { json: { format: 'jwt_vc_json', types }, bearer: 'garbage' }),
        401,
      )
    },
  }),

  defineCase({
    name: 'credentials-need-their-scope',
    operations: ['createVerifiableCredential'],
    profile: 'default',
    since: '2.2',
    async run(t) {
      const client = await t.client()
      const flow = new Flow(t, client, { quiet: true })
      await flow.run()
      const tokens = await flow.tokens()
      t.member(tokens, 'c_nonce_draft_00', undefined)
      const bearer = tokens.string('access_token')
      const answer = await t.public.post('without the scope', path, { json: { format: 'jwt_vc_json', types }, bearer })
      t.ok('refused', answer.status >= 400 && answer.status < 500)
    },
  }),
]

/** The holder's proof: its key in the header, the server as audience. */
function proof(key: SigningKey, clientId: string, audience: string, nonce: string): string {
  const claims = { iss: clientId, aud: audience, iat: Math.floor(Date.now() / 1000), nonce }
  return signJwt(key, claims, { typ: 'openid4vci-proof+jwt', kid: undefined, jwk: { ...key.jwk, kid: undefined } })
}
