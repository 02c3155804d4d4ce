/** Verifiable credentials (OpenID Connect UserInfo Verifiable Credentials, draft 00). */
import assert from 'node:assert/strict'
import { SignJWT, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { newClient, signIn } from './given.js'

export const credentials = {
  async 'OidcApi.createVerifiableCredential'(world) {
    const scope = 'openid userinfo_credential_draft_00'
    const client = await newClient(world, { scope })
    const consent = { session: { id_token: { email: 'alice@example.com' } } }
    const { tokens } = await signIn(world, client, { user: { consent }, parameters: { scope } })
    assert.ok(tokens.c_nonce_draft_00)
    assert.equal(tokens.c_nonce_expires_in_draft_00, 3600)

    const { publicKey, privateKey } = await generateKeyPair('ES256')
    const jwt = await new SignJWT({ nonce: tokens.c_nonce_draft_00 })
      .setProtectedHeader({ alg: 'ES256', typ: 'openid4vci-proof+jwt', jwk: await exportJWK(publicKey) })
      .setIssuedAt()
      .sign(privateKey)
    const { status, data } = await world.sdk.public('OidcApi').createVerifiableCredential(
      {
        createVerifiableCredentialRequestBody: {
          format: 'jwt_vc_json',
          types: ['VerifiableCredential', 'UserInfoCredential'],
          proof: { proof_type: 'jwt', jwt },
        },
      },
      // The SDK has no authentication for this operation.
      { headers: { authorization: `Bearer ${tokens.access_token}` } },
    )
    assert.equal(status, 200)
    assert.equal(data.format, 'jwt_vc_json')

    const keys = createRemoteJWKSet(new URL(`${world.server.publicUrl}/.well-known/jwks.json`))
    const { payload } = await jwtVerify(data.credential_draft_00, keys, { issuer: world.server.publicUrl })
    assert.match(payload.sub, /^did:jwk:/)
    assert.equal(payload.vc.credentialSubject.sub, 'alice')
    assert.equal(payload.vc.credentialSubject.email, 'alice@example.com')
  },
}
