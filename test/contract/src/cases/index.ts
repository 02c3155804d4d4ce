/** All cases, in the order of the API: a file for each subject. */
import type { ContractCase } from '../contract-case.ts'
import { finerPointCases } from './finer-points.ts'
import { requestObjectCases } from './request-objects.ts'
import { grantCases } from './grants.ts'
import { subjectAndClaimCases } from './subjects-and-claims.ts'
import { pagingCases } from './paging.ts'
import { lifetimeCases } from './lifetimes.ts'
import { hookCases } from './hooks.ts'
import { deviceCases } from './device.ts'
import { credentialCases } from './credentials.ts'
import { registrationCases } from './registration.ts'
import { trustCases } from './trust.ts'
import { keyCases } from './keys.ts'
import { sessionCases } from './sessions.ts'
import { logoutCases } from './logout.ts'
import { browserBindingCases } from './browser-binding.ts'
import { authorizeCases } from './authorize.ts'
import { clientCases } from './clients.ts'
import { introspectionCases } from './introspection.ts'
import { jwtCases } from './jwt.ts'
import { loginConsentCases } from './login-consent.ts'
import { metadataCases } from './metadata.ts'
import { tokenCases } from './token.ts'

export const allCases: readonly ContractCase[] = [
  ...metadataCases,
  ...clientCases,
  ...authorizeCases,
  ...loginConsentCases,
  ...tokenCases,
  ...introspectionCases,
  ...jwtCases,
  ...finerPointCases,
  ...requestObjectCases,
  ...grantCases,
  ...subjectAndClaimCases,
  ...pagingCases,
  ...lifetimeCases,
  ...hookCases,
  ...deviceCases,
  ...credentialCases,
  ...registrationCases,
  ...trustCases,
  ...keyCases,
  ...sessionCases,
  ...logoutCases,
  ...browserBindingCases,
]

const seen = new Set<string>()
for (const { name } of allCases) {
  if (seen.has(name)) throw new Error(`two cases are called ${name}`)
  seen.add(name)
}
