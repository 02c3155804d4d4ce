import { CurrentToken, Public, RequireToken, Scopes } from '@hydra-kit/nestjs'
import { Args, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql'
import { PubSub } from 'graphql-subscriptions'

interface Photo {
  readonly title: string
  readonly owner: string
}

@Resolver('Photo')
export class PhotosResolver {
  readonly #photos: Photo[] = [{ title: 'Low tide', owner: 'ada' }]
  readonly #events = new PubSub()

  @Query()
  @RequireToken()
  photos(): readonly Photo[] {
    return this.#photos
  }

  @Query()
  @Public()
  health(): string {
    return 'ok'
  }

  @Mutation()
  @Scopes('photos.write')
  async addPhoto(@Args('title') title: string, @CurrentToken('subject') owner: string): Promise<Photo> {
    const photo = { title, owner }
    this.#photos.push(photo)
    await this.#events.publish('photoAdded', { photoAdded: photo })
    return photo
  }

  /** The token is judged when the client subscribes, and again for each photo. */
  @Subscription()
  @RequireToken()
  photoAdded(): AsyncIterator<unknown> {
    return this.#events.asyncIterableIterator('photoAdded')
  }

  /** A field with a rule of its own; those without are judged with their operation. */
  @ResolveField('owner')
  @Scopes('photos.owner')
  owner(@Parent() photo: Photo): string {
    return photo.owner
  }
}
