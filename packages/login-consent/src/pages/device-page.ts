/** The page that takes a device's code (RFC 8628 section 3.3). */
import { html } from 'hono/html'
import { alertOf, documentOf, fieldError, markup, tokenField, type Frame } from './layout.ts'
import type { DeviceModel } from './page-models.ts'

/** Renders it. */
export function devicePage(model: DeviceModel, frame: Frame): string {
  const { messages } = frame.translation
  const error = fieldError(model.errors, 'user_code')
  const autofocus = model.isPrefilled && model.errors.length === 0 ? '' : html` autofocus`
  const content = html`<h1>${messages.deviceTitle}</h1>
    <p class="lead">${model.isPrefilled ? messages.deviceLeadPrefilled : messages.deviceLead}</p>
    ${alertOf(model.errors, 'user_code')}
    <form method="post" novalidate>
      ${tokenField(frame)}
      <div class="field">
        <label for="user_code">${messages.userCode}</label>
        <input
          class="code"
          id="user_code"
          name="user_code"
          type="text"
          value="${model.userCode}"
          autocomplete="off"
          autocapitalize="none"
          autocorrect="off"
          spellcheck="false"
          maxlength="64"
          required${error.attributes}${autofocus}
        />
        ${error.hint}
      </div>
      <div class="actions">
        <button class="button primary" name="choice" value="continue">${messages.continue}</button>
      </div>
    </form>`
  return documentOf(frame, messages.deviceTitle, markup(content))
}
