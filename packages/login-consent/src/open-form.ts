/**
 * A posted form, before anything in it is believed: same origin, within limits, made by us for this browser, this
 * purpose and this challenge.
 */
import { FlowError } from './errors.ts'
import { nowSeconds, type Exchange } from './exchange.ts'
import { checkFormToken, makeFormToken, type FormPurpose } from './form-token.ts'
import { readForm, type FormFields } from './form.ts'
import { isSameOrigin } from './same-origin.ts'

/** A form of ours. */
export interface OpenedForm {
  readonly form: FormFields
  readonly purpose: FormPurpose
  /** It was open for longer than allowed: show it again, filled in. */
  readonly isExpired: boolean
  /** Where the flow starts again, if that was known when the form was made. */
  readonly restartUrl: string | undefined
}

/**
 * Opens it.
 *
 * @throws {@link FlowError} `cross_site`, `cookie_missing`, `form_token_missing`, `form_token_invalid`, and those of `readForm`
 */
export async function openForm(
  exchange: Exchange,
  challenge: string,
  purposeOf: (form: FormFields) => FormPurpose,
): Promise<OpenedForm> {
  const { settings, input, browserId } = exchange
  assertSameOrigin(exchange)
  const form = await readForm(input, settings.bodyLimits)
  if (!exchange.isKnownBrowser) {
    throw new FlowError('cookie_missing', 'The form came without the cookie that was set with it.')
  }
  const purpose = purposeOf(form)
  const token = form.one('form_token') ?? form.one('formToken')
  const verdict = checkFormToken(settings.formSigner, token, { browserId, purpose, challenge }, nowSeconds(exchange))
  if (verdict.state === 'missing') throw new FlowError('form_token_missing', 'The form came without its token.')
  if (verdict.state === 'invalid') {
    throw new FlowError('form_token_invalid', 'The form was made for another browser, purpose or challenge.')
  }
  return { form, purpose, isExpired: verdict.state === 'expired', restartUrl: verdict.restartUrl }
}

/** @throws {@link FlowError} `cross_site` */
export function assertSameOrigin({ settings, input }: Exchange): void {
  if (!isSameOrigin(input, settings.publicUrl.origin)) {
    throw new FlowError('cross_site', 'The request came from another site.')
  }
}

/** A token for the form of the next answer; the browser's id is sent along if it is new. */
export function newFormToken(
  exchange: Exchange,
  purpose: FormPurpose,
  challenge: string,
  restartUrl: string | undefined,
): string {
  const { settings, browserId } = exchange
  exchange.usesBrowserId = true
  const expiry = nowSeconds(exchange) + settings.formTokenSeconds
  return makeFormToken(settings.formSigner, { browserId, purpose, challenge }, expiry, restartUrl)
}
