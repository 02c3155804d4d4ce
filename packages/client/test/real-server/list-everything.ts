/**
 * Lists 300 clients, 300 consents and 300 trusted issuers of a running Hydra, in pages of 1, 7, 100 and 500, while
 * others are being added, and says whether each came exactly once.
 *
 *     HYDRA_PUBLIC_URL=http://127.0.0.1:4444 HYDRA_ADMIN_URL=http://127.0.0.1:4445 \
 *       npx tsx --tsconfig tsconfig.json packages/client/test/real-server/list-everything.ts
 *
 * It leaves its clients, consents and issuers behind: don't point it at a server that anybody needs.
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createHydraClient, isHydraHttpError } from '@hydra-kit/client'
import type { HydraClient, HydraList, JsonWebKey } from '@hydra-kit/client'

const COUNT = 300
const { HYDRA_PUBLIC_URL: publicUrl, HYDRA_ADMIN_URL: adminUrl } = process.env
if (publicUrl === undefined || adminUrl === undefined) throw new Error('set HYDRA_PUBLIC_URL and HYDRA_ADMIN_URL')

const hydra = createHydraClient({ publicUrl, adminUrl, timeoutMs: 30_000 })
const run = randomUUID()
const callback = 'http://127.0.0.1:5555/callback'

interface Subject {
  name: string
  /** Adds one entry and says how the list shows it. */
  add: (hydra: HydraClient, n: number) => Promise<string>
  list: (pageSize: number) => HydraList<unknown>
  key: (item: never) => string
}

const web = await hydra.clients.create({
  redirect_uris: [callback],
  token_endpoint_auth_method: 'none',
  scope: 'openid',
})
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwk = { ...(publicKey.export({ format: 'jwk' }) as JsonWebKey), use: 'sig', alg: 'RS256' }

const subjects: Subject[] = [
  {
    name: 'clients',
    add: async () => (await hydra.clients.create({ owner: run })).client_id,
    list: (pageSize) => hydra.clients.list({ owner: run, pageSize }),
    key: ({ client_id }: { client_id: string }) => client_id,
  },
  {
    name: 'trusted issuers',
    add: async (_hydra, n) => {
      const expires_at = '2040-01-01T00:00:00Z'
      const trust = {
        issuer: `https://${run}`,
        subject: `user-${n}`,
        jwk: { ...jwk, kid: run },
        scope: ['a'],
        expires_at,
      }
      return (await hydra.trustedIssuers.create(trust)).id
    },
    list: (pageSize) => hydra.trustedIssuers.list({ issuer: `https://${run}`, pageSize }),
    key: ({ id }: { id: string }) => id,
  },
  {
    name: 'consents',
    add: (_hydra, n) => consent(`state-${run}-${n}`),
    list: (pageSize) => hydra.consentSessions.list({ subject: run, pageSize }),
    key: ({ consent_request }: { consent_request: { request_url: string } }) =>
      new URL(consent_request.request_url).searchParams.get('state')!,
  },
]

let failed = 0
process.stdout.write(`Hydra ${(await hydra.serverVersion()).release}\n`)
for (const subject of subjects) await check(subject)
await hydra.close()
process.exitCode = failed === 0 ? 0 : 1

async function check({ name, add, list, key }: Subject): Promise<void> {
  const wanted: string[] = []
  for (let n = 0; n < COUNT; n += 1) wanted.push(await add(hydra, n))
  for (const pageSize of [1, 7, 100, 500]) {
    let listing = true
    let added = 0
    const adding = (async () => {
      // A list that grows as fast as it is read would have no end.
      while (listing && added < 100) {
        await add(hydra, COUNT + pageSize * 1_000 + added).then(() => (added += 1), ignoreCollision)
      }
    })()
    const found: string[] = []
    for await (const item of list(pageSize)) found.push(key(item as never))
    listing = false
    await adding
    const missing = wanted.filter((one) => !found.includes(one)).length
    const twice = found.length - new Set(found).size
    const passed = missing === 0 && twice === 0
    if (!passed) failed += 1
    const verdict = `${missing} missing, ${twice} twice, ${found.length} listed while ${added} were added`
    process.stdout.write(`${passed ? 'ok    ' : 'FAILED'} ${name} in pages of ${pageSize}: ${verdict}\n`)
  }
}

/** A database in memory lets reading and writing collide; an entry that wasn't added needn't be listed. */
function ignoreCollision(error: unknown): void {
  if (!isHydraHttpError(error) || !error.error.startsWith('Unable to serialize access')) throw error
}

/** One whole consent of the subject, in a browser of its own. */
async function consent(state: string): Promise<string> {
  const jar = new Map<string, string>()
  const visit = async (url: string): Promise<URL> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    return new URL(response.headers.get('location') ?? 'about:blank')
  }
  const url = hydra.oidc.authorizationUrl({ clientId: web.client_id, redirectUri: callback, scope: 'openid', state })
  const login = (await visit(url)).searchParams.get('login_challenge')!
  const signedIn = await hydra.loginRequests.accept(login, { subject: run })
  if (signedIn.state !== 'done') throw new Error(signedIn.state)
  const challenge = (await visit(signedIn.redirectTo)).searchParams.get('consent_challenge')!
  const granted = await hydra.consentRequests.accept(challenge, { grant_scope: ['openid'] })
  if (granted.state !== 'done') throw new Error(granted.state)
  await visit(granted.redirectTo)
  return state
}
