/**
 * Plays user, browser and login & consent app at once: follows the redirects of the public port, and whenever the
 * server sends the user to a page with a challenge, answers that challenge through the admin port. So it works with
 * every server, whatever its `urls.*` are.
 */
const maxRedirects = 20

/**
 * @param {{ publicUrl: string, adminUrl: string }} server
 * @param {ReturnType<import('./browser.js').openBrowser>} browser
 * @param {string | URL} address where the user starts
 * @param {{ subject?: string, login?: object, consent?: object, userCode?: string }} [user]
 * @returns the first answer that is no redirect, or the redirect (`location`) that leaves the server
 */
export async function follow(server, browser, address, user = {}) {
  let next = new URL(address)
  for (let step = 0; step < maxRedirects; step++) {
    const page = await browser.open(next)
    if (page.location === undefined) return page
    const challenge = challengeIn(page.location)
    if (challenge) next = new URL(await answers[challenge.kind](server, challenge.value, user))
    else if (page.location.origin === new URL(server.publicUrl).origin) next = page.location
    else return page
  }
  throw new Error(`more than ${maxRedirects} redirects after ${new URL(address).pathname}`)
}

/** The challenge in the address of a page, if it has one. */
export function challengeIn(url) {
  for (const kind of Object.keys(answers)) {
    const value = url.searchParams.get(`${kind}_challenge`)
    if (value) return { kind, value }
  }
  return undefined
}

const answers = {
  async login(server, challenge, { subject = 'alice', login = {} }) {
    const request = await admin(server, 'GET', `login?login_challenge=${challenge}`)
    const body = { subject: request.skip ? request.subject : subject, ...login }
    return (await admin(server, 'PUT', `login/accept?login_challenge=${challenge}`, body)).redirect_to
  },
  async consent(server, challenge, { consent = {} }) {
    const request = await admin(server, 'GET', `consent?consent_challenge=${challenge}`)
    const body = {
      grant_scope: request.requested_scope,
      grant_access_token_audience: request.requested_access_token_audience,
      ...consent,
    }
    return (await admin(server, 'PUT', `consent/accept?consent_challenge=${challenge}`, body)).redirect_to
  },
  async logout(server, challenge) {
    return (await admin(server, 'PUT', `logout/accept?logout_challenge=${challenge}`)).redirect_to
  },
  async device(server, challenge, { userCode }) {
    const body = { user_code: userCode }
    return (await admin(server, 'PUT', `device/accept?device_challenge=${challenge}`, body)).redirect_to
  },
}

async function admin(server, method, path, body) {
  const response = await fetch(`${server.adminUrl}/admin/oauth2/auth/requests/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path.split('?')[0]} answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
