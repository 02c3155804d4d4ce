/** The logout page. */
import { html } from 'hono/html'
import { documentOf, markup, sentence, tokenField, type Frame } from './layout.ts'
import type { LogoutModel } from './page-models.ts'

/** Renders it. */
export function logoutPage(model: LogoutModel, frame: Frame): string {
  const { messages } = frame.translation
  const { account, client } = model
  const lead =
    client?.name === undefined ? messages.logoutLead : sentence(messages.logoutLeadClient, { client: client.name })
  const who =
    account === undefined
      ? ''
      : html`<div class="who panel">
          <div>
            <span class="quiet">${messages.signedInAs}</span><strong><bdi>${account.name}</bdi></strong>
          </div>
        </div>`
  const content = html`<h1>${messages.logoutTitle}</h1>
    <p class="lead">${lead}</p>
    ${who}
    <form method="post">
      ${tokenField(frame)}
      <div class="actions">
        <button class="button primary" name="choice" value="yes">${messages.signOut}</button>
        <button class="button" name="choice" value="no">${messages.staySignedIn}</button>
      </div>
    </form>`
  return documentOf(frame, messages.logoutTitle, markup(content))
}
