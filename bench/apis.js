/** The contenders: one small API per way of verifying access tokens, each set up as its own documentation says. */
import { hash } from 'node:crypto'
import express from 'express'
import { AUDIENCE, ISSUER, SUBJECT } from './tokens.js'

export const BARE = 'bare Express'
export const OURS = '@hydra-kit/express'
export const JOSE = 'jose alone'
export const UNDICI = 'undici alone'
export const SDK = 'official SDK'
/** What nobody who remembers tokens can leave out: Express's own price of a middleware, and a name for the token. */
export const EMPTY = 'an empty middleware'
export const HASH = 'SHA-256 of the token, nothing else'

/** An hour: nothing expires while it is measured. */
const FOREVER_S = 3_600

/** Each takes Hydra's address and gives the middleware and how a handler reads the subject. Only what is used is imported. */
const ways = {
  [BARE]: () => ({ subject: () => SUBJECT }),

  [EMPTY]: () => ({ middleware: (_req, _res, next) => next(), subject: () => SUBJECT }),

  [HASH]: () => ({
    middleware: (req, _res, next) => {
      const name = hash('sha256', req.headers.authorization.slice('Bearer '.length), 'binary')
      next(name.length === 32 ? undefined : new Error('no name'))
    },
    subject: () => SUBJECT,
  }),

  [OURS]: async (hydraUrl) => {
    const { hydraAuth } = await import('../packages/express/dist/index.js')
    return { middleware: hydraAuth(ourOptions(hydraUrl)), subject: (req) => req.accessToken.subject }
  },

  [JOSE]: async (hydraUrl) => byHand(await joseVerifier(hydraUrl)),

  'jose + lru-cache by hand': async (hydraUrl) => byHand(await cached(await joseVerifier(hydraUrl))),

  'express-oauth2-jwt-bearer': async (hydraUrl) => {
    const { auth } = await import('express-oauth2-jwt-bearer')
    const options = { issuer: ISSUER, jwksUri: keysUrl(hydraUrl), audience: AUDIENCE, tokenSigningAlg: 'RS256' }
    return { middleware: auth(options), subject: (req) => req.auth.payload.sub }
  },

  'express-jwt + jwks-rsa': async (hydraUrl) => {
    const { expressjwt } = await import('express-jwt')
    const { expressJwtSecret } = await import('jwks-rsa')
    const secret = expressJwtSecret(jwksRsaOptions(hydraUrl))
    const options = { secret, audience: AUDIENCE, issuer: ISSUER, algorithms: ['RS256'] }
    return { middleware: expressjwt(options), subject: (req) => req.auth.sub }
  },

  'passport-jwt + jwks-rsa': async (hydraUrl) => {
    const { Passport } = (await import('passport')).default
    const { ExtractJwt, Strategy } = (await import('passport-jwt')).default
    const { passportJwtSecret } = await import('jwks-rsa')
    const options = {
      secretOrKeyProvider: passportJwtSecret(jwksRsaOptions(hydraUrl)),
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      audience: AUDIENCE,
      issuer: ISSUER,
      algorithms: ['RS256'],
    }
    const passport = new Passport()
    passport.use(new Strategy(options, (claims, done) => done(null, claims)))
    return { middleware: passport.authenticate('jwt', { session: false }), subject: (req) => req.user.sub }
  },

  [UNDICI]: async (hydraUrl) => byHand(activeOnly(await undiciIntrospection(hydraUrl))),

  'undici + lru-cache by hand': async (hydraUrl) =>
    byHand(await cached(activeOnly(await undiciIntrospection(hydraUrl)))),

  [SDK]: async (hydraUrl) => byHand(activeOnly(await sdkIntrospection(hydraUrl))),
}

/** Who plays for which kind of token. */
export const contenders = {
  jwt: [
    OURS,
    JOSE,
    'jose + lru-cache by hand',
    'express-oauth2-jwt-bearer',
    'express-jwt + jwks-rsa',
    'passport-jwt + jwks-rsa',
  ],
  opaque: [OURS, UNDICI, 'undici + lru-cache by hand', SDK],
}

/** Whether a contender is ourselves, a floor that nobody can leave out, or (undefined) a rival. */
export function roleOf(name) {
  if (name.startsWith('@hydra-kit/')) return 'ours'
  return [JOSE, UNDICI, EMPTY, HASH].includes(name) ? 'floor' : undefined
}

/** The Express app of one contender. */
export async function createApi(name, hydraUrl) {
  const { middleware, subject } = await ways[name](hydraUrl)
  const app = express()
  if (middleware) app.use(middleware)
  app.get('/photos', (req, res) => res.end(subject(req)))
  app.use((error, _req, res, _next) => {
    res.statusCode = error.status ?? 500
    res.end()
  })
  return app
}

/** Our options, also for a bare resource server. Nothing but addresses differs from what an API would write. */
export function ourOptions(hydraUrl) {
  return {
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUrl: keysUrl(hydraUrl),
    introspectionUrl: `${hydraUrl}/admin/oauth2/introspect`,
    cache: { maxAgeSeconds: FOREVER_S },
  }
}

/** One call of undici, parsed: the floor under every introspection. */
export async function undiciIntrospection(hydraUrl) {
  const { Pool } = await import('undici')
  const pool = new Pool(hydraUrl)
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  return async (token) => {
    const { statusCode, body } = await pool.request({
      path: '/admin/oauth2/introspect',
      method: 'POST',
      headers,
      body: `token=${encodeURIComponent(token)}`,
    })
    if (statusCode !== 200) throw new Error(`introspection was answered with ${statusCode}`)
    return body.json()
  }
}

/** The same call through Ory's SDK. */
export async function sdkIntrospection(hydraUrl) {
  const { Configuration, OAuth2Api } = await import('@ory/hydra-client')
  const api = new OAuth2Api(new Configuration({ basePath: hydraUrl }))
  return async (token) => (await api.introspectOAuth2Token({ token })).data
}

async function joseVerifier(hydraUrl) {
  const { createRemoteJWKSet, jwtVerify } = await import('jose')
  const keys = createRemoteJWKSet(new URL(keysUrl(hydraUrl)))
  const options = { issuer: ISSUER, audience: AUDIENCE }
  return async (token) => (await jwtVerify(token, keys, options)).payload
}

function activeOnly(introspect) {
  return async (token) => {
    const answer = await introspect(token)
    if (!answer.active) throw new Error('not active')
    return answer
  }
}

/** A cache as teams write it: the token is the key, the claims are the value, expiry is checked. */
export async function cached(verify, max = 100_000) {
  const { LRUCache } = await import('lru-cache')
  const cache = new LRUCache({ max, ttl: FOREVER_S * 1000 })
  return async (token) => {
    let claims = cache.get(token)
    if (claims === undefined) {
      claims = await verify(token)
      cache.set(token, claims)
    }
    if (claims.exp * 1000 < Date.now()) throw new Error('expired')
    return claims
  }
}

/** The middleware that teams write around a verifying function. */
function byHand(verify) {
  return {
    middleware: async (req, res, next) => {
      const [scheme, token] = (req.headers.authorization ?? '').split(' ')
      if (scheme !== 'Bearer' || !token) return res.status(401).end()
      try {
        req.claims = await verify(token)
      } catch {
        return res.status(401).end()
      }
      next()
    },
    subject: (req) => req.claims.sub,
  }
}

function jwksRsaOptions(hydraUrl) {
  return { cache: true, rateLimit: true, jwksRequestsPerMinute: 5, jwksUri: keysUrl(hydraUrl) }
}

function keysUrl(hydraUrl) {
  return `${hydraUrl}/.well-known/jwks.json`
}
