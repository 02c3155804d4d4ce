const assert = require('node:assert/strict')
const { startHydra } = require('@hydra-kit/embedded')
const { createResourceServer, isBearerTokenError } = require('@hydra-kit/resource-server')

const audience = 'https://api.example.com'

async function main() {
  const hydra = await startHydra()
  const { issuer, publicUrl, adminUrl } = hydra
  const auth = createResourceServer({ issuer, publicUrl, adminUrl, audience })
  for (const format of ['opaque', 'jwt']) {
    const token = await hydra.mint.accessToken({
      format,
      clientId: 'photos',
      scope: ['photos.read'],
      audience: [audience],
    })
    const verified = await auth.verify(token)
    assert.equal(verified.clientId, 'photos')
    assert.equal(verified.format, format)
  }
  await assert.rejects(auth.verify('not.a-token'), isBearerTokenError)
  await auth.close()
  await hydra.stop()
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
