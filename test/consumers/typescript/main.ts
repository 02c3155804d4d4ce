import { createHydraClient, type OAuth2Client } from '@hydra-kit/client'
import { startHydra } from '@hydra-kit/embedded'
import { authorization, signIn } from '@hydra-kit/embedded/testing'
import { hydraAuth, hydraErrors, requireScopes, tokenOf } from '@hydra-kit/express'
import { CurrentToken, HydraModule, Scopes } from '@hydra-kit/nestjs'
import { HydraBearerStrategy } from '@hydra-kit/passport'
import { createResourceServer, type VerifiedToken } from '@hydra-kit/resource-server'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import express from 'express'
import passport from 'passport'

export const api = express()
api.use(hydraAuth({ issuer: 'https://auth.example.com', adminUrl: 'http://127.0.0.1:4445', audience: null }))
api.get('/photos', requireScopes('photos.read'), (req, res) => {
  const scopes: readonly string[] = tokenOf(req).scopes
  res.json(scopes)
})
api.use(hydraErrors())

export async function name(id: string): Promise<string | undefined> {
  const hydra = createHydraClient({ adminUrl: 'http://127.0.0.1:4445' })
  const client: OAuth2Client = await hydra.clients.get(id)
  return client.client_name
}

passport.use(new HydraBearerStrategy({ issuer: 'https://auth.example.com', accept: ['jwt'], audience: null }))
api.get('/albums', passport.authenticate('hydra', { session: false, anyScope: ['albums.read', 'photos.read'] }))
// @ts-expect-error neither Passport nor the strategy knows this one
api.get('/albums', passport.authenticate('hydra', { session: false, scopes: ['albums.read'] }))

@Scopes('photos.read')
export class PhotosController {
  list(@CurrentToken() token: VerifiedToken): string | undefined {
    return token.subject
  }
}
export const nest = HydraModule.forRoot({ issuer: 'https://auth.example.com', accept: ['jwt'], audience: null })

// @ts-expect-error the audience must be given: only null turns its check off
createResourceServer({ issuer: 'https://auth.example.com', adminUrl: 'http://127.0.0.1:4445' })

export type Subject = VerifiedToken['subject']
export { authorization, fakeResourceServer, signIn, startHydra }
