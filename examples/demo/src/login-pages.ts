/** The pages of the login & consent app. */
import type { Response } from 'express'
import { html } from './html.ts'
import { sendPage } from './page.ts'
import { ada } from './users.ts'

const descriptions: Readonly<Record<string, string>> = {
  'photos.read': 'See your photos',
  'photos.write': 'Add photos to your album',
  offline_access: 'Stay connected while you are away',
}

/** Asks for e-mail and password. */
export function loginPage(
  response: Response,
  page: { challenge: string; formToken: string; clientName: string; email?: string | undefined; failed?: boolean },
): void {
  sendPage(response, {
    title: 'Sign in',
    status: page.failed ? 422 : 200,
    body: html`<main class="narrow stack">
      <p class="brand">Demo accounts</p>
      <form class="card stack" method="post" action="/login">
        <div>
          <h1>Sign in</h1>
          <p class="soft">to continue to ${page.clientName}</p>
        </div>
        ${page.failed && html`<p class="notice bad" role="alert">Wrong e-mail or password.</p>`}
        <input type="hidden" name="challenge" value="${page.challenge}" />
        <input type="hidden" name="form_token" value="${page.formToken}" />
        <label
          >E-mail <input type="email" name="email" value="${page.email ?? ada.email}" autocomplete="username" required
        /></label>
        <label
          >Password <input type="password" name="password" autocomplete="current-password" required autofocus
        /></label>
        <button class="primary wide">Sign in</button>
        <p class="soft small">
          The demo's only user is <code>${ada.email}</code> with the password <code>${ada.password}</code>.
        </p>
      </form>
    </main>`,
  })
}

/** Asks what the app may do. */
export function consentPage(
  response: Response,
  page: { challenge: string; formToken: string; clientName: string; subject: string; scopes: readonly string[] },
): void {
  const choices = page.scopes.filter((scope) => scope !== 'openid')
  sendPage(response, {
    title: 'Allow access',
    body: html`<main class="narrow stack">
      <p class="brand">Demo accounts</p>
      <form class="card stack" method="post" action="/consent">
        <div>
          <h1>Allow access?</h1>
          <p class="soft">${page.clientName} asks to do this as ${page.subject}:</p>
        </div>
        <input type="hidden" name="challenge" value="${page.challenge}" />
        <input type="hidden" name="form_token" value="${page.formToken}" />
        <div>
          ${choices.map(
            (scope) =>
              html`<label class="choice">
                <input type="checkbox" name="scope:${scope}" value="on" checked />
                <span>${descriptions[scope] ?? scope}</span>
                <code class="soft small">${scope}</code>
              </label>`,
          )}
        </div>
        <button class="primary wide" name="decision" value="allow">Allow</button>
        <button class="wide" name="decision" value="deny">Deny</button>
        <p class="soft small">Untick “Add photos” to see the API refuse an upload later.</p>
      </form>
    </main>`,
  })
}

/** The request is over: it was used, it expired, or it never existed. */
export function notOpenPage(response: Response): void {
  errorPage(response, {
    status: 410,
    error: 'This sign-in is over',
    description: 'It was finished elsewhere, or it took too long. Go back to the app and sign in again.',
  })
}

/** Says what went wrong. */
export function errorPage(response: Response, page: { status: number; error: string; description: string }): void {
  sendPage(response, {
    title: page.error,
    status: page.status,
    body: html`<main class="narrow stack">
      <p class="brand">Demo accounts</p>
      <div class="card stack">
        <h1>${page.error}</h1>
        <p>${page.description}</p>
      </div>
    </main>`,
  })
}
