/**
 * Places where embedded Hydra is meant to answer differently from the recorded server.
 * Each needs its reason, and each must occur: a line that no case needs any more fails the run.
 */
import type { Difference } from './transcript/compare.ts'

export interface KnownDifference {
  readonly case: string
  readonly step: string
  /** As printed in the report: `response.body.scope`; members below it are covered too. */
  readonly path: string
  readonly reason: string
}

export const knownDifferences: readonly KnownDifference[] = []

/** Splits the differences of one case into unexpected ones and known lines, and finds known lines that did not occur. */
export function sortOut(
  caseName: string,
  differences: readonly Difference[],
  known: readonly KnownDifference[] = knownDifferences,
): { readonly unexpected: readonly Difference[]; readonly unused: readonly KnownDifference[] } {
  const mine = known.filter((line) => line.case === caseName)
  const covers = (line: KnownDifference, { step, path }: Difference): boolean =>
    line.step === step && (path === line.path || path.startsWith(`${line.path}.`))
  return {
    unexpected: differences.filter((difference) => !mine.some((line) => covers(line, difference))),
    unused: mine.filter((line) => !differences.some((difference) => covers(line, difference))),
  }
}
