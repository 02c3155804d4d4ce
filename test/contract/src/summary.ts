/** The count that closes a run. */
import { operationNames, type Operation } from './operations.ts'
import type { CaseResult } from './run-case.ts'

/** Cases and checks for each operation, in a table; a whole run also names the operations that no case called. */
export function operationTable(results: readonly CaseResult[], whole: boolean): string {
  const rows = operationNames.map((operation) => ({
    operation,
    cases: results.filter(({ operations }) => operations.has(operation)).length,
    checks: countChecks(results, operation),
  }))
  const called = rows.filter(({ cases }) => cases > 0)
  const width = Math.max(...operationNames.map(({ length }) => length))
  const lines = called.map(
    ({ operation, cases, checks }) =>
      `  ${operation.padEnd(width)}  ${String(cases).padStart(4)} cases  ${String(checks).padStart(5)} checks`,
  )
  const missing = rows.filter(({ cases }) => cases === 0).map(({ operation }) => operation)
  return [
    ...lines,
    ...(missing.length === 0 || !whole ? [] : [`  not called in this run: ${missing.join(', ')}`]),
  ].join('\n')
}

/** All facts and compared exchanges of a run. */
export function totals(results: readonly CaseResult[]): { readonly checks: number; readonly exchanges: number } {
  return {
    checks: results.reduce((sum, { checks }) => sum + checks.length, 0),
    exchanges: results.reduce((sum, { exchanges }) => sum + exchanges.length, 0),
  }
}

function countChecks(results: readonly CaseResult[], operation: Operation): number {
  return results.flatMap(({ checks }) => checks).filter((check) => check.operation === operation).length
}
