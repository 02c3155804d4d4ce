/**
 * The browser id: a random value in a cookie that forms and flow handles are bound to. It says which browser this is,
 * never who sits in front of it: knowing or planting one gives nobody a login.
 */
import { createHash, randomBytes } from 'node:crypto'
import { cookie, readCookie, type CookieStyle } from './cookies.ts'
import type { HttpInput } from './http.ts'

const name = 'hydra_kit_browser'
const wellFormed = /^[\w-]{32}$/

/** The id that the browser sent; `undefined` if there is none, or one that we cannot have made. */
export function readBrowserId(style: CookieStyle, input: Pick<HttpInput, 'headers'>): string | undefined {
  const value = readCookie(input, style.prefix + name)
  return value !== undefined && wellFormed.test(value) ? value : undefined
}

/** A fresh id: 192 bits. */
export function newBrowserId(): string {
  return randomBytes(24).toString('base64url')
}

/** Until the browser closes: flows are shorter, and nothing is recognised by it later. */
export function browserCookie(style: CookieStyle, id: string): string {
  return cookie(style, name, id)
}

/** How a browser is named in a store: its id cannot be read back from there. */
export function browserHash(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
