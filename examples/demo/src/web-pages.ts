/** The pages of the web app. */
import type { Response } from 'express'
import { html, type Html } from './html.ts'
import { sendPage } from './page.ts'
import type { SignedIn } from './sign-in.ts'
import type { CallRecord } from './web-sessions.ts'

/** What a signed-in user sees. */
export interface SignedInView {
  signedIn: SignedIn
  notice: string | undefined
  photos: string[] | undefined
  calls: CallRecord[]
  hydraUp: boolean
  maxAgeSeconds: number
}

/** Before signing in. */
export function signedOutPage(response: Response, notice: string | undefined): void {
  sendPage(response, {
    title: 'Photo album',
    body: html`<main class="narrow stack">
      <p class="brand">Photo album</p>
      <div class="card stack">
        <h1>Your photos, behind a token</h1>
        <p class="soft">
          You sign in at Hydra (authorization code with PKCE). This app then calls a photo API with the access token,
          and shows what the API makes of it.
        </p>
        ${noticeBox(notice)}
        <a class="button primary" href="/sign-in?format=opaque">Sign in</a>
        <a class="button" href="/sign-in?format=jwt">Sign in with a JWT access token</a>
      </div>
    </main>`,
  })
}

/** After it. */
export function signedInPage(response: Response, view: SignedInView): void {
  sendPage(response, {
    title: 'Photo album',
    body: html`<header>
        <span class="brand">Photo album</span>
        <span class="soft">${view.signedIn.subject}</span>
        <form method="post" action="/sign-out"><button class="plain">Sign out</button></form>
      </header>
      <main class="stack">
        ${noticeBox(view.notice)}
        ${!view.hydraUp && html`<p class="notice wait" role="status">The API cannot reach Hydra at the moment, because you cut it off.</p>`}
        <div class="columns">
          <div class="stack">${callsCard(view.calls)} ${albumCard(view.photos)}</div>
          <div class="stack">${tokenCard(view.signedIn)} ${hydraCard(view)}</div>
        </div>
      </main>`,
  })
}

function tokenCard(signedIn: SignedIn): Html {
  const formats = { jwt: 'JWT, checked by Hydra’s keys', opaque: 'opaque, checked by introspection' }
  return html`<section class="card stack">
    <h2>Your access token</h2>
    <dl>
      <dt>Format</dt>
      <dd>${formats[signedIn.format]}</dd>
      <dt>Scopes</dt>
      <dd>${signedIn.scopes.map((scope) => html`<code>${scope}</code> `)}</dd>
      <dt>Valid until</dt>
      <dd>${signedIn.expiresAt.toISOString().slice(11, 16)} UTC</dd>
    </dl>
    <div class="row">${button('/refresh', 'Get a new one')} ${button('/revoke', 'Revoke it')}</div>
  </section>`
}

function hydraCard({ hydraUp, maxAgeSeconds }: SignedInView): Html {
  return html`<section class="card stack">
    <h2>Play an outage</h2>
    <p class="soft small">
      A token that the API saw in the last ${maxAgeSeconds} s is still served; for others it answers 503, never 401.
    </p>
    <div class="row">${button('/outage', hydraUp ? 'Cut the API off from Hydra' : 'Connect it again')}</div>
  </section>`
}

function callsCard(calls: CallRecord[]): Html {
  return html`<section class="card stack">
    <h2>Call the photo API</h2>
    <div class="row">
      ${button('/read', 'See photos', 'primary')} ${button('/add', 'Add a photo')}
      ${button('/private', 'Private album')} ${button('/with-refresh-token', 'Send the refresh token')}
      ${button('/without-token', 'Send no token')}
    </div>
    ${
      calls.length === 0
        ? html`<p class="soft small">Nothing called yet.</p>`
        : html`<ul class="log">
            ${calls.map(logEntry)}
          </ul>`
    }
  </section>`
}

function logEntry(call: CallRecord): Html {
  const colour = call.status < 300 ? 'good' : call.status === 503 ? 'wait' : 'bad'
  return html`<li>
    <span class="status ${colour}">${call.status}</span>
    <span>${call.call}</span>
    <span class="small soft">${call.words}</span>
    ${call.detail && html`<code class="small soft">${call.detail}</code>`}
  </li>`
}

function albumCard(photos: string[] | undefined): Html | false {
  return (
    photos !== undefined &&
    html`<section class="card stack">
      <h2>Album</h2>
      <ul class="album">
        ${photos.map((title) => html`<li>${title}</li>`)}
      </ul>
    </section>`
  )
}

function button(action: string, label: string, kind = ''): Html {
  return html`<form method="post" action="${action}"><button class="${kind}">${label}</button></form>`
}

function noticeBox(notice: string | undefined): Html | false {
  return notice !== undefined && html`<p class="notice wait" role="status">${notice}</p>`
}
