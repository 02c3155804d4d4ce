import type { Engine } from '../engine.ts'
import { findActiveToken } from '../tokens/introspection.ts'
import type { Answer } from './answer.ts'
import { type HydraRequest, bearerToken, bodyForm } from './request.ts'

/**
 * Cross-origin requests to the public port (`serve.public.cors`). Hydra has two layers: one around everything that
 * knows the configured origins, and one around the endpoints that browser apps call, which also knows the origins of
 * the client that asks. Preflights never get past the first, so a client's own origins help with simple requests only.
 */

const defaults = {
  methods: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE'],
  headers: ['Accept', 'Content-Type', 'Content-Length', 'Accept-Language', 'Content-Language', 'Authorization'],
  exposed: [
    'Cache-Control',
    'Expires',
    'Last-Modified',
    'Pragma',
    'Content-Length',
    'Content-Language',
    'Content-Type',
  ],
} as const

/** Endpoints inside the second layer. */
const perClient: Readonly<Record<string, readonly string[]>> = {
  '/oauth2/token': ['POST', 'OPTIONS'],
  '/oauth2/revoke': ['POST', 'OPTIONS'],
  '/.well-known/openid-configuration': ['GET', 'HEAD', 'OPTIONS'],
  '/.well-known/oauth-authorization-server': ['GET', 'HEAD', 'OPTIONS'],
  '/.well-known/jwks.json': ['GET', 'HEAD', 'OPTIONS'],
  '/userinfo': ['GET', 'HEAD', 'POST', 'OPTIONS'],
  '/credentials': ['POST', 'OPTIONS'],
}

/** The answer to a preflight, `undefined` for any other request and while CORS is off. */
export function preflightAnswer({ config }: Engine, request: HydraRequest): Answer | undefined {
  const { cors } = config
  const method = request.headers['access-control-request-method'] ?? ''
  if (cors === undefined || request.port !== 'public' || request.method !== 'OPTIONS' || method === '') return undefined
  const vary = ['Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'] as const
  const origin = request.headers['origin'] ?? ''
  const asked = request.headers['access-control-request-headers']
  const { allowedOrigins = [], allowedMethods = defaults.methods, maxAgeSeconds = 0 } = cors
  const granted =
    isConfiguredOrigin(allowedOrigins, origin) &&
    (method === 'OPTIONS' || allowedMethods.includes(method)) &&
    acceptsHeaders(cors.allowedHeaders ?? defaults.headers, asked)
  if (origin === '' || !granted) return { status: 204, headers: [vary], body: '' }
  return {
    status: 204,
    headers: [
      vary,
      ['Access-Control-Allow-Origin', allowsAll(allowedOrigins) ? '*' : origin],
      ['Access-Control-Allow-Methods', method],
      ...(asked === undefined || asked === '' ? [] : [['Access-Control-Allow-Headers', asked] as const]),
      ...credentials(cors.allowCredentials),
      ...(maxAgeSeconds > 0 ? [['Access-Control-Max-Age', String(maxAgeSeconds)] as const] : []),
    ],
    body: '',
  }
}

/** The headers that CORS adds to the answer of any other request. */
export async function corsHeaders(engine: Engine, request: HydraRequest): Promise<Answer['headers']> {
  const { cors } = engine.config
  if (cors === undefined || request.port !== 'public') return []
  const inner = perClient[request.path]?.includes(request.method) === true
  // Each layer says it once; health has the first layer twice.
  const vary = ['Vary', inner || request.path.startsWith('/health/') ? 'Origin, Origin' : 'Origin'] as const
  const origin = request.headers['origin'] ?? ''
  const { allowedOrigins = [], allowedMethods = defaults.methods, exposedHeaders = defaults.exposed } = cors
  if (origin === '' || !(request.method === 'OPTIONS' || allowedMethods.includes(request.method))) return [vary]
  const configured = isConfiguredOrigin(allowedOrigins, origin)
  if (!configured && !(inner && (await isInnerOrigin(engine, request, origin)))) return [vary]
  return [
    vary,
    // The inner layer names the origin even where all are allowed.
    ['Access-Control-Allow-Origin', allowsAll(allowedOrigins) && !inner ? '*' : origin],
    ...(exposedHeaders.length === 0 ? [] : [['Access-Control-Expose-Headers', exposedHeaders.join(', ')] as const]),
    ...credentials(cors.allowCredentials),
  ]
}

function credentials(allow = true): Answer['headers'] {
  return allow ? [['Access-Control-Allow-Credentials', 'true']] : []
}

function allowsAll(origins: readonly string[]): boolean {
  return origins.length === 0 || origins.includes('*')
}

/** The outer layer: `*` stands for any characters, once. */
function isConfiguredOrigin(origins: readonly string[], origin: string): boolean {
  if (allowsAll(origins)) return true
  const given = origin.toLowerCase()
  return origins.some((allowed) => {
    const [prefix = '', suffix] = allowed.toLowerCase().split('*')
    if (suffix === undefined) return prefix === given
    return given.length >= prefix.length + suffix.length && given.startsWith(prefix) && given.endsWith(suffix)
  })
}

/** Browsers send the names in lower case, sorted and each once; nothing else is accepted. */
function acceptsHeaders(allowed: readonly string[], asked: string | undefined): boolean {
  if (asked === undefined || allowed.includes('*')) return true
  const known = new Set(allowed.map((name) => name.toLowerCase()))
  const names = asked.split(',').flatMap((name) => name.trim() || [])
  return names.every((name, at) => known.has(name) && (at === 0 || name > (names[at - 1] ?? '')))
}

/** The inner layer: `*` stands for anything but a dot, and the client may have origins of its own. */
async function isInnerOrigin(engine: Engine, request: HydraRequest, origin: string): Promise<boolean> {
  const given = origin.toLowerCase()
  if (engine.config.cors?.allowedOrigins?.some((pattern) => matchesGlob(pattern, given)) === true) return true
  // Not a preflight, but it carries no credentials either.
  if (request.method === 'OPTIONS') return true
  const client = engine.state.clients.get(await clientIdOf(engine, request))
  return (client?.allowed_cors_origins ?? []).some((pattern) => matchesGlob(pattern, given))
}

function matchesGlob(pattern: string, origin: string): boolean {
  const glob = pattern.toLowerCase().replace(/^([^:]*:\/\/)\*$/, '$1**')
  const source = glob.replace(/\*\*|[*?]|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '**') return '.*'
    if (token === '*') return '[^.]*'
    return token === '?' ? '[^.]' : `\\${token}`
  })
  return new RegExp(`^${source}$`).test(origin)
}

/** Which client a request speaks for: by form, by Basic authentication, by its access token; "" if nothing says so. */
async function clientIdOf(engine: Engine, request: HydraRequest): Promise<string> {
  const posted = (await bodyForm(request).catch(() => new URLSearchParams())).get('client_id') ?? ''
  if (posted !== '') return posted
  const basic = /^basic +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString().split(':')[0] ?? ''
  const token = await bearerToken(request).catch(() => '')
  if (token === '') return ''
  return findActiveToken(engine, { token, hint: 'access_token' }).then(
    ({ stored }) => stored.request.clientId,
    () => '',
  )
}
