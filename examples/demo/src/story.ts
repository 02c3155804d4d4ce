/** The whole story without a person: what a user, a browser and an outage would do, step by step. */
import type { Demo } from './demo.ts'
import type { Terminal } from './terminal.ts'
import { ada } from './users.ts'
import { createVisitor, unescape, type Page } from './visitor.ts'

/** A signed-in visitor. */
interface SignedInVisitor {
  format: 'jwt' | 'opaque'
  /** Presses a button of the web app; returns what its newest call to the API came to. */
  press(action: string): Promise<Outcome>
}

interface Outcome {
  status: number
  words: string
  detail: string
}

/** Plays every step and says how it went. True if none failed. */
export async function playStory({ hydra, webUrl, outage }: Demo, terminal: Terminal): Promise<boolean> {
  const { maxAgeSeconds } = hydra
  let good = true

  async function step<T>(name: string, act: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await act()
      terminal.passed(name)
      return result
    } catch (error) {
      good = false
      terminal.failed(name, (error as Error).message)
      return undefined
    }
  }

  const signedIn = await step('Ada signs in with code + PKCE, and does not allow the app to add photos', async () => [
    await signIn(webUrl, 'opaque'),
    await signIn(webUrl, 'jwt'),
  ])
  if (signedIn === undefined) return false
  const opaque = signedIn.find(({ format }) => format === 'opaque')
  const jwt = signedIn.find(({ format }) => format === 'jwt')
  const anyone = signedIn[0] as SignedInVisitor
  const unless = (format: 'opaque' | 'JWT'): string => `this server issues no ${format} access tokens`

  const opaqueAccepted = 'An opaque token is accepted: Hydra is asked once, then the answer is kept'
  if (opaque === undefined) terminal.notApplicable(opaqueAccepted, unless('opaque'))
  else {
    await step(opaqueAccepted, async () => {
      expect(await opaque.press('/read'), 200, 'accepted by introspection')
      expect(await opaque.press('/read'), 200, 'accepted from cache')
    })
  }

  const jwtAccepted = 'A JWT is accepted by Hydra’s keys, without asking Hydra about it'
  if (jwt === undefined) terminal.notApplicable(jwtAccepted, unless('JWT'))
  else await step(jwtAccepted, async () => expect(await jwt.press('/read'), 200, 'accepted by keys'))

  await step('No token: 401 with a bare challenge', async () => {
    const seen = await anyone.press('/without-token')
    expect(seen, 401, 'refused: missing')
    if (seen.detail !== 'WWW-Authenticate: Bearer') throw new Error(`the challenge was ${seen.detail}`)
  })

  await step('A missing scope: 403, and the challenge names it', async () => {
    expect(await anyone.press('/add'), 403, 'refused: insufficient_scope', 'scope="photos.write"')
  })

  await step('A refresh token used as access token: 401, although Hydra calls it active', async () => {
    expect(await anyone.press('/with-refresh-token'), 401, 'refused: refresh_token', 'error="invalid_token"')
  })

  const unseen = await step('Ada signs in once more; the API has not seen this token yet', () =>
    signIn(webUrl, 'opaque'),
  )
  await step(
    'Hydra is unreachable: a token seen just before is still served, what needs Hydra gets 503 with Retry-After',
    async () => {
      await anyone.press('/private')
      outage.up = false
      try {
        const [served, refused] = [
          await anyone.press('/read'),
          await unseen?.press(unseen.format === 'jwt' ? '/private' : '/read'),
        ]
        expect(served, 200, anyone.format === 'jwt' ? 'accepted' : 'accepted from cache')
        expect(refused, 503, 'Hydra could not be asked', 'Retry-After: ')
      } finally {
        outage.up = true
      }
    },
  )
  await step('Hydra is back: the same token is accepted', async () => {
    expect(await unseen?.press('/read'), 200, 'accepted')
  })

  const opaqueRevoked = `A revoked opaque token: 401 once the stated delay of ${maxAgeSeconds} s is over`
  if (opaque === undefined) terminal.notApplicable(opaqueRevoked, unless('opaque'))
  else {
    await step(opaqueRevoked, async () => {
      await opaque.press('/private')
      await opaque.press('/revoke')
      expect(await opaque.press('/read'), 200, 'accepted from cache')
      await hydra.pass(maxAgeSeconds + 1)
      expect(await opaque.press('/read'), 401, 'refused: inactive')
    })
  }

  const jwtRevoked = 'A revoked JWT: keys accept it until it expires; a route that asks Hydra refuses it at once'
  if (jwt === undefined) terminal.notApplicable(jwtRevoked, unless('JWT'))
  else {
    await step(jwtRevoked, async () => {
      await jwt.press('/revoke')
      expect(await jwt.press('/read'), 200, 'accepted')
      expect(await jwt.press('/private'), 401, 'refused: inactive')
    })
  }
  return good
}

/** Signs in as a person would: the web app, Hydra, the login page, the consent page, and back. */
async function signIn(webUrl: string, client: 'opaque' | 'jwt'): Promise<SignedInVisitor> {
  const visitor = createVisitor()
  const login = await visitor.open(`${webUrl}/sign-in?format=${client}`)
  const consent = await visitor.submit(login, { fill: { email: ada.email, password: ada.password } })
  let page = await visitor.submit(consent, { untick: ['photos.write'] })
  const format = /<dd>(JWT|opaque), checked/.exec(page.html)?.[1]
  if (format === undefined) throw new Error(`the web app says: ${noticeOn(page)}`)
  return {
    format: format === 'JWT' ? 'jwt' : 'opaque',
    async press(action) {
      page = await visitor.press(page, action)
      return newestCall(page)
    },
  }
}

function newestCall({ html, status }: Page): Outcome {
  const text = (pattern: RegExp): string => unescape(pattern.exec(html)?.[1] ?? '')
  if (status !== 200) throw new Error(`the web app answered ${status}`)
  return {
    status: Number(text(/<span class="status \w+">(\d+)</)),
    words: text(/<span class="small soft">([^<]*)</),
    detail: text(/<li>(?:(?!<\/li>)[\s\S])*?<code class="small soft">([^<]*)</),
  }
}

function noticeOn({ html, url }: Page): string {
  return unescape(/role="(?:status|alert)">([^<]*)</.exec(html)?.[1] ?? /<h1>([^<]*)</.exec(html)?.[1] ?? url.origin)
}

function expect(seen: Outcome | undefined, status: number, words: string, detail = ''): void {
  if (seen?.status === status && seen.words.includes(words) && seen.detail.includes(detail)) return
  const wanted = [status, words, detail].filter(Boolean).join(', ')
  throw new Error(
    `expected ${wanted}; got ${seen === undefined ? 'nothing' : `${seen.status}, ${seen.words}, ${seen.detail}`}`,
  )
}
