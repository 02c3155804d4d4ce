import { HydraModule } from '@hydra-kit/nestjs'
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo'
import { Module } from '@nestjs/common'
import { GraphQLModule } from '@nestjs/graphql'
import { PhotosResolver } from './photos.resolver.ts'

const {
  HYDRA_ISSUER = 'http://127.0.0.1:4444',
  // All that an API needs of the admin port. Before Hydra 2.0 it is without /admin.
  HYDRA_INTROSPECTION_URL = 'http://127.0.0.1:4445/admin/oauth2/introspect',
} = process.env

const typeDefs = `
  type Photo { title: String! owner: String! }
  type Query { photos: [Photo!]! health: String! }
  type Mutation { addPhoto(title: String!): Photo! }
  type Subscription { photoAdded: Photo! }
`

@Module({
  imports: [
    HydraModule.forRoot({
      issuer: HYDRA_ISSUER,
      introspectionUrl: HYDRA_INTROSPECTION_URL,
      audience: 'https://photos.example.com',
      routes: 'enforce',
    }),
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      typeDefs,
      subscriptions: { 'graphql-ws': true },
      // Rules on fields are kept only with this; without, such a rule would be refused at start.
      fieldResolverEnhancers: ['guards'],
      // Lets a refusal set the status 401, 403 or 503, as for any other route.
      preserveHttpStatusForExecutionErrors: false,
    }),
  ],
  providers: [PhotosResolver],
})
export class AppModule {}
