/** Server generations as far as the suite tells them apart, and facts that differ between them. */

/** A server the suite has transcripts of; embedded Hydra is measured against `26.2`. */
export type TestedVersion = '1.11' | '26.2'

/** The release behind each name: `since: '1.11.9'` includes the `1.11` that is tested. */
const releases: Readonly<Record<TestedVersion, string>> = { '1.11': '1.11.10', '26.2': '26.2.0' }

/** Whether a tested server is of this release or a later one. */
export function isAtLeast(version: TestedVersion, release: string): boolean {
  return compareVersions(releases[version], release) >= 0
}

/** Whether a tested server belongs to this line or an earlier one: 1.11.10 is still `until: '1.11'`. */
export function isAtMost(version: TestedVersion, line: string): boolean {
  return compareVersions(version, line) <= 0
}

/** One value for all servers, or one for each. */
export type ByVersion<T> = T | { readonly '1.11': T; readonly '26.2': T }

/** The value for this server. */
export function pick<T extends string | number | boolean | null | undefined>(
  value: ByVersion<T>,
  version: TestedVersion,
): T {
  return typeof value === 'object' && value !== null ? value[version] : value
}

/** Compares dotted version numbers: negative when `a` is the older. */
function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
