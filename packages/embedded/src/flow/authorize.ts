import type { Engine } from '../engine.ts'
import { isHydraError, untypedError } from '../errors.ts'
import { type Answer, found } from '../http/answer.ts'
import type { HydraRequest } from '../http/request.ts'
import { emptyAuthorizeRequest, readAuthorizeRequest } from './authorize-request.ts'
import { authorizeResponse, writeAuthorizeError, writeAuthorizeResponse } from './authorize-response.ts'
import { requestConsent, verifyConsent } from './consent.ts'
import { type Visit, requestLogin, verifyLogin } from './login.ts'
import { isRegisteredRedirect } from './redirect-uri.ts'
import { setQuery } from '../http/urls.ts'

/**
 * `/oauth2/auth`: the browser comes here three times, and what it carries says which step is next.
 *
 * ```
 *   nothing           requestLogin    ──▶ login page
 *   login_verifier    verifyLogin     ──▶ requestConsent ──▶ consent page
 *   consent_verifier  verifyConsent   ──▶ code or tokens to the client
 * ```
 *
 * Whatever goes wrong is told to the client once its redirect URI is trusted, and to the error page before.
 */
export async function authorize(engine: Engine, request: HydraRequest): Promise<Answer> {
  const visit: Visit = { engine, request, authorize: emptyAuthorizeRequest(), cookies: [] }
  return withCookies(visit, await step(visit))
}

async function step(visit: Visit): Promise<Answer> {
  const { engine, request, authorize: ar } = visit
  try {
    await readAuthorizeRequest(engine, request, ar)
    const loginVerifier = (ar.form.get('login_verifier') ?? '').trim()
    const consentVerifier = (ar.form.get('consent_verifier') ?? '').trim()
    if (loginVerifier !== '') return requestConsent(visit, await verifyLogin(visit, loginVerifier))
    if (consentVerifier === '') return await requestLogin(visit)
    const flow = verifyConsent(visit, consentVerifier)
    return writeAuthorizeResponse(ar, await authorizeResponse(engine, ar, flow))
  } catch (error) {
    const told = isHydraError(error) ? error : untypedError()
    if (!isHydraError(error)) throw error
    if (ar.client !== undefined && ar.redirectUri !== undefined && isRegisteredRedirect(ar.client, ar.redirectUri)) {
      return writeAuthorizeError(ar, told)
    }
    return found(
      setQuery(engine.config.urls.error, { error: told.error, error_description: told.description }),
      [],
      request.method,
    )
  }
}

function withCookies(visit: Visit, answer: Answer): Answer {
  const cookies = visit.cookies.map((cookie) => ['Set-Cookie', cookie] as const)
  return { ...answer, headers: [...answer.headers, ...cookies] }
}
