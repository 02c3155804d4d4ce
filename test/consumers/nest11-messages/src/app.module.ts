import { CurrentToken, HydraModule, RequireToken, Scopes, tokenOfSocket } from '@hydra-kit/nestjs'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { Module } from '@nestjs/common'
import { GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'

/** Where everything is; known when the module is made. */
export const settings = { issuer: '', adminUrl: '' }

interface Client {
  emit(event: string, data: unknown): unknown
}

@WebSocketGateway()
@Scopes('photos.read')
export class PhotosGateway {
  handleConnection(client: Client): void {
    client.emit('welcome', tokenOfSocket(client)?.subject)
  }

  // Without a decorator of its own: only Nest 12 runs global guards on gateways.
  @SubscribeMessage('mine')
  mine(@CurrentToken('subject') owner: string): string {
    return owner
  }

  @SubscribeMessage('add')
  @Scopes('photos.write')
  add(): string {
    return 'added'
  }
}

@Resolver()
export class PhotosResolver {
  @Query()
  @RequireToken()
  owner(@CurrentToken('subject') owner: string): string {
    return owner
  }

  @Mutation()
  @Scopes('photos.write')
  add(): string {
    return 'added'
  }
}

@Module({
  imports: [
    HydraModule.forRootAsync({
      useFactory: () => ({ ...settings, audience: 'https://api.example.com', routes: 'enforce' as const }),
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs: 'type Query { owner: String! } type Mutation { add: String! }',
      preserveHttpStatusForExecutionErrors: false,
    }),
  ],
  providers: [PhotosGateway, PhotosResolver],
})
export class AppModule {}
