/**
 * The registration endpoint that discovery names, in front of Hydra's own: for two reasons.
 *
 * Hydra takes everything from anybody: any scope, any audience, redirect addresses of any scheme. And it answers with
 * `contacts: null` and `client_uri: ""` for what was not sent (Hydra issue 4116), which the official MCP SDKs refuse.
 *
 * It limits what is registered, not how often: anybody may ask, and every answer is a row in Hydra's database that stays.
 * In production put a limit per address in front: in the reverse proxy (`limit_req` of nginx), or as middleware before this
 * router (express-rate-limit, with a store that all processes share).
 */
import { isHydraHttpError, type HydraClient, type OAuth2Client } from '@hydra-kit/client'
import express, { type Router } from 'express'
import { z } from 'zod'

/** RFC 7591 section 2: what clients of ours may say about themselves. Everything else is dropped. */
const registration = z.object({
  client_name: z.string().max(100).default('An app without a name'),
  redirect_uris: z.array(z.string().max(2000).refine(isRedirectUri)).min(1).max(10),
  grant_types: z.array(z.enum(['authorization_code', 'refresh_token'])).default(['authorization_code']),
  response_types: z.array(z.literal('code')).default(['code']),
  token_endpoint_auth_method: z
    .enum(['none', 'client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic'),
  scope: z.string().max(1000).default(''),
})

/** Serves `POST /register`. `scopes` are those that a client may ask for. */
export function registrationRouter(hydra: HydraClient, scopes: readonly string[]): Router {
  const router = express.Router()
  // Clients in a web page register too.
  router.use('/register', (_req, res, next) => {
    res.set({ 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type', vary: 'origin' })
    next()
  })
  router.options('/register', (_req, res) => void res.status(204).end())
  router.post('/register', express.json({ limit: '16kb' }), async (req, res) => {
    const { data, error } = registration.safeParse(req.body)
    if (data === undefined) {
      const isRedirect = error.issues.some(({ path }) => path[0] === 'redirect_uris')
      res.status(400).json({ error: isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata' })
      return
    }
    const wanted = data.scope.split(' ').filter((scope) => scopes.includes(scope))
    const scope = (wanted.length > 0 ? wanted : scopes).join(' ')
    try {
      const created = await hydra.registration.create({ ...data, scope })
      res.status(201).set('cache-control', 'no-store').json(said(created))
    } catch (failure) {
      if (!isHydraHttpError(failure)) throw failure
      // 404: dynamic registration is off.
      console.log('registration refused by Hydra:', failure.status, failure.error)
      res.status(503).json({ error: 'temporarily_unavailable' })
    }
  })
  return router
}

/** With these a client could change at Hydra itself what was vetted here (RFC 7592). */
const ofTheServer = ['registration_access_token', 'registration_client_uri']

/** The answer without members that say nothing, and without the way around this endpoint. */
function said(client: OAuth2Client): object {
  const members = Object.entries(client).filter(([, value]) => value !== null && value !== '')
  return Object.fromEntries(members.filter(([name]) => !ofTheServer.includes(name)))
}

/** https, or this very machine for clients that run on it (RFC 8252 section 7.3). */
function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, hash } = new URL(text)
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)
  return hash === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback))
}
