import { CurrentToken, Public, RequireToken, Scopes, type VerifiedToken } from '@hydra-kit/nestjs'
import { Controller, Get, Post } from '@nestjs/common'

@Controller('photos')
@Scopes('photos.read')
export class PhotosController {
  @Get()
  list(): readonly string[] {
    return ['Low tide', 'The orchard']
  }

  /** What stands on a handler replaces what stands on its class. */
  @Post()
  @Scopes('photos.write')
  add(@CurrentToken('subject') subject: string): { owner: string } {
    return { owner: subject }
  }
}

@Controller()
export class MeController {
  @Get('me')
  @RequireToken()
  me(@CurrentToken() { subject, clientId, scopes, expiresAt }: VerifiedToken): object {
    return { subject, clientId, scopes, expiresAt }
  }

  @Get('health')
  @Public()
  health(): { status: 'ok' } {
    return { status: 'ok' }
  }
}
