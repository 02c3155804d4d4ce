/** The login page. */
import { html } from 'hono/html'
import {
  alertOf,
  clientLinks,
  clientName,
  documentOf,
  fieldError,
  markup,
  sentence,
  tokenField,
  type Frame,
  type Markup,
} from './layout.ts'
import type { LoginModel } from './page-models.ts'

/** Renders it. */
export function loginPage(model: LoginModel, frame: Frame): string {
  const { messages } = frame.translation
  const { client, errors, values } = model
  const password = fieldError(errors, 'password')
  // Where the next key stroke belongs: the first empty field, or the first wrong one.
  const passwordFirst = values.identifier !== '' && !errors.some(({ field }) => field === model.identifier)
  const lead =
    client === undefined
      ? ''
      : html`<p class="lead">${sentence(messages.loginLead, { client: clientName(client, messages) })}</p>`
  const content = html`<h1>${messages.loginTitle}</h1>
    ${lead} ${alertOf(errors, model.identifier, 'password')}
    <form method="post" novalidate>
      ${tokenField(frame)} ${identifierField(model, frame, !passwordFirst)}
      <div class="field">
        <div class="row"><label for="password">${messages.password}</label>${forgotLink(model, frame)}</div>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="current-password"
          required${password.attributes}${passwordFirst ? html` autofocus` : ''}
        />
        ${password.hint}
      </div>
      ${model.offersRemember ? rememberBox(messages.rememberLogin, values.remember) : ''}
      <div class="actions">
        <button class="button primary" name="choice" value="sign-in">${messages.signIn}</button>
        ${model.offersSignUp ? html`<button class="button" name="choice" value="sign-up">${messages.createAccount}</button>` : ''}
        <button class="button plain" name="choice" value="cancel">${messages.cancel}</button>
      </div>
    </form>
    ${clientLinks(client, messages)}`
  return documentOf(
    frame,
    errors.length > 0 ? `${messages.problem} ${messages.loginTitle}` : messages.loginTitle,
    markup(content),
  )
}

function identifierField(model: LoginModel, frame: Frame, autofocus: boolean): Markup {
  const { messages } = frame.translation
  const { identifier } = model
  const error = fieldError(model.errors, identifier)
  // `username` is what password managers look for, whatever the field is called (HTML section 4.10.18.7).
  return markup(
    html`<div class="field">
      <label for="${identifier}">${identifier === 'email' ? messages.email : messages.username}</label>
      <input
        id="${identifier}"
        name="${identifier}"
        type="${identifier === 'email' ? 'email' : 'text'}"
        value="${model.values.identifier}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        maxlength="254"
        required${error.attributes}${autofocus ? html` autofocus` : ''}
      />
      ${error.hint}
    </div>`,
  )
}

function forgotLink(model: LoginModel, frame: Frame): Markup | string {
  const { forgotPasswordUrl } = model
  if (forgotPasswordUrl === undefined) return ''
  return markup(html`<a href="${forgotPasswordUrl}">${frame.translation.messages.forgotPassword}</a>`)
}

/** A box that remembers a choice; used by the consent page too. */
export function rememberBox(text: string, checked: boolean): Markup {
  return markup(
    html`<label class="check"
      ><input type="checkbox" name="remember" value="true" ${checked ? html` checked` : ''} /><span
        >${text}</span
      ></label
    >`,
  )
}
