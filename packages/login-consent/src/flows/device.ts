/** The device step (RFC 8628 section 3.3): the user types the code that the device shows. Hydra 25.4 and later. */
import { isHydraHttpError } from '@hydra-kit/client'
import { pageAnswer, redirectAnswer, type Answer } from '../answers.ts'
import { browserHash } from '../browser-id.ts'
import { challengeOf } from '../challenge.ts'
import { cleanText } from '../clean-text.ts'
import { leadOn } from '../closed-challenge.ts'
import { device, isDecision, type DeviceDecision } from '../decisions.ts'
import { FlowError, isFlowError } from '../errors.ts'
import { callApp, decidingContext, translationOf, type Exchange } from '../exchange.ts'
import { formError, tooMany } from '../form-errors.ts'
import { targetOf } from '../http.ts'
import { newFormToken, openForm } from '../open-form.ts'
import type { UserCodeOptions } from '../options.ts'
import type { FormError } from '../pages/page-models.ts'
import { safeRedirect } from '../redirects.ts'
import { report } from '../reporting.ts'
import { isOutage, retryAfter } from '../trouble.ts'

const maxCodeLength = 64

/** Answers a request to the device step. */
export async function deviceStep(exchange: Exchange): Promise<Answer> {
  const { input } = exchange
  let challenge: string
  try {
    challenge = challengeOf(input.url, 'device_challenge')
  } catch (error) {
    // Typed by hand, as a device may tell its user to: Hydra's own address gives the challenge.
    if (input.method !== 'POST' && isFlowError(error) && error.reason === 'challenge_missing') {
      return redirectAnswer(verificationUrl(exchange))
    }
    throw error
  }
  return input.method === 'POST' ? submitCode(exchange, challenge) : askForCode(exchange, challenge)
}

function askForCode(exchange: Exchange, challenge: string): Answer {
  const given = targetOf(exchange.input.url)?.searchParams.getAll('user_code') ?? []
  const userCode = given.length === 1 ? cleanText(given[0], maxCodeLength) : ''
  return codeAnswer(exchange, challenge, { userCode, isPrefilled: userCode !== '', errors: [] })
}

function codeAnswer(
  exchange: Exchange,
  challenge: string,
  model: { userCode: string; isPrefilled: boolean; errors: readonly FormError[] },
  status = 200,
  headers: readonly (readonly [string, string])[] = [],
): Answer {
  const formToken = newFormToken(exchange, 'device', challenge, verificationUrl(exchange))
  return pageAnswer('device', model, { status, headers, formToken })
}

async function submitCode(exchange: Exchange, challenge: string): Promise<Answer> {
  const { settings, input, browserId } = exchange
  const { form, isExpired, restartUrl } = await openForm(exchange, challenge, () => 'device')
  const typed = cleanText(form.one('user_code'), maxCodeLength)
  const again = (error: FormError, status = 422, headers: readonly (readonly [string, string])[] = []): Answer =>
    codeAnswer(exchange, challenge, { userCode: typed, isPrefilled: false, errors: [error] }, status, headers)
  if (isExpired) return again(formError(exchange, 'form_expired'))
  const userCode = normaliseUserCode(typed, settings.userCode)
  if (userCode === '') return again(formError(exchange, 'required', 'user_code'))
  const attempt = { kind: 'device', account: undefined, ip: input.ip, browser: browserHash(browserId) } as const
  const refused = await callApp(exchange, 'limit', () => settings.limit({ ...attempt, phase: 'try' }))
  if (refused) {
    return again(tooMany(exchange, refused.retryAfterSeconds), 429, retryAfter(refused.retryAfterSeconds))
  }
  const decision = await decide(exchange, userCode)
  if (decision.type === 'retry') {
    return again({ code: decision.details.code ?? 'code_wrong', field: 'user_code', message: decision.message })
  }
  try {
    const passed = cleanText(decision.userCode ?? userCode, maxCodeLength)
    const completion = await settings.hydra.deviceRequests.accept(challenge, { user_code: passed })
    if (completion.state !== 'done') return leadOn(exchange, completion, restartUrl)
    await callApp(exchange, 'limit', () => settings.limit({ ...attempt, phase: 'succeeded' }))
    return redirectAnswer(safeRedirect(settings.targets, completion.redirectTo))
  } catch (error) {
    // Hydra says 400 for unknown, expired and redeemed codes alike.
    if (isHydraHttpError(error) && error.status === 400) return again(wrongCode(exchange))
    if (!isOutage(error)) throw error
    report(settings.onError, error, { step: 'device', during: 'asking Hydra' })
    return again(formError(exchange, 'unavailable'), 503, retryAfter(5))
  }
}

async function decide(exchange: Exchange, userCode: string): Promise<DeviceDecision> {
  const own = exchange.settings.device
  if (own === undefined) return device.accept()
  const decision = await callApp(exchange, 'device', () => own({ ...decidingContext(exchange), userCode }))
  if (!isDecision(decision, 'device')) {
    throw new FlowError('no_decision', 'device returned no device decision: return device.accept() or device.retry(…)')
  }
  return decision
}

function wrongCode(exchange: Exchange): FormError {
  const error = formError(exchange, 'code_wrong', 'user_code')
  // Where the alphabet is known, case is no trap.
  if (exchange.settings.userCode !== undefined) return error
  return { ...error, message: `${error.message} ${translationOf(exchange).messages.form_code_case}` }
}

/**
 * The code as it is sent. Hydra compares byte by byte, and its default codes mix capital and small letters, so nothing
 * but white space around them may be forgiven, unless it is known which alphabet the server uses.
 */
export function normaliseUserCode(typed: string, options: UserCodeOptions | undefined): string {
  const trimmed = typed.trim()
  if (options === undefined) return trimmed
  const joined = trimmed.replace(/[\s\-‐-―_.]/gu, '')
  return options.alphabet === 'upper' ? joined.toUpperCase() : joined
}

function verificationUrl({ settings }: Exchange): string {
  return new URL('oauth2/device/verify', settings.targets.issuer).href
}
