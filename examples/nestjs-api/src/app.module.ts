import { HydraModule } from '@hydra-kit/nestjs'
import { Module } from '@nestjs/common'
import { MeController, PhotosController } from './photos.controller.ts'

const { HYDRA_ISSUER = 'http://127.0.0.1:4444', HYDRA_ADMIN_URL = 'http://127.0.0.1:4445' } = process.env

@Module({
  imports: [
    // From here on every route needs an access token that Hydra issued for this API.
    HydraModule.forRoot({
      issuer: HYDRA_ISSUER,
      adminUrl: HYDRA_ADMIN_URL,
      audience: 'https://api.example.com',
      routes: 'enforce',
    }),
  ],
  controllers: [PhotosController, MeController],
})
export class AppModule {}
