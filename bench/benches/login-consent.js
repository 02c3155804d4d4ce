/** The provider's own code on the happy path: login page, login, consent page, consent. Hydra answers from memory. */
import { createLoginConsentProvider, login } from '../../packages/login-consent/dist/index.js'
import { measure } from '../rounds.js'
import { typical } from '../statistics.js'

const ISSUER = 'https://auth.example.com'
const REQUEST = {
  challenge: 'c',
  requested_scope: ['openid', 'offline', 'photos.read', 'photos.write'],
  requested_access_token_audience: ['https://api.example.com'],
  skip: false,
  subject: 'alice',
  oidc_context: { ui_locales: ['de', 'en'], login_hint: 'alice@example.com' },
  client: { client_id: 'photos', client_name: 'Photo Printer', policy_uri: 'https://photos.example/privacy' },
  request_url: `${ISSUER}/oauth2/auth?client_id=photos&response_type=code&scope=openid&state=0123456789abcdef&redirect_uri=https%3A%2F%2Fphotos.example%2Fcallback`,
  session_id: 's1',
  login_session_id: 's1',
}
const DONE = { state: 'done', redirectTo: `${ISSUER}/oauth2/auth?verifier=1` }
const requests = {
  get: async (challenge) => ({ state: 'open', request: { ...REQUEST, challenge } }),
  accept: async () => DONE,
  reject: async () => DONE,
}

export async function run({ quick }) {
  const provider = createLoginConsentProvider({
    hydra: { loginRequests: requests, consentRequests: requests, logoutRequests: requests, clients: {} },
    issuer: ISSUER,
    publicUrl: 'https://login.example.com',
    secret: 'a secret of this bench, 32 bytes or more',
    authenticate: ({ form }) => login.accept({ subject: form.email.split('@')[0] }),
    claims: () => ({ accessToken: { role: 'editor' } }),
    limit: () => undefined,
  })
  let number = 0
  const logins = async (count) => {
    for (let done = 0; done < count; done++) await signIn(provider, `challenge-${++number}`)
  }
  const NAME = 'login and consent'
  const costs = await measure([{ name: NAME, batch: 20, run: logins }], { rounds: quick ? 30 : 50, warmUp: 10 })
  const { value, interval } = typical(costs.get(NAME))
  return { 'login-consent': { value: value / 1000, interval: interval.map((microseconds) => microseconds / 1000) } }
}

async function signIn(provider, challenge) {
  const cookies = new Map()
  const ask = async (method, url, body) => {
    const headers = {
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'accept-language': 'en',
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    }
    const answer = await provider.handle({ method, url, headers, body })
    for (const [name, value] of answer.headers) {
      if (name === 'Set-Cookie') cookies.set(...value.split(';')[0].split('='))
    }
    return answer
  }
  for (const [url, fields] of [
    [`/login?login_challenge=${challenge}`, 'email=alice%40example.com&password=x&choice=sign-in'],
    [`/consent?consent_challenge=${challenge}`, 'scope=photos.read&scope=offline&choice=allow'],
  ]) {
    const page = await ask('GET', url)
    const token = /name="form_token" value="([^"]*)"/.exec(page.body)?.[1]
    const sent = await ask('POST', url, Buffer.from(`form_token=${token}&${fields}`))
    if (sent.status !== 303) throw new Error(`${url} answered ${sent.status}`)
  }
}
