/**
 * One request being answered: what all steps need of it.
 */
import { newBrowserId, readBrowserId } from './browser-id.ts'
import type { DecidingContext } from './deciding-functions.ts'
import { headerOf, wantsJson, type HttpInput } from './http.ts'
import { chooseTranslation, type Translation } from './messages/messages.ts'
import type { Settings } from './settings.ts'
import { report } from './reporting.ts'

/** The steps that have an address of their own. */
export type StepName = 'login' | 'consent' | 'logout' | 'device' | 'device-done' | 'signed-out' | 'error'

/** See the module. Mutable: a step learns the client's languages, and adds cookies. */
export interface Exchange {
  readonly settings: Settings
  readonly input: HttpInput
  readonly step: StepName
  readonly isJson: boolean
  /** The browser's id; a new one if it sent none. */
  readonly browserId: string
  /** Whether the browser sent its id itself: only then can a form have been ours. */
  readonly isKnownBrowser: boolean
  /** The browser's id has been used and must be sent, if it is new. */
  usesBrowserId: boolean
  /** `ui_locales` of the client, once they are known. */
  uiLocales: readonly string[]
  /** `Set-Cookie` values of the answer. */
  readonly cookies: string[]
}

/** Begins to answer a request. */
export function createExchange(settings: Settings, input: HttpInput, step: StepName): Exchange {
  const known = readBrowserId(settings.cookies, input)
  return {
    settings,
    input,
    step,
    isJson: wantsJson(input),
    browserId: known ?? newBrowserId(),
    isKnownBrowser: known !== undefined,
    usesBrowserId: false,
    uiLocales: [],
    cookies: [],
  }
}

/** What deciding functions are told of the request. */
export function decidingContext({ input }: Exchange): DecidingContext {
  const { method, url, headers, ip, native } = input
  return { http: { method, url, headers, ip }, native }
}

/** The language of the answer. */
export function translationOf({ settings, input, uiLocales }: Exchange): Translation {
  return chooseTranslation(settings.translations, uiLocales, headerOf(input, 'accept-language'), settings.defaultLocale)
}

/** Seconds since 1970 by the configured clock. */
export function nowSeconds({ settings }: Exchange): number {
  return Math.floor(settings.now() / 1000)
}

/** Stands for an error of a function of the app, which has been reported already. */
const appFunctionFailed = Symbol('app function failed')

/** Whether an error was thrown by a function of the app, and reported. */
export function isAppFunctionFailed(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { code?: unknown }).code === appFunctionFailed
}

/** Calls a function of the app; what it throws is reported and ends in the error page. */
export async function callApp<T>(exchange: Exchange, during: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    report(exchange.settings.onError, error, { step: exchange.step, during })
    throw Object.assign(new Error(`${during} failed`), { code: appFunctionFailed })
  }
}
