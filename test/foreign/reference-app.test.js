/**
 * Ory's reference login & consent app, `hydra-login-consent-logout` 25.4, unchanged and in its own process, driven
 * through all of its pages by a browser that only follows links and submits forms.
 */
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openBrowser } from './support/browser.js'
import { checksOf } from './support/check.js'
import { startChild } from './support/child.js'
import { callback, createClient, deviceGrant, secret, signedOut } from './support/clients.js'
import { freePort, onFreePorts } from './support/free-port.js'
import { formIn, textOf } from './support/html.js'
import { recordedAnswers } from './support/recorded.js'
import { fixedPages, openServer, targetKind } from './support/server.js'

const { check: checkOf, done } = checksOf('reference-app')
const recorded = recordedAnswers('reference-app')
const account = { email: 'foo@bar.com', password: 'foobar' }
let hydra
let app

before(async () => {
  ;({ hydra, app } = await onFreePorts(start))
})
after(async () => {
  await app?.stop()
  await hydra?.stop()
})

async function start() {
  const pagesAt = targetKind === 'given' ? fixedPages : `http://127.0.0.1:${await freePort()}`
  const server = await openServer({ pagesAt })
  try {
    return { hydra: server, app: await startApp(pagesAt, server) }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function startApp(url, { adminUrl }) {
  const program = fileURLToPath(import.meta.resolve('hydra-login-consent-logout/lib/app.js'))
  const child = await startChild(process.execPath, [program], {
    env: {
      PORT: new URL(url).port,
      BASE_URL: url,
      HYDRA_ADMIN_URL: adminUrl,
      // Lets the app answer acr_values and put claims of a made-up user into the tokens.
      CONFORMITY_FAKE_CLAIMS: '1',
      NODE_ENV: 'production',
    },
    isReady: ({ stdout }) =>
      new Promise((resolve) => {
        stdout.on('data', (text) => {
          if (text.includes('Listening on')) resolve()
        })
      }),
  })
  return { ...child, url }
}

/** A check that also holds the pages the browser saw on Hydra's public port against the recorded ones. */
function check(name, run) {
  checkOf(name, async () => {
    const trail = []
    try {
      await run(() => openTab(trail))
    } catch (error) {
      throw new Error(`${error.message}\nthe app wrote:\n${app?.output().slice(-2000)}`, { cause: error })
    }
    recorded.hold(hydra, name, trail)
  })
}

/** One user's browser. `visit` follows redirects to the next page with something to do, or away from both servers. */
function openTab(trail) {
  const browser = openBrowser()
  const ours = new Set([new URL(hydra.publicUrl).origin, app.url])

  async function visit(address, form) {
    let page = await browser.open(address, { form })
    for (let step = 0; page.location !== undefined && step < 20; step++) {
      note(page)
      if (!ours.has(page.location.origin)) return page
      page = await browser.open(page.location)
    }
    note(page)
    return page
  }

  function note({ url, status, headers, location }) {
    if (url.origin === app.url) return
    trail.push({
      page: `${url.pathname}?${[...url.searchParams.keys()].join('&')}`,
      status,
      to: location && { at: location.origin + location.pathname, with: [...location.searchParams.keys()].join('&') },
      // The suffix of the CSRF cookies depends on the client's id.
      cookies: headers.getSetCookie().map((cookie) => cookie.split('=')[0].replace(/\d+$/, '<n>')),
    })
  }

  return {
    visit,
    /** Submits the form of a page, with these fields filled in and this button pressed. */
    submit(page, fields = {}, button) {
      const form = formIn(page.text)
      const filled = form.fields
        .map(([name, value]) => [name, fields[name] ?? value])
        .filter(([, value]) => value !== undefined)
      const chosen = [...filled, ...(fields.checked ?? []), ...(button ? [['submit', button]] : [])]
      return visit(new URL(form.action || page.url, page.url), chosen)
    },
  }
}

async function newClient(members) {
  return createClient(hydra, members)
}

function authorizationUrl(client, parameters = {}) {
  return `${hydra.publicUrl}/oauth2/auth?${new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid offline photos.read',
    state: 'a-state-of-some-length',
    ...parameters,
  })}`
}

const everyScope = ['openid', 'offline', 'photos.read']
const ticked = (scopes) => scopes.map((scope) => ['grant_scope', scope])
const remember = [['remember', '1']]

/** Login page, then consent page, both agreed to. */
async function agreeToAll(tab, client, options = {}) {
  const { rememberLogin = false, rememberConsent = false, parameters, scopes = everyScope } = options
  const login = await tab.visit(authorizationUrl(client, parameters))
  assert.match(textOf(login.text), /Please log in/)
  const consent = await tab.submit(login, { ...account, checked: rememberLogin ? remember : [] }, 'Log in')
  assert.match(textOf(consent.text), /Hi foo@bar\.com, application Photo prints wants access/)
  return tab.submit(consent, { checked: [...ticked(scopes), ...(rememberConsent ? remember : [])] }, 'Allow access')
}

async function exchange(client, parameters) {
  const basic = [client.client_id, secret].map(encodeURIComponent).join(':')
  const response = await fetch(`${hydra.publicUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
    body: new URLSearchParams(parameters),
  })
  const tokens = await response.json()
  assert.equal(response.status, 200, `${tokens.error}: ${tokens.error_description}`)
  return tokens
}

async function tokensAt(client, page) {
  const code = page.location.searchParams.get('code')
  assert.ok(code, `no code in ${page.location.search}`)
  return exchange(client, { grant_type: 'authorization_code', code, redirect_uri: callback })
}

function claimsOf(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString('utf8'))
}

check('welcome page', async (open) => {
  const page = await open().visit(`${app.url}/`)
  assert.equal(page.status, 200)
  assert.match(textOf(page.text), /User Login & Consent Flow reference implementation/)
})

check('login, consent, tokens', async (open) => {
  const client = await newClient({ scope: 'openid offline photos.read email' })
  const parameters = { scope: 'openid offline email', acr_values: 'gold silver' }
  const end = await agreeToAll(open(), client, { parameters, scopes: ['openid', 'offline', 'email'] })
  const tokens = await tokensAt(client, end)
  assert.equal(tokens.scope, 'openid offline email')
  const claims = claimsOf(tokens.id_token)
  assert.equal(claims.sub, 'foo@bar.com')
  assert.equal(claims.acr, 'silver', 'the app answers with the last of acr_values')
  assert.equal(claims.email, 'foo@bar.com')
})

check('login page fills in the hint', async (open) => {
  const page = await open().visit(authorizationUrl(await newClient(), { login_hint: 'foo@bar.com' }))
  assert.ok(formIn(page.text).fields.some(([name, value]) => name === 'email' && value === 'foo@bar.com'))
})

check('wrong password, then the right one', async (open) => {
  const client = await newClient()
  const tab = open()
  const login = await tab.visit(authorizationUrl(client))
  const again = await tab.submit(login, { ...account, password: 'wrong' }, 'Log in')
  assert.match(textOf(again.text), /username \/ password combination is not correct/)
  const consent = await tab.submit(again, account, 'Log in')
  assert.match(textOf(consent.text), /wants access/)
})

check('login denied', async (open) => {
  const tab = open()
  const login = await tab.visit(authorizationUrl(await newClient()))
  const { location } = await tab.submit(login, {}, 'Deny access')
  assert.equal(location.searchParams.get('error'), 'access_denied')
  assert.equal(location.searchParams.get('error_description'), 'The resource owner denied the request')
  assert.equal(location.searchParams.get('state'), 'a-state-of-some-length')
})

check('consent denied', async (open) => {
  const tab = open()
  const login = await tab.visit(authorizationUrl(await newClient()))
  const consent = await tab.submit(login, account, 'Log in')
  const { location } = await tab.submit(consent, {}, 'Deny access')
  assert.equal(location.searchParams.get('error'), 'access_denied')
  assert.equal(location.searchParams.get('error_description'), 'The resource owner denied the request')
})

check('consent to one scope only', async (open) => {
  const client = await newClient()
  const tab = open()
  const consent = await tab.submit(await tab.visit(authorizationUrl(client)), account, 'Log in')
  const end = await tab.submit(consent, { checked: ticked(['photos.read']) }, 'Allow access')
  const tokens = await tokensAt(client, end)
  assert.equal(tokens.scope, 'photos.read')
  assert.equal(tokens.id_token, undefined)
  assert.equal(tokens.refresh_token, undefined)
})

check('remembered login skips the login page', async (open) => {
  const client = await newClient()
  const tab = open()
  await agreeToAll(tab, client, { rememberLogin: true })
  const page = await tab.visit(authorizationUrl(client))
  assert.match(textOf(page.text), /wants access/)
})

check('remembered login and consent skip both pages', async (open) => {
  const client = await newClient()
  const tab = open()
  await agreeToAll(tab, client, { rememberLogin: true, rememberConsent: true })
  const tokens = await tokensAt(client, await tab.visit(authorizationUrl(client)))
  assert.equal(tokens.scope, 'openid offline photos.read')

  const silent = await tab.visit(authorizationUrl(client, { prompt: 'none' }))
  assert.ok(silent.location.searchParams.get('code'))
  const login = await tab.visit(authorizationUrl(client, { prompt: 'login' }))
  assert.match(textOf(login.text), /Please log in/)
})

check('a client with skip_consent is not asked', async (open) => {
  const client = await newClient({ skip_consent: true })
  const tab = open()
  const end = await tab.submit(await tab.visit(authorizationUrl(client)), account, 'Log in')
  assert.equal((await tokensAt(client, end)).scope, 'openid offline photos.read')
})

check('an unknown challenge is the error page', async (open) => {
  const tab = open()
  for (const path of ['/login?login_challenge=x', '/consent?consent_challenge=x', '/logout?logout_challenge=x']) {
    assert.equal((await tab.visit(app.url + path)).status, 500, path)
  }
})

check('logout at the client, agreed to', async (open) => {
  const client = await newClient()
  const tab = open()
  const { id_token } = await tokensAt(client, await agreeToAll(tab, client, { rememberLogin: true }))
  const query = new URLSearchParams({
    id_token_hint: id_token,
    post_logout_redirect_uri: signedOut,
    state: 'a-state-of-some-length',
  })
  const page = await tab.visit(`${hydra.publicUrl}/oauth2/sessions/logout?${query}`)
  assert.match(textOf(page.text), /Do you wish to log out\?/)
  const end = await tab.submit(page)
  assert.equal(end.location.href, `${signedOut}?state=a-state-of-some-length`)
  assert.match(textOf((await tab.visit(authorizationUrl(client))).text), /Please log in/)
})

check('logout without a client, agreed to', async (open) => {
  const client = await newClient()
  const tab = open()
  await agreeToAll(tab, client, { rememberLogin: true })
  const page = await tab.visit(`${hydra.publicUrl}/oauth2/sessions/logout`)
  const end = await tab.submit(page)
  assert.equal(end.url.href, `${app.url}/`, 'urls.post_logout_redirect')
  assert.match(textOf((await tab.visit(authorizationUrl(client))).text), /Please log in/)
})

check('logout refused', async (open) => {
  const client = await newClient()
  const tab = open()
  await agreeToAll(tab, client, { rememberLogin: true })
  const page = await tab.visit(`${hydra.publicUrl}/oauth2/sessions/logout`)
  // The page's own buttons have no name, so that its "No" means yes; the app does have a branch for it.
  const end = await tab.submit(page, {}, 'No')
  assert.equal(end.location.href, 'https://www.ory.sh/')
  assert.match(textOf((await tab.visit(authorizationUrl(client))).text), /wants access/, 'still signed in')
})

check('device: verify, log in, consent, success', async (open) => {
  const client = await newClient()
  const device = await deviceCodes(client)
  const tab = open()
  const verify = await tab.visit(device.verification_uri_complete)
  assert.match(textOf(verify.text), /Please input User Code/)
  const login = await tab.submit(verify, { code: device.user_code }, 'Send')
  const consent = await tab.submit(login, account, 'Log in')
  const success = await tab.submit(consent, { checked: ticked(everyScope) }, 'Allow access')
  assert.equal(success.url.pathname, '/device/success')
  assert.match(textOf(success.text), /Verification successful/)
  const tokens = await exchange(client, { grant_type: deviceGrant, device_code: device.device_code })
  assert.equal(claimsOf(tokens.id_token).sub, 'foo@bar.com')
})

check('device: a wrong code is the error page', async (open) => {
  const device = await deviceCodes(await newClient())
  const tab = open()
  const verify = await tab.visit(device.verification_uri)
  assert.equal((await tab.submit(verify, { code: 'no-such-code' }, 'Send')).status, 500)
})

async function deviceCodes(client) {
  const response = await fetch(`${hydra.publicUrl}/oauth2/device/auth`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from([client.client_id, secret].map(encodeURIComponent).join(':')).toString('base64')}`,
    },
    body: new URLSearchParams({ client_id: client.client_id, scope: 'openid offline photos.read' }),
  })
  assert.equal(response.status, 200)
  return response.json()
}
done(recorded)
