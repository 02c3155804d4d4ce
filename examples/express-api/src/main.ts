import { hydraAuth, hydraErrors, requireScopes, tokenOf } from '@hydra-kit/express'
import express from 'express'

const { HYDRA_ISSUER = 'http://127.0.0.1:4444', HYDRA_ADMIN_URL = 'http://127.0.0.1:4445', PORT = '8080' } = process.env

const app = express()
app.get('/health', (_req, res) => {
  res.json({ status: 'ok' })
})

// Everything below needs an access token that Hydra issued for this API.
app.use(
  hydraAuth({
    issuer: HYDRA_ISSUER,
    adminUrl: HYDRA_ADMIN_URL,
    audience: 'https://api.example.com',
    onRefused: ({ status, reason, message }) => console.log(status, reason, message),
  }),
)
app.get('/me', (req, res) => {
  const { subject, clientId, scopes, expiresAt } = tokenOf(req)
  res.json({ subject, clientId, scopes, expiresAt })
})
app.get('/photos', requireScopes('photos.read'), (_req, res) => {
  res.json(['Low tide', 'The orchard'])
})
app.use(hydraErrors())

const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log('listening on', server.address())
})
