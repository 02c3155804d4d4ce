/** The protected API: what an app built on `@hydra-kit/express` looks like, plus a report of each decision. */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  createResourceServer,
  hydraAuth,
  hydraErrors,
  isVerificationUnavailableError,
  requireFresh,
  requireScopes,
  tokenOf,
  type ResourceServer,
} from '@hydra-kit/express'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'

/** The audience that tokens for this API must carry. */
export const audience = 'https://photos.example'

/** What the API did with one request. */
export interface Decision {
  method: string
  path: string
  status: number
  /** In words: accepted by what, or refused why. */
  words: string
}

/** Where the API finds Hydra, and its clock. */
export interface PhotoApiOptions {
  issuer: string
  publicUrl: string
  adminUrl: string
  /** How long an answer of Hydra is used: the revocation delay of opaque tokens. */
  maxAgeSeconds: number
  now?: (() => number) | undefined
  onDecision(decision: Decision): void
}

const accepted = { keys: 'accepted by keys', introspection: 'accepted by introspection', cache: 'accepted from cache' }

/** Makes the API. */
export function createPhotoApi(options: PhotoApiOptions): { app: Express; resourceServer: ResourceServer } {
  const current = new AsyncLocalStorage<Response>()
  const say = (words: string): void => void current.getStore()?.setHeader('x-demo-decision', words)
  const resourceServer = createResourceServer({
    issuer: options.issuer,
    publicUrl: options.publicUrl,
    adminUrl: options.adminUrl,
    audience,
    cache: { maxAgeSeconds: options.maxAgeSeconds },
    ...(options.now && { now: options.now }),
    onVerified: ({ source }) => say(accepted[source]),
    onRefused: ({ reason }) => say(`refused: ${reason}`),
  })

  const photos = ['Low tide', 'The orchard', 'Larch wood', 'Roof at dusk']
  const app = express().disable('x-powered-by')
  app.use((request, response, next) => {
    response.on('finish', () => {
      const { method, originalUrl: path } = request
      const header = (name: string): string => String(response.getHeader(name) ?? '')
      const retryAfter = header('retry-after')
      const words = header('x-demo-decision') + (retryAfter && `, retry after ${retryAfter} s`)
      options.onDecision({ method, path, status: response.statusCode, words })
    })
    current.run(response, next)
  })
  app.use(hydraAuth({ resourceServer }))
  app.get('/photos', requireScopes('photos.read'), (_request, response) => {
    response.json({ photos })
  })
  app.post('/photos', requireScopes('photos.write'), (request, response) => {
    photos.push(`Photo ${photos.length + 1}`)
    response.status(201).json({ added: photos.at(-1), by: tokenOf(request).subject })
  })
  // For what cannot wait for the revocation delay: Hydra is asked each time, about JWTs too.
  app.get('/photos/private', requireScopes('photos.read'), requireFresh(0), (request, response) => {
    response.json({ photos: [`Only for ${tokenOf(request).subject}`] })
  })
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    if (isVerificationUnavailableError(error)) response.setHeader('x-demo-decision', 'Hydra could not be asked')
    next(error)
  })
  app.use(hydraErrors())
  return { app, resourceServer }
}
