import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { startHydra } from '@hydra-kit/embedded'
import { createHydraClient, isHydraHttpError } from '@hydra-kit/client'
import { hydraAuth, hydraErrors, requireScopes } from '@hydra-kit/express'
import { createResourceServer } from '@hydra-kit/resource-server'
import { fakeResourceServer } from '@hydra-kit/express/testing'
import { HydraBearerStrategy, failureOf } from '@hydra-kit/passport'
import express from 'express'
import passport from 'passport'

const audience = 'https://api.example.com'
const hydra = await startHydra()
const client = createHydraClient({ publicUrl: hydra.publicUrl, adminUrl: hydra.adminUrl })
const { issuer, adminUrl, publicUrl } = hydra

const created = await client.clients.create({ client_name: 'photos', grant_types: ['client_credentials'] })
assert.equal(created.client_name, 'photos')
await assert.rejects(client.clients.get('nobody'), isHydraHttpError)

const api = express()
api.use(hydraAuth({ issuer, publicUrl, adminUrl, audience }))
api.get('/photos', requireScopes('photos.read'), (req, res) => res.json({ for: req.accessToken.clientId }))
api.use(hydraErrors())
passport.use(new HydraBearerStrategy({ issuer, publicUrl, adminUrl, audience }))
const passportApi = express()
passportApi.get('/photos', passport.authenticate('hydra', { session: false, scope: 'photos.read' }), (req, res) =>
  res.json({ for: req.user.clientId }),
)
const server = api.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const url = `http://127.0.0.1:${server.address().port}/photos`

for (const format of ['opaque', 'jwt']) {
  const token = await hydra.mint.accessToken({
    format,
    clientId: 'photos',
    scope: ['photos.read'],
    audience: [audience],
  })
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(answer.status, 200, format)
  assert.deepEqual(await answer.json(), { for: 'photos' })
}
assert.equal((await fetch(url)).status, 401)

const passportServer = passportApi.listen(0, '127.0.0.1')
await new Promise((resolve) => passportServer.once('listening', resolve))
const passportUrl = `http://127.0.0.1:${passportServer.address().port}/photos`
const token = await hydra.mint.accessToken({ clientId: 'photos', scope: ['photos.read'], audience: [audience] })
const seen = await fetch(passportUrl, { headers: { authorization: `Bearer ${token}` } })
assert.deepEqual([seen.status, await seen.json()], [200, { for: 'photos' }])
const refused = await fetch(passportUrl)
assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer scope="photos.read"'])

// A plain Node process has one copy, whichever way it is loaded: errors and caches are shared.
const require = createRequire(import.meta.url)
assert.equal(require('@hydra-kit/resource-server').createResourceServer, createResourceServer)
assert.equal(require('@hydra-kit/passport').failureOf, failureOf)
assert.equal(typeof fakeResourceServer, 'function')

server.close()
passportServer.close()
await client.close()
await hydra.stop()
process.exit(0)
