/** The logout step. */
import type { LogoutRequest } from '@hydra-kit/client'
import { pageAnswer, redirectAnswer, type Answer } from '../answers.ts'
import { challengeOf } from '../challenge.ts'
import { cleanText } from '../clean-text.ts'
import { clientView } from '../client-view.ts'
import { leadOn } from '../closed-challenge.ts'
import type { LogoutContext } from '../deciding-functions.ts'
import { isDecision, logout, type LogoutDecision } from '../decisions.ts'
import { FlowError } from '../errors.ts'
import { callApp, decidingContext, type Exchange } from '../exchange.ts'
import { unbindLogins } from '../login-binding.ts'
import { forgetSession, isOwnSession } from '../own-session.ts'
import { newFormToken, openForm } from '../open-form.ts'
import { safeRedirect } from '../redirects.ts'
import { report } from '../reporting.ts'
import { isOutage, outageAnswer } from '../trouble.ts'

/** Answers a request to the logout step. */
export async function logoutStep(exchange: Exchange): Promise<Answer> {
  const challenge = challengeOf(exchange.input.url, 'logout_challenge')
  return exchange.input.method === 'POST' ? submitLogout(exchange, challenge) : startLogout(exchange, challenge)
}

async function startLogout(exchange: Exchange, challenge: string): Promise<Answer> {
  const found = await exchange.settings.hydra.logoutRequests.get(challenge)
  if (found.state !== 'open') return leadOn(exchange, found)
  const { request } = found
  const decision = await decide(exchange, request)
  if (decision.type === 'accept') return accept(exchange, challenge, request)
  if (decision.type === 'reject') return reject(exchange, challenge)
  return logoutAnswer(exchange, challenge, request)
}

async function decide(exchange: Exchange, logoutRequest: LogoutRequest): Promise<LogoutDecision> {
  const own = exchange.settings.logout
  if (own === undefined) {
    // Only a request with a valid ID token hint is the client's; any page can make a browser open the other kind. And the
    // hint must be of this browser's session, or a stranger's own ID token in a link would sign a visitor out
    // (OpenID Connect RP-Initiated Logout 1.0, section 2: such a request is suspect).
    const maySkip = logoutRequest.rp_initiated === true && logoutRequest.client?.skip_logout_consent === true
    return maySkip && isOwn(exchange, logoutRequest) ? logout.accept() : logout.ask()
  }
  const decision = await callApp(exchange, 'logout', () => own(contextOf(exchange, logoutRequest)))
  if (!isDecision(decision, 'logout')) {
    throw new FlowError('no_decision', 'logout returned no logout decision: return logout.ask(), logout.accept(), …')
  }
  return decision
}

function isOwn({ settings, input }: Exchange, { subject, sid }: LogoutRequest): boolean {
  const session = { subject: subject ?? '', sessionId: sid ?? '' }
  return isOwnSession(settings.cookies, settings.sessionSigner, input, session)
}

function contextOf(exchange: Exchange, logoutRequest: LogoutRequest): LogoutContext {
  return { ...decidingContext(exchange), logoutRequest, isOwnSession: isOwn(exchange, logoutRequest) }
}

async function logoutAnswer(exchange: Exchange, challenge: string, request: LogoutRequest): Promise<Answer> {
  const { settings } = exchange
  const subject = request.subject ?? ''
  const account =
    subject === ''
      ? undefined
      : await callApp(exchange, 'describeAccount', () =>
          settings.describeAccount({ ...decidingContext(exchange), subject }),
        )
  return pageAnswer(
    'logout',
    {
      client: request.client === undefined || request.client === null ? undefined : clientView(request.client, false),
      account: account && {
        name: cleanText(account.name, 100),
        detail: account.detail && cleanText(account.detail, 100),
      },
    },
    { formToken: newFormToken(exchange, 'logout', challenge, undefined) },
  )
}

async function submitLogout(exchange: Exchange, challenge: string): Promise<Answer> {
  const { settings } = exchange
  const { form, isExpired } = await openForm(exchange, challenge, () => 'logout')
  const choice = form.one('choice')
  try {
    // Read again: what the form said when it was made may no longer hold.
    const found = await settings.hydra.logoutRequests.get(challenge)
    if (found.state !== 'open') return leadOn(exchange, found)
    if (choice === 'no') return await reject(exchange, challenge)
    if (isExpired || choice !== 'yes') return await logoutAnswer(exchange, challenge, found.request)
    return await accept(exchange, challenge, found.request)
  } catch (error) {
    if (!isOutage(error)) throw error
    report(settings.onError, error, { step: 'logout', during: 'asking Hydra' })
    return outageAnswer(exchange, {
      fields: choice === undefined ? [] : [['choice', choice]],
      formToken: newFormToken(exchange, 'logout', challenge, undefined),
    })
  }
}

async function accept(exchange: Exchange, challenge: string, logoutRequest: LogoutRequest): Promise<Answer> {
  const { settings } = exchange
  const { endSession } = settings
  // The app's session first: should it fail, the user is told, and can press the button again.
  if (endSession !== undefined) {
    await callApp(exchange, 'endSession', () => endSession(contextOf(exchange, logoutRequest)))
  }
  const completion = await settings.hydra.logoutRequests.accept(challenge)
  if (completion.state !== 'done') return leadOn(exchange, completion)
  exchange.cookies.push(unbindLogins(settings.cookies), forgetSession(settings.cookies))
  return redirectAnswer(safeRedirect(settings.targets, completion.redirectTo))
}

async function reject(exchange: Exchange, challenge: string): Promise<Answer> {
  await exchange.settings.hydra.logoutRequests.reject(challenge)
  return pageAnswer('stayed', {})
}
