import { HydraModule } from '@hydra-kit/nestjs'
import { Module } from '@nestjs/common'
import { ChatGateway } from './chat.gateway.ts'

const {
  HYDRA_ISSUER = 'http://127.0.0.1:4444',
  // All that an API needs of the admin port. Before Hydra 2.0 it is without /admin.
  HYDRA_INTROSPECTION_URL = 'http://127.0.0.1:4445/admin/oauth2/introspect',
} = process.env

@Module({
  imports: [
    HydraModule.forRoot({
      issuer: HYDRA_ISSUER,
      introspectionUrl: HYDRA_INTROSPECTION_URL,
      audience: 'https://chat.example.com',
      routes: 'enforce',
      // Whoever only listens is cut off within this time, and that of the cache, after the token was revoked.
      websocket: { recheckSeconds: 30 },
    }),
  ],
  providers: [ChatGateway],
})
export class AppModule {}
