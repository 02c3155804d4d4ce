/** The page that asks whether to go on as somebody who is already signed in. */
import { html } from 'hono/html'
import { fill } from '../messages/messages.ts'
import { clientLinks, clientName, documentOf, markup, sentence, tokenField, type Frame } from './layout.ts'
import type { AccountModel } from './page-models.ts'

/** Renders it. */
export function accountPage(model: AccountModel, frame: Frame): string {
  const { messages } = frame.translation
  const { client, account } = model
  const content = html`<h1>${messages.accountTitle}</h1>
    <p class="lead">${sentence(messages.accountLead, { client: clientName(client, messages) })}</p>
    <form method="post">
      ${tokenField(frame)}
      <div class="panel">
        <strong><bdi>${account.name}</bdi></strong
        >${account.detail === undefined ? '' : html`<p class="quiet"><bdi>${account.detail}</bdi></p>`}
      </div>
      <div class="actions">
        <button class="button primary" name="choice" value="continue">
          ${fill(messages.continueAs, { account: account.name })}
        </button>
        <button class="button" name="choice" value="other">${messages.otherAccount}</button>
      </div>
    </form>
    ${clientLinks(client, messages)}`
  return documentOf(frame, messages.accountTitle, markup(content))
}
