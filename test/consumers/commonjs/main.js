const assert = require('node:assert/strict')
const events = require('node:events')
const { startHydra } = require('@hydra-kit/embedded')
const { HydraBearerStrategy } = require('@hydra-kit/passport')
const { createResourceServer, isBearerTokenError } = require('@hydra-kit/resource-server')
const express = require('express')
const passport = require('passport')

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
  await behindPassport(hydra, auth)
  await auth.close()
  await hydra.stop()
}

/** The strategy in an Express app, over the same resource server. */
async function behindPassport(hydra, resourceServer) {
  passport.use(new HydraBearerStrategy({ resourceServer }))
  const api = express()
  api.get('/photos', passport.authenticate('hydra', { session: false, scope: 'photos.read' }), (req, res) =>
    res.json({ for: req.user.clientId }),
  )
  const server = api.listen(0, '127.0.0.1')
  await events.once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/photos`
  const call = (token) => fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const mint = (scope) => hydra.mint.accessToken({ clientId: 'photos', scope: [scope], audience: [audience] })
  const seen = await call(await mint('photos.read'))
  assert.deepEqual([seen.status, await seen.json()], [200, { for: 'photos' }])
  const refused = await call(await mint('profile'))
  assert.equal(refused.status, 403)
  assert.match(refused.headers.get('www-authenticate'), /error="insufficient_scope".*scope="photos.read"/)
  server.close()
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)
