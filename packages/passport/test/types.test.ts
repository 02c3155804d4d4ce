/** What the compiler says: this file is checked by `tsc`, and runs so that it cannot be forgotten. */
import { HydraBearerStrategy, type VerifiedToken } from '@hydra-kit/passport'
import { fakeResourceServer } from '@hydra-kit/resource-server/testing'
import { expect, test } from '@jest/globals'
import { Passport } from 'passport'

test('the types that an app sees', () => {
  const passport = new Passport()
  const resourceServer = fakeResourceServer<{ tenant: number }>({ tokens: {} })
  passport.use(new HydraBearerStrategy({ resourceServer }))
  passport.use(
    new HydraBearerStrategy({ resourceServer, name: 'other', verify: (token) => ({ tenant: token.extra.tenant + 1 }) }),
  )
  passport.use(
    new HydraBearerStrategy({ resourceServer, name: 'callback' }, (token: VerifiedToken<{ tenant: number }>, done) => {
      done(null, { tenant: token.extra.tenant })
    }),
  )
  passport.authenticate('hydra', { session: false, scope: ['photos.read'], claims: { tenant: 7 } })
  // @ts-expect-error one letter too many
  passport.authenticate('hydra', { session: false, scopes: ['photos.read'] })
  // @ts-expect-error seconds are a number
  passport.authenticate('hydra', { session: false, freshWithinSeconds: '10' })
  // @ts-expect-error the validator says what extra holds
  const strategy = new HydraBearerStrategy({ resourceServer, verify: ({ extra }) => extra.colour })
  expect(strategy.name).toBe('hydra')
  const noAudience = { issuer: 'https://auth.example.com', adminUrl: 'http://127.0.0.1:4445' }
  // @ts-expect-error the audience must be given, or null to turn the check off
  expect(() => new HydraBearerStrategy(noAudience)).toThrow()
})
