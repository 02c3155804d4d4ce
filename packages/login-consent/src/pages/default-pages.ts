/** Our own pages, by name. */
import { accountPage } from './account-page.ts'
import { consentPage } from './consent-page.ts'
import { devicePage } from './device-page.ts'
import type { Frame } from './layout.ts'
import { loginPage } from './login-page.ts'
import { logoutPage } from './logout-page.ts'
import { errorPage, noticePage, unavailablePage } from './notice-pages.ts'
import type { PageModels, PageName } from './page-models.ts'

type Renderers = { readonly [P in PageName]: (model: PageModels[P], frame: Frame) => string }

const renderers: Renderers = {
  login: loginPage,
  account: accountPage,
  consent: consentPage,
  logout: logoutPage,
  device: devicePage,
  unavailable: unavailablePage,
  error: errorPage,
  stayed: (_model, frame) =>
    noticePage(frame, frame.translation.messages.stayedTitle, frame.translation.messages.stayedText),
  'signed-out': (_model, frame) =>
    noticePage(frame, frame.translation.messages.signedOutTitle, frame.translation.messages.signedOutText),
  'device-done': (_model, frame) =>
    noticePage(frame, frame.translation.messages.deviceDoneTitle, frame.translation.messages.deviceDoneText),
  'device-denied': (_model, frame) =>
    noticePage(frame, frame.translation.messages.deviceDeniedTitle, frame.translation.messages.deviceDeniedText, 'bad'),
}

/** Renders a page of ours. */
export function renderDefaultPage<P extends PageName>(page: P, model: PageModels[P], frame: Frame): string {
  return renderers[page](model, frame)
}
