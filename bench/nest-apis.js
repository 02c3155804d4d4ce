/** The same small API in Nest, bare and with a guard. Nest comes from where our module has it: there must be one of it. */
import { createRequire } from 'node:module'
import { ourOptions } from './apis.js'
import { AUDIENCE, ISSUER, KEYCLOAK_CLIENT, KEYCLOAK_REALM, SUBJECT } from './tokens.js'

const fromOurs = createRequire(new URL('../packages/nestjs/package.json', import.meta.url))
const fromPassport = createRequire(new URL('../packages/passport/package.json', import.meta.url))
/** The Nest of this folder is the newest that the stable nest-keycloak-connect accepts as its peer. */
const fromBench = createRequire(import.meta.url)

export const NEST_BARE = 'bare Nest'
export const NEST_OURS = '@hydra-kit/nestjs'
export const NEST_PASSPORT = '@nestjs/passport + passport-jwt'
/** Nest's own price of a guard. */
export const NEST_EMPTY = 'an empty guard'
export const NEST10_BARE = 'bare Nest 10'
export const NEST10_KEYCLOAK = 'nest-keycloak-connect (offline, on Nest 10)'

/** Each gives the imports and providers of the module, how the handler reads the subject, and where Nest is, if elsewhere. */
const ways = {
  [NEST_BARE]: () => ({ subject: () => SUBJECT }),

  [NEST10_BARE]: () => ({ nest: fromBench, subject: () => SUBJECT }),

  [NEST_EMPTY]() {
    const { APP_GUARD } = fromOurs('@nestjs/core')
    return { providers: [{ provide: APP_GUARD, useValue: { canActivate: () => true } }], subject: () => SUBJECT }
  },

  [NEST_OURS](hydraUrl) {
    const { HydraModule, tokenOf } = fromOurs('./dist/index.cjs')
    return {
      imports: [HydraModule.forRoot(ourOptions(hydraUrl))],
      subject: (_request, context) => tokenOf(context).subject,
    }
  },

  async [NEST_PASSPORT](hydraUrl) {
    const { APP_GUARD } = fromOurs('@nestjs/core')
    const { AuthGuard, PassportStrategy } = fromPassport('@nestjs/passport')
    const { ExtractJwt, Strategy } = (await import('passport-jwt')).default
    const { passportJwtSecret } = await import('jwks-rsa')
    class JwtStrategy extends PassportStrategy(Strategy) {
      constructor() {
        super({
          secretOrKeyProvider: passportJwtSecret({ cache: true, jwksUri: `${hydraUrl}/.well-known/jwks.json` }),
          jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
          audience: AUDIENCE,
          issuer: ISSUER,
          algorithms: ['RS256'],
        })
      }
      validate(claims) {
        return claims
      }
    }
    const providers = [JwtStrategy, { provide: APP_GUARD, useClass: AuthGuard('jwt') }]
    return { providers, subject: (request) => request.user.sub }
  },

  [NEST10_KEYCLOAK](hydraUrl) {
    const { APP_GUARD } = fromBench('@nestjs/core')
    const { AuthGuard, KeycloakConnectModule, TokenValidation } = fromBench('nest-keycloak-connect')
    const options = {
      authServerUrl: hydraUrl,
      realm: KEYCLOAK_REALM,
      clientId: KEYCLOAK_CLIENT,
      secret: 'secret',
      tokenValidation: TokenValidation.OFFLINE,
    }
    return {
      nest: fromBench,
      imports: [KeycloakConnectModule.register(options)],
      providers: [{ provide: APP_GUARD, useClass: AuthGuard }],
      subject: (request) => request.user.sub,
    }
  },
}

/** The request listener of one contender. `platform` is `express` or `fastify`. */
export async function createNestApi(name, platform, hydraUrl) {
  const { nest = fromOurs, imports = [], providers = [], subject } = await ways[name](hydraUrl)
  const { NestFactory } = nest('@nestjs/core')
  const { Controller, Get, Module, createParamDecorator } = nest('@nestjs/common')

  class Photos {
    list(owner) {
      return owner
    }
  }
  const Subject = createParamDecorator((_data, context) => subject(context.switchToHttp().getRequest(), context))
  Subject()(Photos.prototype, 'list', 0)
  Get()(Photos.prototype, 'list', Object.getOwnPropertyDescriptor(Photos.prototype, 'list'))
  Controller('photos')(Photos)
  class App {}
  Module({ imports, providers, controllers: [Photos] })(App)

  const app = await NestFactory.create(App, adapterOf(platform, nest), { logger: false })
  await app.init()
  const instance = app.getHttpAdapter().getInstance()
  if (platform === 'express') return { listener: instance, close: () => app.close() }
  await instance.ready()
  const listener = (request, response) => {
    request.httpVersion = '1.1' // as Node's HTTP parser says; Fastify 4 answers 505 without it
    instance.routing(request, response)
  }
  return { listener, close: () => app.close() }
}

function adapterOf(platform, nest) {
  if (platform === 'express') return new (nest('@nestjs/platform-express').ExpressAdapter)()
  return new (nest('@nestjs/platform-fastify').FastifyAdapter)()
}
