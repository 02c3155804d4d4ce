/**
 * The texts of the pages: one flat table a language.
 */
import { cleanText } from '../clean-text.ts'
import { english } from './english.ts'
import { german } from './german.ts'

/** All texts. `{client}`, `{account}` and the like are filled in; every key is needed in a full table. */
export type Messages = { readonly [K in keyof typeof english]: string }

/** A key of the table. */
export type MessageKey = keyof Messages

/** Tables by language tag (BCP 47, lower case). A partial table falls back to English, key by key. */
export type MessageTables = Readonly<Record<string, Partial<Messages>>>

/** The languages that come along. */
export const shippedMessages: Readonly<Record<'en' | 'de', Messages>> = { en: english, de: german }

/** A language, ready to use. */
export interface Translation {
  /** Language tag, for `lang`. */
  readonly locale: string
  readonly messages: Messages
}

/** The shipped tables with the app's own on top. */
export function allTranslations(own: MessageTables | undefined): ReadonlyMap<string, Translation> {
  const shipped: MessageTables = shippedMessages
  const locales = new Set([...Object.keys(shipped), ...Object.keys(own ?? {})])
  return new Map(
    [...locales].map((locale) => {
      const table = { ...english, ...shipped[baseOf(locale)], ...shipped[locale], ...own?.[locale] }
      return [locale.toLowerCase(), { locale, messages: table }]
    }),
  )
}

/**
 * The language for a request: what the client asked for (`ui_locales`), then what the browser asks for
 * (`Accept-Language`, RFC 9110 section 12.5.4), then the default.
 */
export function chooseTranslation(
  translations: ReadonlyMap<string, Translation>,
  uiLocales: readonly string[],
  acceptLanguage: string | undefined,
  defaultLocale: string,
): Translation {
  const wanted = [...uiLocales, ...acceptedLanguages(acceptLanguage)].map((tag) => tag.toLowerCase())
  const found = wanted.map((tag) => translations.get(tag) ?? translations.get(baseOf(tag))).find(Boolean)
  return found ?? translations.get(defaultLocale.toLowerCase()) ?? { locale: 'en', messages: english }
}

function acceptedLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean)
      return { tag: tag.trim(), quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}

function baseOf(tag: string): string {
  return tag.split('-')[0] ?? tag
}

/** Fills `{name}` places; a value is cleaned, never read as a template itself. */
export function fill(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? cleanText(values[name], 200) : place,
  )
}
