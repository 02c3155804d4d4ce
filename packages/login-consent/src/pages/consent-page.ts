/** The consent page: who asks for what, in plain words. */
import { html } from 'hono/html'
import { fill } from '../messages/messages.ts'
import {
  alertOf,
  clientLinks,
  clientName,
  documentOf,
  markup,
  sentence,
  tokenField,
  type Frame,
  type Markup,
} from './layout.ts'
import { rememberBox } from './login-page.ts'
import type { ConsentModel, ScopeView } from './page-models.ts'

/** Renders it. */
export function consentPage(model: ConsentModel, frame: Frame): string {
  const { messages } = frame.translation
  const { client, errors } = model
  const logo =
    client.logoUrl === undefined
      ? ''
      : html`<p class="brand"><img src="${client.logoUrl}" alt="" referrerpolicy="no-referrer" /></p>`
  // "Not you?" is a form of its own: the first button of a form is what Enter presses, and that must be the choice itself.
  const content = html`${logo}
    <h1>${messages.consentTitle}</h1>
    <p class="lead">${sentence(messages.consentLead, { client: clientName(client, messages) })}</p>
    ${alertOf(errors)}
    <div class="who panel">
      <div>
        <span class="quiet">${messages.signedInAs}</span><strong><bdi>${model.account.name}</bdi></strong
        >${model.account.detail === undefined ? '' : html`<span class="quiet"><bdi>${model.account.detail}</bdi></span>`}
      </div>
      <form class="inline" method="post">
        ${tokenField(frame)}<button class="link" name="choice" value="switch">${messages.notYou}</button>
      </form>
    </div>
    <form method="post">
      ${tokenField(frame)} ${scopesOf(model, frame)} ${audienceOf(model, frame)}
      ${model.offersRemember ? rememberBox(messages.rememberConsent, model.remember) : ''}
      <div class="actions">
        <button class="button primary" name="choice" value="allow">${messages.allow}</button>
        <button class="button" name="choice" value="deny">${messages.deny}</button>
      </div>
      ${model.returnHost === undefined ? '' : html`<p class="quiet">${fill(messages.returnNotice, { host: model.returnHost })}</p>`}
    </form>
    ${clientLinks(client, messages)}`
  return documentOf(frame, messages.consentTitle, markup(content))
}

function scopesOf(model: ConsentModel, frame: Frame): Markup | string {
  const { messages } = frame.translation
  if (model.scopes.length === 0) return ''
  return markup(
    html`<fieldset class="panel">
      <legend>${messages.consentScopes}</legend>
      <div>${model.scopes.map((scope) => scopeBox(scope, messages.always))}</div>
    </fieldset>`,
  )
}

/** A disabled box is not sent; what is required is granted by the server's own list. */
function scopeBox(scope: ScopeView, always: string): Markup {
  if (scope.required) {
    return markup(
      html`<label class="check fixed"
        ><input type="checkbox" disabled checked /><span>${scope.description}<small>${always}</small></span></label
      >`,
    )
  }
  return markup(
    html`<label class="check"
      ><input type="checkbox" name="scope" value="${scope.name}" ${scope.checked ? html` checked` : ''} /><span
        ><bdi>${scope.description}</bdi></span
      ></label
    >`,
  )
}

function audienceOf(model: ConsentModel, frame: Frame): Markup | string {
  if (model.audience.length === 0) return ''
  return markup(
    html`<div class="panel">
      <h2>${frame.translation.messages.consentAudience}</h2>
      <ul>
        ${model.audience.map((name) => html`<li class="quiet"><bdi>${name}</bdi></li>`)}
      </ul>
    </div>`,
  )
}
