/** The same small API in Nest, bare and with a guard. Nest comes from where our module has it: there must be one of it. */
import { createRequire } from 'node:module'
import { ourOptions } from './apis.js'
import { AUDIENCE, ISSUER, SUBJECT } from './tokens.js'

const fromOurs = createRequire(new URL('../packages/nestjs/package.json', import.meta.url))
const fromPassport = createRequire(new URL('../packages/passport/package.json', import.meta.url))

export const NEST_BARE = 'bare Nest'
export const NEST_OURS = '@hydra-kit/nestjs'
export const NEST_PASSPORT = '@nestjs/passport + passport-jwt'

/** Each gives the imports and providers of the module, and how the handler reads the subject. */
const ways = {
  [NEST_BARE]: () => ({ subject: () => SUBJECT }),

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
}

/** The request listener of one contender. `platform` is `express` or `fastify`. */
export async function createNestApi(name, platform, hydraUrl) {
  const { NestFactory } = fromOurs('@nestjs/core')
  const { Controller, Get, Module, createParamDecorator } = fromOurs('@nestjs/common')
  const { imports = [], providers = [], subject } = await ways[name](hydraUrl)

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

  const app = await NestFactory.create(App, adapterOf(platform), { logger: false })
  await app.init()
  const instance = app.getHttpAdapter().getInstance()
  if (platform === 'express') return { listener: instance, close: () => app.close() }
  await instance.ready()
  return { listener: instance.routing.bind(instance), close: () => app.close() }
}

function adapterOf(platform) {
  if (platform === 'express') return new (fromOurs('@nestjs/platform-express').ExpressAdapter)()
  return new (fromOurs('@nestjs/platform-fastify').FastifyAdapter)()
}
