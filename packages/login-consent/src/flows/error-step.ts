/** The error step: where Hydra sends the browser when it cannot tell the client (`urls.error`). */
import type { Answer } from '../answers.ts'
import { cleanText } from '../clean-text.ts'
import type { Exchange } from '../exchange.ts'
import { targetOf } from '../http.ts'
import { errorAnswer } from '../trouble.ts'
import type { MessageKey } from '../messages/messages.ts'

/**
 * Shows Hydra's error. Anybody can link here with a text of his own, so the words are ours; Hydra's are shown to
 * developers only (`showErrorDescriptions`).
 */
export function errorStep(exchange: Exchange): Answer {
  const parameters = targetOf(exchange.input.url)?.searchParams ?? new URLSearchParams()
  const given = parameters.get('error') ?? ''
  const code = /^[a-z][a-z0-9_]{0,63}$/.test(given) ? given : 'unknown'
  const description = [parameters.get('error_description'), parameters.get('error_hint')].filter(Boolean).join(' ')
  const detail = exchange.settings.showErrorDescriptions ? cleanText(description, 600) : ''
  return errorAnswer(exchange, code, 400, {
    message: messageOf(code, description),
    detail: detail === '' ? undefined : detail,
  })
}

function messageOf(code: string, description: string): MessageKey {
  // Hydra has one code for several refusals; its CSRF cookie is the commonest, and the only one that a user can mend.
  if (code === 'request_forbidden' || /csrf/i.test(description)) return 'error_csrf'
  const aliases: Record<string, MessageKey> = {
    unauthorized_client: 'error_invalid_client',
    unsupported_response_type: 'error_invalid_request',
    invalid_state: 'error_invalid_request',
    consent_required: 'error_access_denied',
    interaction_required: 'error_login_required',
    request_unauthorized: 'error_request_expired',
    temporarily_unavailable: 'error_server_error',
  }
  return aliases[code] ?? (`error_${code}` as MessageKey)
}
