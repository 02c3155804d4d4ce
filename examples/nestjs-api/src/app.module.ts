import { HydraModule } from '@hydra-kit/nestjs'
import { Module } from '@nestjs/common'
import { MeController, PhotosController } from './photos.controller.ts'

const {
  HYDRA_ISSUER = 'http://127.0.0.1:4444',
  // All that an API needs of the admin port. Before Hydra 2.0 it is without /admin.
  HYDRA_INTROSPECTION_URL = 'http://127.0.0.1:4445/admin/oauth2/introspect',
} = process.env

@Module({
  imports: [
    // From here on every route needs an access token that Hydra issued for this API.
    HydraModule.forRoot({
      issuer: HYDRA_ISSUER,
      introspectionUrl: HYDRA_INTROSPECTION_URL,
      audience: 'https://api.example.com',
      routes: 'enforce',
    }),
  ],
  controllers: [PhotosController, MeController],
})
export class AppModule {}
