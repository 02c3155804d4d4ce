import resourceServer = require('@hydra-kit/resource-server')
import client = require('@hydra-kit/client')

export const auth: resourceServer.ResourceServer = resourceServer.createResourceServer({
  issuer: 'https://auth.example.com',
  client: client.createHydraClient({ publicUrl: 'https://auth.example.com', adminUrl: 'http://127.0.0.1:4445' }),
  audience: 'https://api.example.com',
})
