/** What the compiler says: this file is checked by `tsc`, and runs so that it cannot be forgotten. */
import { expect, test } from '@jest/globals'
import { createMemoryLimiter, hydraAuth, requireScopes, tokenOf, type VerifiedToken } from '@hydra-kit/express'
import express, { Router } from 'express'
import { fakeResourceServer, signedInAs } from '@hydra-kit/express/testing'

test('the types that an app sees', () => {
  const app = express()
  const resourceServer = fakeResourceServer<{ tenant: number }>({ tokens: {} })
  app.use(hydraAuth({ resourceServer }))
  // Parameters of the path keep their types behind our middleware.
  app.get('/photos/:id', requireScopes('photos.read'), (request, response) => {
    const id: string = request.params.id
    const subject: string | undefined = request.accessToken.subject
    const token: VerifiedToken<{ tenant: number }> = tokenOf<{ tenant: number }>(request)
    // @ts-expect-error a claim is unknown until a validator or the caller says what it is
    const claim: string = request.accessToken.claims['tenant']
    response.json({ id, subject, token, claim })
  })
  Router().use(hydraAuth({ issuer: 'https://auth.example.com', adminUrl: 'http://127.0.0.1:4445', audience: null }))
  // @ts-expect-error the audience must be given, or null to turn the check off
  expect(() => hydraAuth({ issuer: 'https://auth.example.com', adminUrl: 'http://127.0.0.1:4445' })).toThrow()
  const unset: { optional?: boolean; tenant?: () => string } = {}
  app.use(hydraAuth({ resourceServer }, { optional: unset.optional, tenant: unset.tenant }))
  createMemoryLimiter({ windowSeconds: undefined, perIp: undefined, now: undefined })
  // @ts-expect-error what a route demands is written out: a setting that is missing must not make it less
  expect(() => resourceServer.authorize(signedInAs(), { all: undefined })).toThrow(/undefined/)
  // @ts-expect-error scopes are texts
  expect(() => requireScopes(['photos.read'])).toThrow()
})
