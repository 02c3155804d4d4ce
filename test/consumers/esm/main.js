import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { startHydra } from '@hydra-kit/embedded'
import { createHydraClient, isHydraHttpError } from '@hydra-kit/client'
import { hydraAuth, hydraErrors, requireScopes } from '@hydra-kit/express'
import { createResourceServer } from '@hydra-kit/resource-server'
import { fakeResourceServer } from '@hydra-kit/express/testing'
import express from 'express'

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

// A plain Node process has one copy, whichever way it is loaded: errors and caches are shared.
const require = createRequire(import.meta.url)
assert.equal(require('@hydra-kit/resource-server').createResourceServer, createResourceServer)
assert.equal(typeof fakeResourceServer, 'function')

server.close()
await client.close()
await hydra.stop()
process.exit(0)
