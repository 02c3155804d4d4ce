/** Trusted issuers and the jwt-bearer grant (RFC 7523 section 2.1). */
import type { Answer } from '../answer.ts'
import { assertion, makeSigningKey, type AssertionClaims, type SigningKey } from '../assertions.ts'
import type { CaseContext } from '../case-context.ts'
import { defineCase, type ContractCase } from '../contract-case.ts'
import { claimsOf } from '../transcript/jwt.ts'

const path = '/trust/grants/jwt-bearer/issuers'
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const expiresAt = '2099-01-01T00:00:00Z'

export const trustCases: readonly ContractCase[] = [
  defineCase({
    name: 'trust-create-get-list-delete',
    operations: [
      'trustOAuth2JwtGrantIssuer',
      'getTrustedOAuth2JwtGrantIssuer',
      'listTrustedOAuth2JwtGrantIssuers',
      'deleteTrustedOAuth2JwtGrantIssuer',
    ],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t)
      const issuer = `https://${t.unique('issuer')}.example.com`
      const subject = t.unique('subject')
      const json = { issuer, subject, jwk: key.jwk, scope: ['photos.read'], expires_at: expiresAt }
      const created = await t.admin.post('create', path, { json })
      t.status(created, 201)
      t.member(created, 'public_key.set', issuer)
      t.member(created, 'public_key.kid', key.kid)
      const id = created.string('id')
      t.ok('location names it', created.header('location')?.endsWith(`${path}/${id}`) === true)
      t.status(await t.admin.get('get', `${path}/${id}`), 200)
      const listed = await t.admin.get('list', path, { query: { issuer } })
      t.equal('one in the list', listed.list().length, 1)
      const twice = await t.admin.post('the same again', path, { json })
      t.error(twice, 409, 'Unable to insert or update resource because a resource with that value exists already')
      const any = await t.admin.post('any subject', path, {
        json: { ...json, subject: undefined, allow_any_subject: true },
      })
      t.status(any, 201)
      t.member(any, 'allow_any_subject', true)
      const both = await t.admin.get('list both', path, { query: { issuer }, quiet: true })
      t.equal('two in the list', both.list().length, 2)
      t.equal(
        'none of another issuer',
        (await t.admin.get('list of nobody', path, { query: { issuer: 'https://nobody.example' } })).json,
        [],
      )
      const set = `/keys/${encodeURIComponent(issuer)}`
      t.status(await t.admin.get('the key is in a set of that name', set), t.by({ '1.11': 301, '26.2': 200 }))
      t.status(await t.admin.delete('delete', `${path}/${id}`), 204)
      const sibling = await t.admin.get('its sibling with the same key', `${path}/${any.string('id')}`)
      t.status(sibling, 404)
      t.error(await t.admin.get('get after delete', `${path}/${id}`), 404, 'Unable to locate the resource')
      t.error(await t.admin.delete('delete again', `${path}/${id}`), 404, 'Unable to locate the resource')
      t.status(await t.admin.get('id that is no UUID', `${path}/kitten`), { '1.11': 404, '26.2': 400 })
      t.status(await t.admin.delete('delete what is no UUID', `${path}/kitten`), { '1.11': 404, '26.2': 400 })
    },
  }),

  defineCase({
    name: 'trust-create-refused',
    operations: ['trustOAuth2JwtGrantIssuer'],
    profile: 'default',
    async run(t) {
      const key = makeSigningKey(t)
      const good = {
        issuer: `https://${t.unique('issuer')}.example.com`,
        subject: 'alice',
        jwk: key.jwk,
        expires_at: expiresAt,
      }
      const create = (step: string, change: Readonly<Record<string, unknown>>) =>
        t.admin.post(step, path, { json: { ...good, ...change } })
      const missing = 'missing_required_parameter'
      t.error(await create('no issuer', { issuer: undefined }), 400, missing)
      t.error(await create('no subject', { subject: undefined }), 400, missing)
      t.error(await create('subject and any subject', { allow_any_subject: true }), 400, missing)
      t.error(await create('no key', { jwk: undefined }), 400, missing)
      t.error(await create('key without kid', { jwk: { ...key.jwk, kid: undefined } }), 400, missing)
      t.error(await create('no end', { expires_at: undefined }), 400, missing)
      t.status(await create('end that is no date', { expires_at: 'soon' }), { '1.11': 500, '26.2': 400 })
      t.status(await create('scope as text', { scope: 'photos.read' }), { '1.11': 500, '26.2': 400 })
      t.status(await t.admin.post('not JSON', path, { text: '{' }), { '1.11': 500, '26.2': 400 })
      t.status(await t.admin.post('no body', path), { '1.11': 500, '26.2': 400 })
      t.error(await t.admin.post('empty object', path, { json: {} }), 400, missing)
      t.status(
        await create('unknown member, end in the past, no scope', {
          colour: 'red',
          expires_at: '2001-01-01T00:00:00Z',
        }),
        201,
      )
    },
  }),

  defineCase({
    name: 'jwt-bearer-grant',
    operations: ['trustOAuth2JwtGrantIssuer', 'oauth2TokenExchange', 'introspectOAuth2Token'],
    profile: 'default',
    async run(t) {
      const world = await prepare(t)
      const { subject } = world
      const good = await world.exchange('good', {}, { scope: 'photos.read' })
      t.status(good, 200)
      t.member(good, 'refresh_token', undefined)
      const seen = await t.admin.post('introspect', '/oauth2/introspect', {
        form: { token: good.string('access_token') },
      })
      t.member(seen, 'sub', subject)
      t.member(seen, 'scope', 'photos.read')
      t.member(seen, 'aud', [`${t.server.publicUrl}/oauth2/token`])
      t.member(await world.exchange('no scope', {}), 'scope', '')
      const audience = await world.exchange('audience parameter', {}, { audience: 'https://api.example.com' })
      t.status(audience, 200)
      const replay = assertion(world.key, world.claims())
      t.status(await world.post('first use', replay), 200)
      t.error(await world.post('second use', replay), 400, 'jti_known')
      const invalid: Readonly<Record<string, AssertionClaims>> = {
        'no iss': { iss: undefined },
        'no sub': { sub: undefined },
        'no aud': { aud: undefined },
        'no exp': { exp: undefined },
        'no iat': { iat: undefined },
        'no jti': { jti: undefined },
        'another subject': { sub: 'mallory' },
        'another issuer': { iss: 'https://other.example.com' },
        'aud is the issuer': { aud: t.issuer },
        expired: { exp: 1_600_000_000 },
        'not yet valid': { nbf: 4_000_000_000 },
        'too long a life': { exp: Math.floor(Date.now() / 1000) + 3600 * 24 * 31 },
      }
      for (const [step, claims] of Object.entries(invalid))
        t.error(await world.exchange(step, claims), 400, 'invalid_grant')
      t.error(await world.post('garbage', 'garbage'), 400, 'invalid_grant')
      t.error(await world.post('no assertion', undefined), 400, 'invalid_request')
      const stranger = makeSigningKey(t)
      t.error(
        await world.post('signed by another key', assertion({ ...stranger, kid: world.key.kid }, world.claims())),
        400,
        'invalid_grant',
      )
      t.error(await world.exchange('scope outside the trust', {}, { scope: 'photos.write' }), 400, 'invalid_scope')
      const without = await t.client({ grant_types: ['client_credentials'] })
      t.error(
        await world.post('client without the grant', assertion(world.key, world.claims()), { ...without.credentials }),
        400,
        'unauthorized_client',
      )
      t.error(
        await world.post('no client', assertion(world.key, world.claims()), {
          client_id: undefined,
          client_secret: undefined,
        }),
        400,
        'invalid_request',
      )
      t.error(
        await world.post('bad secret', assertion(world.key, world.claims()), { client_secret: 'wrong-secret' }),
        401,
        'invalid_client',
      )
      t.status(await world.post('without kid', assertion(world.key, world.claims(), { kid: undefined })), 200)
    },
  }),

  defineCase({
    name: 'jwt-bearer-audiences-and-any-subject',
    operations: ['trustOAuth2JwtGrantIssuer', 'oauth2TokenExchange'],
    profile: 'jwt',
    async run(t) {
      const client = await t.client()
      const key = makeSigningKey(t)
      const issuer = `https://${t.unique('issuer')}.example.com`
      const json = {
        issuer,
        subject: 'bob',
        jwk: key.jwk,
        scope: ['photos.read', 'photos.write'],
        expires_at: '2001-01-01T00:00:00Z',
      }
      t.status(await t.admin.post('a trust that is over', '/trust/grants/jwt-bearer/issuers', { json }), 201)
      const token = `${t.server.publicUrl}/oauth2/token`
      const grant = {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        scope: 'photos.read',
        ...client.credentials,
      }
      const claims = { iss: issuer, sub: 'bob', aud: [token, 'https://other.example.com'] }
      const issued = await t.public.post('several audiences', '/oauth2/token', {
        form: { ...grant, assertion: assertion(key, claims) },
      })
      t.status(issued, 200)
      const payload = claimsOf(issued.string('access_token'))
      t.equal('aud', payload['aud'], [token, 'https://other.example.com'])
      t.equal('sub', payload['sub'], 'bob')
    },
  }),
]

/** A client with the grant, and an issuer that is trusted for one subject. */
async function prepare(t: CaseContext): Promise<World> {
  const client = await t.client()
  const key = makeSigningKey(t)
  const issuer = `https://${t.unique('issuer')}.example.com`
  const subject = t.unique('subject')
  const json = { issuer, subject, jwk: key.jwk, scope: ['photos.read'], expires_at: expiresAt }
  const created = await t.admin.post('trust the issuer', path, { json })
  if (created.status !== 201) throw new Error(`the issuer was not trusted: ${created.status}, ${created.shape}`)
  const claims = (change: AssertionClaims = {}): AssertionClaims => ({
    iss: issuer,
    sub: subject,
    aud: `${t.server.publicUrl}/oauth2/token`,
    ...change,
  })
  const post: World['post'] = (step, value, form = {}) =>
    t.public.post(step, '/oauth2/token', {
      form: { grant_type: jwtBearer, assertion: value, ...client.credentials, ...form },
    })
  return {
    key,
    issuer,
    subject,
    claims,
    post,
    exchange: (step, change, form) => post(step, assertion(key, claims(change)), form),
  }
}

interface World {
  readonly key: SigningKey
  readonly issuer: string
  readonly subject: string
  claims(change?: AssertionClaims): AssertionClaims
  /** Posts an assertion as it is. */
  post(step: string, value: string | undefined, form?: Readonly<Record<string, string | undefined>>): Promise<Answer>
  /** Signs the claims with a change and posts them. */
  exchange(step: string, change: AssertionClaims, form?: Readonly<Record<string, string | undefined>>): Promise<Answer>
}
