/** Release numbers of Hydra servers. */
import { optionsError } from '../options-error.ts'

/** A line of releases. */
export type ServerLine =
  | '1.4'
  | '1.5'
  | '1.6'
  | '1.7'
  | '1.8'
  | '1.9'
  | '1.10'
  | '1.11'
  | '2.0'
  | '2.1'
  | '2.2'
  | '2.3'
  | '25.4'
  | '26.2'

/** The newest release of each line that this package knows; the versions `1.11.10` and `26.2.0` are tested on real servers. */
const newestOfLine: Readonly<Record<ServerLine, string>> = {
  '1.4': '1.4.10',
  '1.5': '1.5.2',
  '1.6': '1.6.0',
  '1.7': '1.7.4',
  '1.8': '1.8.5',
  '1.9': '1.9.2',
  '1.10': '1.10.7',
  '1.11': '1.11.10',
  '2.0': '2.0.3',
  '2.1': '2.1.2',
  '2.2': '2.2.0',
  '2.3': '2.3.0',
  '25.4': '25.4.0',
  '26.2': '26.2.0',
}

/** The oldest and the newest line that this package knows. */
const OLDEST: ServerLine = '1.4'

/** All lines, oldest first. */
export const serverLines: readonly ServerLine[] = Object.keys(newestOfLine) as ServerLine[]

/** Which server a client talks to. */
export interface ServerVersion {
  /** The line that the client behaves for: the server's own, or the nearest older one that this package knows. */
  readonly line: ServerLine
  /** The release, such as `1.11.10`; the newest of the line if only the line is known. */
  readonly release: string
  /** Who said so: the `serverVersion` option, the server's `/version`, or (development builds) its behaviour. */
  readonly source: 'option' | 'version' | 'behaviour'
}

/** Whether `release` is `minimum` or later. Both are `major.minor[.patch]`. */
export function isAtLeast(release: string, minimum: string): boolean {
  const have = release.split('.')
  const need = minimum.split('.')
  for (let i = 0; i < 3; i += 1) {
    const difference = Number(have[i] ?? 0) - Number(need[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/**
 * Reads a release number as servers and people write it (`v1.11.10`, `1.11`, `26.2.0-pre.1`).
 *
 * @returns `undefined` if it isn't one: development builds answer `master`
 * @throws TypeError `ERR_OPTIONS` for a server older than 1.4
 */
export function parseServerVersion(text: string, source: ServerVersion['source']): ServerVersion | undefined {
  const match = /^v?(\d{1,4}\.\d{1,4})(?:(\.\d{1,4})(?:[-+][\w.+-]*)?)?$/.exec(text)
  if (match === null) return undefined
  const [, minor = '', patch] = match
  if (!isAtLeast(minor, OLDEST)) {
    throw optionsError(`Hydra ${text} is older than ${OLDEST}, the oldest server that this package can talk to`)
  }
  const line = serverLines.findLast((candidate) => isAtLeast(minor, candidate)) ?? OLDEST
  const release = patch !== undefined ? `${minor}${patch}` : line === minor ? newestOfLine[line] : `${minor}.0`
  return { line, release, source }
}
