/**
 * The login & consent app: Hydra sends the browser here to learn who the user is and what the app may do. The smallest
 * one that is safe: what is granted is never more than what was asked for, forms carry a token that is bound to this
 * browser, and the browser is only ever sent to where Hydra says.
 */
import type { ChallengeCompletion, ClosedChallenge, HydraClient } from '@hydra-kit/client'
import express, { type Express, type Request, type Response } from 'express'
import { createFormTokens } from './form-token.ts'
import { consentPage, errorPage, loginPage, notOpenPage } from './login-pages.ts'
import { style } from './style.ts'
import { checkPassword } from './users.ts'

/** Where in this app the pages are: Hydra's `urls.login`, `urls.consent` and `urls.error`. */
export const loginAppPaths = { login: '/login', consent: '/consent', error: '/error' } as const

/** Makes the app. */
export function createLoginApp(hydra: HydraClient): Express {
  const app = express().disable('x-powered-by')
  const forms = createFormTokens('hydra_kit_demo_login')
  app.use(express.urlencoded({ extended: false, limit: '10kb' }))
  app.get('/style.css', (_request, response) => void response.type('css').send(style))

  app.get(loginAppPaths.login, async (request, response) => {
    const challenge = text(request.query['login_challenge'])
    if (challenge === '') return notOpenPage(response)
    const seen = await hydra.loginRequests.get(challenge)
    if (seen.state !== 'open') return notOpen(response, seen)
    if (seen.request.skip) return finishLogin(response, challenge, seen.request.subject)
    const formToken = forms.make(request, response, 'login', challenge)
    loginPage(response, { challenge, formToken, clientName: nameOf(seen.request.client) })
  })

  app.post(loginAppPaths.login, async (request, response) => {
    const { challenge, email, password, formToken } = fields(request)
    if (challenge === '') return notOpenPage(response)
    const seen = await hydra.loginRequests.get(challenge)
    if (seen.state !== 'open') return notOpen(response, seen)
    if (!forms.check(request, 'login', challenge, formToken)) return refuseForm(response)
    const subject = checkPassword(email, password)
    if (subject !== undefined) return finishLogin(response, challenge, subject)
    const clientName = nameOf(seen.request.client)
    const next = forms.make(request, response, 'login', challenge)
    loginPage(response, { challenge, formToken: next, clientName, email, failed: true })
  })

  app.get(loginAppPaths.consent, async (request, response) => {
    const challenge = text(request.query['consent_challenge'])
    if (challenge === '') return notOpenPage(response)
    const seen = await hydra.consentRequests.get(challenge)
    if (seen.state !== 'open') return notOpen(response, seen)
    const formToken = forms.make(request, response, 'consent', challenge)
    consentPage(response, {
      challenge,
      formToken,
      clientName: nameOf(seen.request.client),
      subject: seen.request.subject ?? '',
      scopes: seen.request.requested_scope ?? [],
    })
  })

  app.post(loginAppPaths.consent, async (request, response) => {
    const { challenge, decision, formToken } = fields(request)
    if (challenge === '') return notOpenPage(response)
    const seen = await hydra.consentRequests.get(challenge)
    if (seen.state !== 'open') return notOpen(response, seen)
    if (!forms.check(request, 'consent', challenge, formToken)) return refuseForm(response)
    if (decision !== 'allow') {
      const denied = { error: 'access_denied', error_description: 'The user did not allow it.' }
      return follow(response, await hydra.consentRequests.reject(challenge, denied))
    }
    // Hydra grants whatever it is told, so the form must not be able to add to the request.
    const ticked = (scope: string): boolean => (request.body as Record<string, unknown>)[`scope:${scope}`] === 'on'
    const granted = (seen.request.requested_scope ?? []).filter((scope) => scope === 'openid' || ticked(scope))
    return follow(
      response,
      await hydra.consentRequests.accept(challenge, {
        grant_scope: granted,
        grant_access_token_audience: seen.request.requested_access_token_audience ?? [],
        session: { access_token: { album: 'Summer' }, id_token: { name: 'Ada' } },
      }),
    )
  })

  app.get(loginAppPaths.error, (request, response) => {
    const { error, error_description: description } = request.query
    errorPage(response, { status: 400, error: text(error) || 'unknown error', description: text(description) })
  })

  app.use((_error: unknown, _request: Request, response: Response, _next: unknown) => {
    const description = 'The sign-in service cannot be reached at the moment. Nothing is lost: reload this page.'
    errorPage(response, { status: 503, error: 'Please try again', description })
  })
  return app

  async function finishLogin(response: Response, challenge: string, subject: string): Promise<void> {
    follow(response, await hydra.loginRequests.accept(challenge, { subject, remember: false }))
  }
}

function follow(response: Response, outcome: ChallengeCompletion): void {
  if (outcome.state !== 'done') return notOpen(response, outcome)
  response.redirect(303, outcome.redirectTo)
}

/** A request that was answered in another tab leads on to where that led; the others can only be started again. */
function notOpen(response: Response, seen: ClosedChallenge): void {
  if (seen.state === 'handled' && seen.redirectTo !== undefined) return response.redirect(303, seen.redirectTo)
  notOpenPage(response)
}

function refuseForm(response: Response): void {
  errorPage(response, {
    status: 403,
    error: 'This form cannot be used',
    description:
      'It was opened in another browser, or too long ago. Go back and open it again; cookies must be allowed.',
  })
}

function nameOf(client: { client_name?: string; client_id?: string } | undefined): string {
  return client?.client_name || client?.client_id || 'An app'
}

/** Each field once and as text; a repeated or missing one is empty. */
function fields(request: Request): Record<'challenge' | 'email' | 'password' | 'decision' | 'formToken', string> {
  const { challenge, email, password, decision, form_token: formToken } = request.body as Record<string, unknown>
  return {
    challenge: text(challenge),
    email: text(email),
    password: text(password),
    decision: text(decision),
    formToken: text(formToken),
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
