import { HydraModule, LoginConsentModule } from '@hydra-kit/nestjs'
import { Module } from '@nestjs/common'
import { AccountController, UserService } from './account.controller.js'
import { AlbumService, PhotosController } from './photos.controller.js'

/** Where everything is; in a test this is only known when the module is made. */
export const settings = { issuer: '', adminUrl: '', publicUrl: '' }

@Module({
  imports: [
    HydraModule.forRootAsync({
      useFactory: () => ({
        issuer: settings.issuer,
        adminUrl: settings.adminUrl,
        audience: 'https://api.example.com',
      }),
    }),
    LoginConsentModule.forRootAsync({
      useFactory: () => ({
        hydra: { adminUrl: settings.adminUrl },
        issuer: settings.issuer,
        publicUrl: settings.publicUrl,
        secret: 'a secret of thirty-two bytes or more',
      }),
    }),
  ],
  controllers: [PhotosController, AccountController],
  providers: [AlbumService, UserService],
})
export class AppModule {}
