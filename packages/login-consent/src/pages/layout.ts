/**
 * The frame of every page, and the pieces that several pages use.
 */
import { html, raw } from 'hono/html'
import { cleanText } from '../clean-text.ts'
import type { Messages, Translation } from '../messages/messages.ts'
import type { ClientView, FormError } from './page-models.ts'
import type { StyleSheet } from './style-sheet.ts'

/** Escaped markup. */
export type Markup = ReturnType<typeof raw>

/** How the pages look. */
export interface Branding {
  /** The name of your site. Default: none. */
  readonly name?: string | undefined
  /** An https address or a path of your site; shown 32 px high. Default: none. */
  readonly logoUrl?: string | undefined
  /** A hex colour. Darkened or lightened where it would be hard to read. Default: `#2f5fd0`. */
  readonly accentColor?: string | undefined
  /** Where a lost user is sent. Default: none. */
  readonly homeUrl?: string | undefined
}

/** What all pages share. */
export interface Frame {
  readonly translation: Translation
  readonly branding: Branding
  readonly styleSheet: StyleSheet
  /** The hidden field's value; `undefined` on pages without a form. */
  readonly formToken: string | undefined
}

/** `html` of plain values never waits for anything, so its result is markup at once. */
export function markup(template: Markup | Promise<Markup>): Markup {
  return template as Markup
}

/** A whole document. */
export function documentOf(frame: Frame, title: string, content: Markup): string {
  const { translation, branding, styleSheet } = frame
  const site = branding.name === undefined ? title : `${title} · ${branding.name}`
  // Not between tags in the template: the policy names the hash of exactly this text.
  const style = raw(`<style>${styleSheet.text}</style>`)
  return markup(
    html`<!doctype html>
      <html lang="${translation.locale}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <meta name="color-scheme" content="light dark" />
          <title>${site}</title>
          ${style}
        </head>
        <body>
          <main>${brandOf(branding)}${content}</main>
        </body>
      </html> `,
  ).toString()
}

function brandOf(branding: Branding): Markup | string {
  const { name, logoUrl } = branding
  if (name === undefined && logoUrl === undefined) return ''
  const logo = logoUrl === undefined ? '' : html`<img src="${logoUrl}" alt="" />`
  return markup(html`<p class="brand">${logo}${name ?? ''}</p>`)
}

/** A sentence with one part set off, itself untrusted: `<bdi>` keeps its direction from spilling over. */
export function sentence(message: string, values: Readonly<Record<string, string>>): Markup {
  const parts = message.split(/\{(\w+)\}/)
  return markup(
    html`${parts.map((part, index) =>
      index % 2 === 0 ? part : html`<strong><bdi>${cleanText(values[part] ?? '', 200)}</bdi></strong>`,
    )}`,
  )
}

/** What a client is called in a sentence. */
export function clientName(client: ClientView | undefined, messages: Messages): string {
  return client?.name ?? messages.unnamedClient
}

/** The hidden field of every form. */
export function tokenField(frame: Frame): Markup {
  return markup(html`<input type="hidden" name="form_token" value="${frame.formToken ?? ''}" />`)
}

/**
 * The summary of what is wrong: form errors in full, and those of fields that are not among the shown ones, for they
 * would not be seen elsewhere. Read out first because it is the first thing after the title.
 */
export function alertOf(errors: readonly FormError[], ...shown: readonly string[]): Markup | string {
  const general = errors.filter(({ field }) => field === undefined || !shown.includes(field))
  if (general.length === 0) return ''
  return markup(html`<div class="alert" role="alert">${general.map(({ message }) => html`<p>${message}</p>`)}</div>`)
}

/** The error of one field, and the attributes that tie it to the field. */
export function fieldError(
  errors: readonly FormError[],
  field: string,
): { readonly attributes: Markup | string; readonly hint: Markup | string } {
  const error = errors.find((candidate) => candidate.field === field)
  if (error === undefined) return { attributes: '', hint: '' }
  return {
    attributes: markup(html` aria-invalid="true" aria-describedby="${field}-error"`),
    hint: markup(html`<p class="hint" id="${field}-error">${error.message}</p>`),
  }
}

/** The client's own links; each opens a new window so that the flow stays open. */
export function clientLinks(client: ClientView | undefined, messages: Messages): Markup | string {
  const links = [
    [client?.websiteUrl, messages.website],
    [client?.privacyPolicyUrl, messages.privacyPolicy],
    [client?.termsOfServiceUrl, messages.termsOfService],
  ].filter(([url]) => url !== undefined)
  if (links.length === 0) return ''
  return markup(
    html`<p class="links">
      ${links.map(
        ([url, text]) =>
          html`<a href="${url}" target="_blank" rel="noopener noreferrer nofollow"
            >${text}<span class="away"> ${messages.newWindow}</span></a
          >`,
      )}
    </p>`,
  )
}
