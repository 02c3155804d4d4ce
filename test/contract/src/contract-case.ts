/** What a case is. */
import type { CaseContext } from './case-context.ts'
import type { Operation } from './operations.ts'
import type { ProfileName } from './profiles.ts'

/** One fact, or a few that belong together, about a running Hydra. */
export interface ContractCase {
  /** Unique; also the transcript's file name. Lower case, words separated by `-`. */
  readonly name: string
  /** The operations that this case is about. A case that never calls one of them fails. */
  readonly operations: readonly Operation[]
  readonly profile: ProfileName
  /** First server version that has the subject of this case, for example `25.4`. */
  readonly since?: string
  /** Last server version that has it, for example `1.11`. */
  readonly until?: string
  /** Only for embedded Hydra: nothing to record. */
  readonly embeddedOnly?: boolean
  /** Embedded Hydra can't serve this yet. A case that passes there all the same fails the run, so the list shrinks. */
  readonly notYetEmbedded?: boolean
  run(t: CaseContext): Promise<void>
}

/** Keeps the literal types of a case and checks its shape. */
export function defineCase(definition: ContractCase): ContractCase {
  if (!/^[a-z\d]+(-[a-z\d]+)*$/.test(definition.name))
    throw new TypeError(`case name "${definition.name}": use a-z, 0-9 and -`)
  return definition
}
