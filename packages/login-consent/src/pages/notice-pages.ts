/** Pages that only tell something: done, signed out, cannot be reached, did not work. */
import { html } from 'hono/html'
import { documentOf, markup, tokenField, type Frame, type Markup } from './layout.ts'
import type { ErrorModel, UnavailableModel } from './page-models.ts'

/** A page with a title, a sentence and a mark. */
export function noticePage(frame: Frame, title: string, text: string, mark: 'good' | 'bad' = 'good'): string {
  const content = html`<div class="mark${mark === 'bad' ? ' bad' : ''}" aria-hidden="true"></div>
    <h1>${title}</h1>
    <p class="lead">${text}</p>
    ${homeLink(frame)}`
  return documentOf(frame, title, markup(content))
}

function homeLink(frame: Frame): Markup | string {
  const { homeUrl } = frame.branding
  if (homeUrl === undefined) return ''
  return markup(
    html`<div class="stack"><a class="button" href="${homeUrl}">${frame.translation.messages.goHome}</a></div>`,
  )
}

/** Hydra cannot be reached: try again, with everything but passwords still there. */
export function unavailablePage(model: UnavailableModel, frame: Frame): string {
  const { messages } = frame.translation
  const { fields } = model
  const hidden = (fields ?? []).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)
  // An empty `href` is this very page; a GET form would drop the challenge from the address.
  const retry =
    fields === undefined
      ? html`<div class="stack"><a class="button primary" href="">${messages.tryAgain}</a></div>`
      : html`<form method="post">
          ${tokenField(frame)}${hidden}<button class="button primary">${messages.tryAgain}</button>
        </form>`
  const content = html`<div class="mark bad" aria-hidden="true"></div>
    <h1>${messages.unavailableTitle}</h1>
    <p class="lead">${messages.unavailableText}</p>
    ${retry}`
  return documentOf(frame, messages.unavailableTitle, markup(content))
}

/** Something did not work: what, and how to go on. */
export function errorPage(model: ErrorModel, frame: Frame): string {
  const { messages } = frame.translation
  const { restartUrl, homeUrl } = model
  const ways = [
    restartUrl === undefined ? '' : html`<a class="button primary" href="${restartUrl}">${messages.startAgain}</a>`,
    homeUrl === undefined
      ? ''
      : html`<a class="button${restartUrl === undefined ? ' primary' : ''}" href="${homeUrl}">${messages.goHome}</a>`,
  ]
  const content = html`<div class="mark bad" aria-hidden="true"></div>
    <h1>${messages.errorTitle}</h1>
    <p class="lead">${model.message}</p>
    ${restartUrl === undefined ? html`<p class="lead">${messages.goBack}</p>` : ''}
    ${ways.every((way) => way === '') ? '' : html`<div class="stack">${ways}</div>`}
    <p class="links quiet">
      ${messages.errorCode}: ${model.code}${model.detail === undefined ? '' : html`<br />${model.detail}`}
    </p>`
  return documentOf(frame, messages.errorTitle, markup(content))
}
