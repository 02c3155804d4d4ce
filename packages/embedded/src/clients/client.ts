import { type Kind, decodeError, decodeMembers } from '../http/go-json.ts'
import { formatDuration, parseDuration } from '../durations.ts'
import { decodeJwks } from '../tokens/jwk.ts'
import type { Jwk } from '../tokens/key-sets.ts'

/** The members of a client that hold a lifetime, in the order in which Hydra lists them. `null`: the server's. */
export const lifespanNames = [
  'authorization_code_grant_access_token_lifespan',
  'authorization_code_grant_id_token_lifespan',
  'authorization_code_grant_refresh_token_lifespan',
  'client_credentials_grant_access_token_lifespan',
  'implicit_grant_access_token_lifespan',
  'implicit_grant_id_token_lifespan',
  'jwt_bearer_grant_access_token_lifespan',
  'refresh_token_grant_id_token_lifespan',
  'refresh_token_grant_access_token_lifespan',
  'refresh_token_grant_refresh_token_lifespan',
  'device_authorization_grant_id_token_lifespan',
  'device_authorization_grant_access_token_lifespan',
  'device_authorization_grant_refresh_token_lifespan',
] as const

/** A member of {@link lifespanNames}. */
export type LifespanName = (typeof lifespanNames)[number]

/** The lifetimes of a client, in milliseconds. */
export type Lifespans = Record<LifespanName, number | null>

/** An OAuth2 client as it is stored. Names are those of the wire; lists may be `null` until they are first stored. */
export interface Client {
  client_id: string
  client_name: string
  /** Stored in clear: this server keeps no secrets worth hashing, and a hash costs 60 ms. "" while it is unchanged. */
  client_secret: string
  redirect_uris: string[] | null
  grant_types: string[] | null
  response_types: string[] | null
  scope: string
  audience: string[] | null
  owner: string
  policy_uri: string
  allowed_cors_origins: string[] | null
  tos_uri: string
  client_uri: string
  logo_uri: string
  contacts: string[] | null
  client_secret_expires_at: number
  subject_type: string
  sector_identifier_uri: string
  jwks_uri: string
  jwks: { keys?: Jwk[] } | null
  token_endpoint_auth_method: string
  token_endpoint_auth_signing_alg: string
  request_uris: string[] | null
  request_object_signing_alg: string
  userinfo_signed_response_alg: string
  created_at: string
  updated_at: string
  frontchannel_logout_uri: string
  frontchannel_logout_session_required: boolean
  post_logout_redirect_uris: string[] | null
  backchannel_logout_uri: string
  backchannel_logout_session_required: boolean
  metadata: unknown
  registration_access_token: string
  registration_client_uri: string
  access_token_strategy: string
  skip_consent: boolean
  skip_logout_consent: boolean | null
  lifespans: Lifespans
  /** Signature of the registration access token; never shown. */
  registrationSignature: string
}

const kinds = {
  client_id: 'string',
  client_name: 'string',
  client_secret: 'string',
  redirect_uris: 'strings',
  grant_types: 'strings',
  response_types: 'strings',
  scope: 'string',
  audience: 'strings',
  owner: 'string',
  policy_uri: 'string',
  allowed_cors_origins: 'strings',
  tos_uri: 'string',
  client_uri: 'string',
  logo_uri: 'string',
  contacts: 'strings',
  client_secret_expires_at: 'int',
  subject_type: 'string',
  sector_identifier_uri: 'string',
  jwks_uri: 'string',
  jwks: 'object',
  token_endpoint_auth_method: 'string',
  token_endpoint_auth_signing_alg: 'string',
  request_uris: 'strings',
  request_object_signing_alg: 'string',
  userinfo_signed_response_alg: 'string',
  created_at: 'string',
  updated_at: 'string',
  frontchannel_logout_uri: 'string',
  frontchannel_logout_session_required: 'bool',
  post_logout_redirect_uris: 'strings',
  backchannel_logout_uri: 'string',
  backchannel_logout_session_required: 'bool',
  metadata: 'json',
  registration_access_token: 'string',
  registration_client_uri: 'string',
  access_token_strategy: 'string',
  skip_consent: 'bool',
  skip_logout_consent: 'bool',
} as const satisfies Record<string, Kind>

const lifespanKinds = Object.fromEntries(lifespanNames.map((name) => [name, 'string'])) as Record<
  LifespanName,
  'string'
>

/** A client with nothing set. */
export function emptyClient(): Client {
  return {
    client_id: '',
    client_name: '',
    client_secret: '',
    redirect_uris: null,
    grant_types: null,
    response_types: null,
    scope: '',
    audience: null,
    owner: '',
    policy_uri: '',
    allowed_cors_origins: null,
    tos_uri: '',
    client_uri: '',
    logo_uri: '',
    contacts: null,
    client_secret_expires_at: 0,
    subject_type: '',
    sector_identifier_uri: '',
    jwks_uri: '',
    jwks: null,
    token_endpoint_auth_method: '',
    token_endpoint_auth_signing_alg: '',
    request_uris: null,
    request_object_signing_alg: '',
    userinfo_signed_response_alg: '',
    created_at: '',
    updated_at: '',
    frontchannel_logout_uri: '',
    frontchannel_logout_session_required: false,
    post_logout_redirect_uris: null,
    backchannel_logout_uri: '',
    backchannel_logout_session_required: false,
    metadata: undefined,
    registration_access_token: '',
    registration_client_uri: '',
    access_token_strategy: '',
    skip_consent: false,
    skip_logout_consent: null,
    lifespans: decodeLifespans({}),
    registrationSignature: '',
  }
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** Reads a client from a request body. @throws DecodeError */
export function decodeClient(document: unknown): Client {
  const members = decodeMembers(document, kinds) as Partial<Client>
  for (const name of ['created_at', 'updated_at'] as const) {
    const time = members[name]
    if (time !== undefined && !rfc3339.test(time)) throw decodeError(`the member ${name} is not a time`)
  }
  if (members.jwks) {
    const keys = decodeJwks(members.jwks)
    members.jwks = keys === null ? {} : { keys }
  }
  return { ...emptyClient(), ...members, lifespans: decodeLifespans(document) }
}

/** Reads the lifetimes from a request body; those that are missing are `null`. @throws DecodeError */
export function decodeLifespans(document: unknown): Lifespans {
  const members = decodeMembers(document, lifespanKinds)
  const entries = lifespanNames.map((name) => {
    const given = members[name]
    if (typeof given !== 'string') return [name, null]
    const ms = parseDuration(given)
    if (ms === undefined) throw decodeError(`the member ${name} is not a duration`)
    return [name, ms]
  })
  return Object.fromEntries(entries) as Lifespans
}

/** Members that are left out when they are empty. */
const omitEmpty: ReadonlySet<string> = new Set([
  'client_secret',
  'sector_identifier_uri',
  'jwks_uri',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'request_uris',
  'request_object_signing_alg',
  'userinfo_signed_response_alg',
  'frontchannel_logout_uri',
  'frontchannel_logout_session_required',
  'post_logout_redirect_uris',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
  'registration_access_token',
  'registration_client_uri',
  'access_token_strategy',
])

/** A client as Hydra shows it. */
export function encodeClient(client: Client): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const name of Object.keys(kinds) as (keyof typeof kinds)[]) {
    const value = client[name]
    if (omitEmpty.has(name) && isEmpty(value)) continue
    shown[name] = value
  }
  shown['jwks'] = client.jwks ?? {}
  shown['metadata'] = client.metadata === undefined ? {} : client.metadata
  for (const name of lifespanNames) {
    const ms = client.lifespans[name]
    shown[name] = ms === null ? null : formatDuration(ms)
  }
  return shown
}

function isEmpty(value: unknown): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** A client as others than its creator see it: no secret, no registration token. */
export function publicClient(client: Client): Record<string, unknown> {
  return encodeClient({ ...client, client_secret: '', registration_access_token: '', registration_client_uri: '' })
}

/** Whether a client has no secret (`token_endpoint_auth_method: none`). */
export function isPublicClient(client: Client): boolean {
  return client.token_endpoint_auth_method === 'none'
}

/** The keys a client registered itself, if any. */
export function registeredKeys(client: Client): Jwk[] | undefined {
  const keys = client.jwks?.keys
  return keys !== undefined && keys.length > 0 ? keys : undefined
}

/** Grant types of a client; `authorization_code` if it registered none. */
export function grantTypes(client: Client): readonly string[] {
  const types = client.grant_types ?? []
  return types.length === 0 ? ['authorization_code'] : types
}

/** Response types of a client; `code` if it registered none. */
export function responseTypes(client: Client): readonly string[] {
  const types = client.response_types ?? []
  return types.length === 0 ? ['code'] : types
}

/** Scopes of a client. */
export function clientScopes(client: Client): string[] {
  return client.scope.split(' ').filter((scope) => scope !== '')
}
