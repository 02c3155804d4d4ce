/** All cases, a file for each subject. */
import type { ContractCase } from '../contract-case.ts'
import { authorizeCases } from './authorize.ts'
import { browserBindingCases } from './browser-binding.ts'
import { clientChangeCases } from './client-changes.ts'
import { clientCases } from './clients.ts'
import { consentRequestCases } from './consent-requests.ts'
import { corsCases } from './cors.ts'
import { credentialCases } from './credentials.ts'
import { deviceCases } from './device.ts'
import { endedByTheOperatorCases } from './ended-by-the-operator.ts'
import { grantCases } from './grants.ts'
import { hookCases } from './hooks.ts'
import { introspectionCases } from './introspection.ts'
import { jwtCases } from './jwt.ts'
import { keyRotationCases } from './key-rotation.ts'
import { keyCases } from './keys.ts'
import { lifetimeCases } from './lifetimes.ts'
import { loginRequestCases } from './login-requests.ts'
import { logoutCases } from './logout.ts'
import { logoutChannelCases } from './logout-channels.ts'
import { metadataCases } from './metadata.ts'
import { oddBodyCases } from './odd-bodies.ts'
import { pagingCases } from './paging.ts'
import { privateKeyJwtCases } from './private-key-jwt.ts'
import { promptCases } from './prompt.ts'
import { refreshCases } from './refresh.ts'
import { registrationCases } from './registration.ts'
import { rememberCases } from './remember.ts'
import { requestObjectCases } from './request-objects.ts'
import { subjectAndClaimCases } from './subjects-and-claims.ts'
import { tokenCases } from './token.ts'
import { trustCases } from './trust.ts'
import { userinfoCases } from './userinfo.ts'

export const allCases: readonly ContractCase[] = [
  ...metadataCases,
  ...clientCases,
  ...clientChangeCases,
  ...authorizeCases,
  ...requestObjectCases,
  ...loginRequestCases,
  ...consentRequestCases,
  ...rememberCases,
  ...promptCases,
  ...browserBindingCases,
  ...tokenCases,
  ...refreshCases,
  ...grantCases,
  ...deviceCases,
  ...jwtCases,
  ...subjectAndClaimCases,
  ...lifetimeCases,
  ...introspectionCases,
  ...userinfoCases,
  ...endedByTheOperatorCases,
  ...logoutCases,
  ...logoutChannelCases,
  ...keyCases,
  ...keyRotationCases,
  ...trustCases,
  ...privateKeyJwtCases,
  ...registrationCases,
  ...corsCases,
  ...hookCases,
  ...pagingCases,
  ...oddBodyCases,
  ...credentialCases,
]

const seen = new Set<string>()
for (const { name } of allCases) {
  if (seen.has(name)) throw new Error(`two cases are called ${name}`)
  seen.add(name)
}
