/** The public port: userinfo, browser addresses, registration, devices, credentials. */
import { describe, expect, test } from '@jest/globals'
import { createHydraClient } from '@hydra-kit/client'
import { useOneServer } from './support/one-server.ts'

const server = useOneServer()

describe('userinfo', () => {
  test('claims', async () => {
    server.answer(200, { sub: 'alice', name: 'A' })
    expect(await server.client().oidc.userinfo('t0.k')).toEqual({ format: 'json', claims: { sub: 'alice', name: 'A' } })
    expect(server.seen[0]?.headers.authorization).toBe('Bearer t0.k')
  })

  test('a signed JWT', async () => {
    server.handle(
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/jwt' }).end('a.b.c'),
    )
    expect(await server.client().oidc.userinfo('t')).toEqual({ format: 'jwt', jwt: 'a.b.c' })
    server.handle(
      (_request, response) => void response.writeHead(200, { 'content-type': 'application/jwt' }).end('abc'),
    )
    await expect(server.client().oidc.userinfo('t')).rejects.toMatchObject({ code: 'ERR_HYDRA_PROTOCOL' })
  })

  test.each(['', 'a b', 'a\n', undefined])('what is no token is never sent: %j', async (token) => {
    await expect(server.client().oidc.userinfo(token as string)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    expect(server.seen).toEqual([])
  })
})

describe('addresses for browsers', () => {
  const hydra = createHydraClient({ publicUrl: 'https://auth.example.com/hydra/', adminUrl: 'http://hydra:4445' })
  const request = { clientId: 'c 1', redirectUri: 'https://app.example/cb?x=1', state: 'state-12345' }

  test('authorization', () => {
    const url = new URL(
      hydra.oidc.authorizationUrl({
        ...request,
        scope: ['openid', 'offline'],
        audience: ['https://api', 'https://b'],
        codeChallenge: 'ch',
        prompt: 'login',
        maxAgeSeconds: 0,
        nonce: 'n',
        loginHint: 'al@x',
        uiLocales: ['de', 'en'],
        acrValues: '1',
        idTokenHint: 'a.b.c',
        display: 'page',
        responseMode: 'form_post',
        parameters: { identity_schema: 's' },
      }),
    )
    expect(url.origin + url.pathname).toBe('https://auth.example.com/hydra/oauth2/auth')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'c 1',
      redirect_uri: 'https://app.example/cb?x=1',
      response_type: 'code',
      scope: 'openid offline',
      state: 'state-12345',
      nonce: 'n',
      code_challenge: 'ch',
      code_challenge_method: 'S256',
      audience: 'https://api https://b',
      prompt: 'login',
      max_age: '0',
      login_hint: 'al@x',
      id_token_hint: 'a.b.c',
      acr_values: '1',
      ui_locales: 'de en',
      display: 'page',
      response_mode: 'form_post',
      identity_schema: 's',
    })
    expect(hydra.oidc.authorizationUrl(request)).not.toContain('code_challenge')
  })

  test('another address for the browser', () => {
    const internal = createHydraClient({ adminUrl: 'http://hydra:4445' })
    expect(internal.oidc.authorizationUrl({ ...request, issuer: 'https://id.example/' })).toMatch(
      /^https:\/\/id\.example\/oauth2\/auth\?/,
    )
    expect(() => internal.oidc.authorizationUrl(request)).toThrow(
      '`oidc.authorizationUrl` needs the `publicUrl` option',
    )
  })

  test.each([
    { ...request, clientId: '' },
    { ...request, redirectUri: '/cb' },
    { ...request, state: 'short' },
    { ...request, state: undefined },
    { ...request, issuer: 'id.example' },
    { ...request, codeVerifier: 'x' },
  ])('what Hydra would refuse: %j', (wrong) => {
    expect(() => hydra.oidc.authorizationUrl(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS' }))
  })

  test('end of session', () => {
    expect(hydra.oidc.endSessionUrl()).toBe('https://auth.example.com/hydra/oauth2/sessions/logout')
    expect(
      hydra.oidc.endSessionUrl({ idTokenHint: 'a.b.c', postLogoutRedirectUri: 'https://app/bye', state: 's&t' }),
    ).toBe(
      'https://auth.example.com/hydra/oauth2/sessions/logout?id_token_hint=a.b.c&post_logout_redirect_uri=https%3A%2F%2Fapp%2Fbye&state=s%26t',
    )
    for (const wrong of [{ state: 's' }, { postLogoutRedirectUri: 'https://app/bye' }, { idToken: 'x' }]) {
      expect(() => hydra.oidc.endSessionUrl(wrong)).toThrow(expect.objectContaining({ code: 'ERR_OPTIONS' }))
    }
  })

  test('device verification', () => {
    expect(hydra.device.verificationUrl()).toBe('https://auth.example.com/hydra/oauth2/device/verify')
    expect(hydra.device.verificationUrl({ userCode: 'a B', issuer: 'https://id.example' })).toBe(
      'https://id.example/oauth2/device/verify?user_code=a%20B',
    )
  })
})

describe('devices', () => {
  test('the client id is in the form even beside an Authorization header', async () => {
    const answer = { device_code: 'd', user_code: 'u', verification_uri: 'https://v', expires_in: 599, interval: 5 }
    server.answer(200, { ...answer, Header: null })
    const client = { clientId: 'c1', clientSecret: 's' }
    expect(await server.client().device.authorize({ ...client, scope: ['a', 'b'], audience: 'x' })).toEqual(answer)
    expect(server.lastForm()).toEqual({ client_id: 'c1', scope: 'a b', audience: 'x' })
    expect(server.seen[0]?.headers.authorization).toBe(`Basic ${btoa('c1:s')}`)
    await expect(server.client().device.authorize({} as never)).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
    await expect(server.client().device.authorize({ ...client, scopes: [] } as never)).rejects.toMatchObject({
      code: 'ERR_OPTIONS',
    })
  })
})

describe('registration', () => {
  test('the token goes along, whatever credentials the admin port has', async () => {
    server.answer(200, { client_id: 'c1', registration_access_token: 'next' })
    const hydra = server.client('1.11', { adminAuth: { bearer: 'admin' } })
    await hydra.registration.get('c1', 'reg')
    expect(await hydra.registration.set('c1', 'reg', { client_name: 'x', skip_consent: true })).toMatchObject({
      registration_access_token: 'next',
    })
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer reg', 'Bearer reg'])
    expect(server.lastJson()).toEqual({ client_name: 'x' })
    await expect(hydra.registration.get('c1', '')).rejects.toMatchObject({ code: 'ERR_OPTIONS' })
  })
})

describe('credentials', () => {
  const request = { format: 'jwt_vc_json', types: ['VerifiableCredential'] }
  test('without a proof: the nonce to sign', async () => {
    server.answer(400, {
      error: 'missing_proof',
      error_description: 'x',
      format: 'jwt_vc',
      c_nonce: 'n',
      c_nonce_expires_in: 60,
    })
    expect(await server.client().credentials.create('t', request)).toEqual({
      state: 'proof_required',
      nonce: { format: 'jwt_vc', c_nonce: 'n', c_nonce_expires_in: 60 },
    })
  })

  test('with a proof: the credential', async () => {
    server.answer(200, { format: 'jwt_vc_json', credential_draft_00: 'a.b.c' })
    const proof = { proof_type: 'jwt', jwt: 'x.y.z' }
    expect(await server.client().credentials.create('t', { ...request, proof })).toEqual({
      state: 'issued',
      credential: { format: 'jwt_vc_json', credential_draft_00: 'a.b.c' },
    })
    expect(server.lastJson()).toEqual({ ...request, proof })
  })

  test('any other refusal is an error', async () => {
    server.answer(400, { error: 'invalid_proof', error_description: 'x', c_nonce: 'n', c_nonce_expires_in: 60 })
    await expect(server.client().credentials.create('t', request)).rejects.toMatchObject({ error: 'invalid_proof' })
    server.answer(400, { error: 'missing_proof', error_description: 'x' })
    await expect(server.client().credentials.create('t', request)).rejects.toMatchObject({ error: 'missing_proof' })
  })
})
