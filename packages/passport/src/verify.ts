/** How an app turns a verified token into its own user. */
import type { VerifiedToken } from '@hydra-kit/resource-server'
import { optionsError } from './options-error.ts'
import type { PassportRequest } from './passport-request.ts'

/**
 * Finds the user of a token; `request` is Express's or Fastify's. `false`, `null` and `undefined`: nobody, a 401. What it
 * throws is an error of the app.
 */
export type VerifyFunction<Extra> = (token: VerifiedToken<Extra>, request: PassportRequest) => unknown

/** How Passport's own kind of verify function answers. `info` goes along in `req.authInfo`. */
export type VerifyDone = (error?: unknown, user?: unknown, info?: object) => void

/** Passport's own kind of verify function: its last argument is called with the answer. */
export type VerifyCallback<Extra> = (token: VerifiedToken<Extra>, done: VerifyDone) => void

/** The same under `passReqToCallback`. */
export type VerifyCallbackWithRequest<Extra> = (
  request: PassportRequest,
  token: VerifiedToken<Extra>,
  done: VerifyDone,
) => void

/** All kinds, made one. */
export type FindUser<Extra> = (token: VerifiedToken<Extra>, request: PassportRequest) => Promise<Found>

/** Who was found. */
export interface Found {
  readonly user: unknown
  readonly info?: object | undefined
}

/** Of the app's functions at most one; without any, the token itself is the user. */
export function findUser<Extra>(
  verify: VerifyFunction<Extra> | undefined,
  callback: VerifyCallback<Extra> | VerifyCallbackWithRequest<Extra> | undefined,
  passReqToCallback: boolean,
): FindUser<Extra> {
  if (verify !== undefined) return async (token, request) => ({ user: await verify(token, request) })
  if (callback === undefined) return async (token) => ({ user: token })
  const call = callback as (...args: unknown[]) => unknown
  return (token, request) =>
    new Promise((resolve, reject) => {
      const done: VerifyDone = (error, user, info) => {
        if (error !== undefined && error !== null) reject(error as Error)
        else resolve({ user, info })
      }
      const returned = passReqToCallback ? call(request, token, done) : call(token, done)
      // An async function that never calls `done` would leave the caller waiting for ever.
      Promise.resolve(returned).then((value) => {
        if (value !== undefined) reject(unanswered())
      }, reject)
    })
}

function unanswered(): TypeError {
  return optionsError(
    'verify',
    "The strategy's second argument returned a value instead of calling done(error, user).",
    'Give such a function as the option verify: new HydraBearerStrategy({ …, verify }).',
  )
}
