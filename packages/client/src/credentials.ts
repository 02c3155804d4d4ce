/** Verifiable credentials (public port, draft 00 of OpenID for Verifiable Credential Issuance); since 2.2. */
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller } from './caller.ts'
import { checkBearer } from './options.ts'
import { readObject, readStringMember } from './reading.ts'
import type { CredentialNonce, CredentialRequest, VerifiableCredential } from './wire/verifiable-credential.ts'

/** What asking for a credential gives. */
export type CredentialOutcome =
  | {
      /** The proof was good. */
      state: 'issued'
      /** The credential. */
      credential: VerifiableCredential
    }
  | {
      /** Ask again, with a proof. */
      state: 'proof_required'
      /** What the proof must contain. */
      nonce: CredentialNonce
    }

/** `hydra.credentials` */
export interface Credentials {
  /**
   * Asks for a credential with an access token that has the scope `userinfo_credential_draft_00`. Without `proof` the
   * result is a nonce to sign into one. Sent once.
   */
  create(accessToken: string, request: CredentialRequest, options?: CallOptions): HydraCall<CredentialOutcome>
}

/** @internal */
export function createCredentials(caller: Caller): Credentials {
  return {
    create: (accessToken, request, options) =>
      caller.call<CredentialOutcome>(() => ({
        operation: 'credentials.create',
        authorization: `Bearer ${checkBearer(accessToken, '`accessToken`')}`,
        json: request,
        read: (answer) => {
          const found = readObject(answer, 'credentials.create')
          readStringMember(found, 'credential_draft_00', answer, 'credentials.create')
          return { state: 'issued', credential: found as unknown as VerifiableCredential }
        },
        readRefusal: (status, { error, members }) => {
          if (status !== 400 || error !== 'missing_proof') return undefined
          const { format, c_nonce, c_nonce_expires_in } = members
          if (typeof c_nonce !== 'string' || typeof c_nonce_expires_in !== 'number') return undefined
          const nonce = { c_nonce, c_nonce_expires_in, ...(typeof format === 'string' ? { format } : {}) }
          return { result: { state: 'proof_required', nonce } }
        },
        options,
      })),
  }
}
