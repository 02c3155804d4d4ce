import { createHash, randomBytes } from 'node:crypto'
import { browser } from '@hydra-kit/embedded/testing'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { afterEach, expect, test } from '@jest/globals'
import { start, type Started } from '../src/start.ts'

let example: Started
afterEach(() => example.stop())

const tokenOf = (page: string): string => /name="form_token" value="([^"]*)"/.exec(page)?.[1] ?? ''

test.each([
  ['Express', () => undefined],
  ['Fastify', () => new FastifyAdapter()],
])(
  'sign in, allow, and be back at the client, whose token has the role: on %s',
  async (_name, adapter) => {
    example = await start({ port: 0, adapter: adapter() })
    const verifier = randomBytes(32).toString('base64url')
    const signInUrl = new URL(example.signInUrl)
    signInUrl.searchParams.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'))
    const user = browser()
    const page = await user.open(signInUrl.href, { follow: true })
    const wrong = await user.open(page.url, {
      form: { form_token: tokenOf(page.body), email: 'alice', password: 'wonderland' },
    })
    expect([wrong.status, wrong.body.includes('Please enter an e-mail address.')]).toEqual([422, true])
    const consent = await user.open(page.url, {
      form: { form_token: tokenOf(wrong.body), email: 'Alice@example.com', password: 'wonderland', remember: 'true' },
      follow: true,
    })
    expect(consent.body).toContain('Alice Liddell')
    expect(consent.body).toContain('Add photos to your album')
    const end = await user.open(consent.url, {
      form: { form_token: tokenOf(consent.body), scope: 'photos.read', choice: 'allow' },
      follow: true,
    })
    expect(end.body).toBe('Signed in: the client has a code.')
    const response = await fetch(new URL('/oauth2/token', signInUrl), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'photo-printer',
        code: new URL(end.url).searchParams.get('code') ?? '',
        redirect_uri: `${example.url}/callback`,
        code_verifier: verifier,
      }),
    })
    const tokens = (await response.json()) as { access_token: string; scope: string }
    expect(tokens.scope).toBe('openid photos.read')
    const introspected = await fetch(`${example.adminUrl}/admin/oauth2/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ token: tokens.access_token }),
    })
    expect(await introspected.json()).toMatchObject({ sub: 'u-1001', ext: { role: 'editor' } })
  },
  60_000,
)
