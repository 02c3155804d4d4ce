import { CurrentToken, Public, Scopes, type VerifiedToken } from '@hydra-kit/nestjs'
import { Controller, Get, Injectable, Post } from '@nestjs/common'

@Injectable()
export class AlbumService {
  photosOf(owner: string | undefined): string[] {
    return owner === 'ada' ? ['Low tide'] : []
  }
}

@Controller('photos')
@Scopes('photos.read')
export class PhotosController {
  // Injected by its type, as everybody writes it: the compiler's metadata must survive next to our decorators.
  constructor(private readonly albums: AlbumService) {}

  @Get()
  list(@CurrentToken() token: VerifiedToken) {
    return { owner: token.subject, photos: this.albums.photosOf(token.subject) }
  }

  @Post()
  @Scopes('photos.write')
  add(@CurrentToken('clientId') by: string) {
    return { by }
  }

  @Get('about')
  @Public()
  about() {
    return { open: true }
  }
}
