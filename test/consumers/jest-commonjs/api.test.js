const express = require('express')
const request = require('supertest')
const { useHydra, authorization } = require('@hydra-kit/embedded/testing')
const { hydraAuth, hydraErrors, requireScopes } = require('@hydra-kit/express')
const { fakeResourceServer, signedInAs } = require('@hydra-kit/resource-server/testing')

const audience = 'https://api.example.com'
const hydra = useHydra()

function photoApi(auth) {
  const api = express()
  api.use(auth)
  api.get('/photos', requireScopes('photos.read'), (req, res) => res.json({ for: req.accessToken.clientId }))
  api.use(hydraErrors())
  return api
}

test.each(['opaque', 'jwt'])('a %s token of the embedded Hydra is verified', async (format) => {
  const { issuer, publicUrl, adminUrl } = hydra
  const api = photoApi(hydraAuth({ issuer, publicUrl, adminUrl, audience }))
  const token = await hydra.mint.accessToken({
    format,
    clientId: 'photos',
    scope: ['photos.read'],
    audience: [audience],
  })
  await request(api).get('/photos').set(authorization(token)).expect(200, { for: 'photos' })
  await request(api).get('/photos').expect(401)
})

test('the testing subpath works without any server', () => {
  expect(typeof fakeResourceServer).toBe('function')
  expect(typeof signedInAs).toBe('function')
})
