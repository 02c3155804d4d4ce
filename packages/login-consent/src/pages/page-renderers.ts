/** Render functions of the app, in place of our pages. */
import type { Messages } from '../messages/messages.ts'
import type { PageModels, PageName } from './page-models.ts'

/** What a render function is given. */
export interface Page<P extends PageName = PageName> {
  readonly page: P
  readonly model: PageModels[P]
  /** Put it into every form as hidden field `form_token`; `''` on pages without a form. Forms post to their own address. */
  readonly formToken: string
  /** Language tag, for `<html lang>`. */
  readonly locale: string
  readonly messages: Messages
  /** For `<style nonce>`. A new one for every answer. */
  readonly styleNonce: string
  /** Our page, to wrap or to fall back on. */
  renderDefault(): string
}

/** Renders a page. **Returns HTML as it is sent**: escape every value (`hono/html` and its like do). */
export type PageRenderer<P extends PageName> = (page: Page<P>) => string | Promise<string>

/** Any of our pages may be replaced. */
export type PageRenderers = { readonly [P in PageName]?: PageRenderer<P> | undefined }
