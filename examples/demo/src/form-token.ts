/**
 * A form token: proof that a form was handed to the browser that sends it, for this purpose and this challenge.
 * Without it another site could post the form on the user's behalf (OAuth 2.0 Security BCP, RFC 9700 section 4.7).
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Request, Response } from 'express'

/** Makes and checks the tokens of one app. */
export interface FormTokens {
  make(request: Request, response: Response, purpose: string, challenge: string): string
  check(request: Request, purpose: string, challenge: string, token: unknown): boolean
}

/** The key lives as long as the process: a form that is older than that must be opened again. */
export function createFormTokens(cookieName: string): FormTokens {
  const key = randomBytes(32)
  const sign = (browser: string, purpose: string, challenge: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([browser, purpose, challenge]))
      .digest('base64url')
  return {
    make(request, response, purpose, challenge) {
      const browser = cookie(request, cookieName) ?? randomBytes(16).toString('base64url')
      response.cookie(cookieName, browser, { httpOnly: true, sameSite: 'lax', path: '/' })
      return sign(browser, purpose, challenge)
    },
    check(request, purpose, challenge, token) {
      const browser = cookie(request, cookieName)
      if (browser === undefined || typeof token !== 'string') return false
      const [expected, given] = [Buffer.from(sign(browser, purpose, challenge)), Buffer.from(token)]
      return expected.length === given.length && timingSafeEqual(expected, given)
    },
  }
}

/** One cookie of a request. */
export function cookie(request: Request, name: string): string | undefined {
  const found = (request.headers.cookie ?? '').split(/; */).find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}
