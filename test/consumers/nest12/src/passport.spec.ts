import { authorization, useHydra } from '@hydra-kit/embedded/testing'
import { HydraBearerStrategy, userOrException, type VerifiedToken } from '@hydra-kit/passport'
import {
  Controller,
  Get,
  HttpException,
  Injectable,
  Req,
  UseGuards,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common'
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport'
import { Test } from '@nestjs/testing'
import request from 'supertest'
import type { App } from 'supertest/types.js'

const hydra = useHydra()

@Injectable()
class HydraStrategy extends PassportStrategy(HydraBearerStrategy, 'hydra') {
  constructor() {
    super({ issuer: hydra.issuer, adminUrl: hydra.adminUrl, audience: null })
  }

  validate(token: VerifiedToken) {
    return { id: token.subject }
  }
}

@Injectable()
class HydraGuard extends AuthGuard('hydra') {
  override handleRequest<User>(error: unknown, user: User | false, _info: unknown, context: ExecutionContext): User {
    return userOrException(error, user, context, HttpException)
  }
}

@Controller('me')
@UseGuards(HydraGuard)
class MeController {
  @Get()
  me(@Req() req: { user: { id: string } }) {
    return req.user
  }
}

let app: INestApplication<App>
beforeEach(async () => {
  const module = await Test.createTestingModule({
    imports: [PassportModule],
    controllers: [MeController],
    providers: [HydraStrategy, HydraGuard],
  }).compile()
  app = module.createNestApplication({ logger: false })
  await app.init()
})
afterEach(async () => {
  await app.get(HydraStrategy).resourceServer.close()
  await app.close()
})

test('the strategy of @hydra-kit/passport', async () => {
  const me = () => request(app.getHttpServer()).get('/me')
  await me()
    .set(authorization(await hydra.mint.accessToken({ subject: 'ada' })))
    .expect(200, { id: 'ada' })
  const answer = await me().set('Authorization', 'Bearer nonsense').expect(401)
  expect(answer.headers['www-authenticate']).toContain('error="invalid_token"')
})
