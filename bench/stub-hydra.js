/**
 * Stands in for Hydra in a process of its own, so that its work is not counted: keys, version and introspection, as
 * little of each as the contenders ask for. Any token of the right form is active. The keys are also where Keycloak has
 * them, for the contender that asks there.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { KEYCLOAK_REALM, introspection } from './tokens.js'

const ACTIVE = JSON.stringify(introspection())
const ACCESS_TOKEN = /(?:^|&)token=ory_at_[\w-]{43}\.[\w-]{43}(?:&|$)/
const KEYS = ['/.well-known/jwks.json', `/realms/${KEYCLOAK_REALM}/protocol/openid-connect/certs`]
const keys = readFileSync(join(process.argv[2], 'jwks.json'))
const counts = { keys: 0, introspections: 0 }

const server = createServer((request, response) => {
  const answer = (body) => {
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    })
    response.end(body)
  }
  if (KEYS.includes(request.url)) {
    counts.keys++
    answer(keys)
  } else if (request.url === '/version') {
    answer('{"version":"v26.2.0"}')
  } else if (request.url === '/admin/oauth2/introspect' && request.method === 'POST') {
    counts.introspections++
    let form = ''
    request.setEncoding('latin1').on('data', (chunk) => (form += chunk))
    request.on('end', () => answer(ACCESS_TOKEN.test(form) ? ACTIVE : '{"active":false}'))
  } else {
    response.writeHead(404).end()
  }
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
process.on('message', () => process.send({ ...counts }))
process.on('disconnect', () => process.exit())
