/** Transcripts as files: `recorded/<version>/<profile>/<case>.json`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { TestedVersion } from '../server-version.ts'
import type { Json, Transcript } from './exchange.ts'

const root = join(import.meta.dirname, '..', '..', 'recorded')

/** Where the transcript of a case belongs. */
export function transcriptPath(version: TestedVersion, profile: string, name: string): string {
  return join(root, version, profile, `${name}.json`)
}

/** The transcript, `undefined` if the case was never recorded on that version. */
export function readTranscript(version: TestedVersion, profile: string, name: string): Transcript | undefined {
  const path = transcriptPath(version, profile, name)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Transcript) : undefined
}

/** Writes a transcript so that one line of it holds one small thing: good to read, good to compare. */
export function writeTranscript(version: TestedVersion, transcript: Transcript): void {
  const path = transcriptPath(version, transcript.profile, transcript.case)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${layOut(transcript as unknown as Json, '')}\n`)
}

/** JSON that breaks a line only where a value would not fit on one. */
export function layOut(value: Json, indent: string): string {
  const flat = JSON.stringify(value)
  if (value === null || typeof value !== 'object' || flat.length + indent.length <= 120) return flat
  const inner = `${indent} `
  if (Array.isArray(value)) {
    return `[\n${value.map((item: Json) => inner + layOut(item, inner)).join(',\n')}\n${indent}]`
  }
  const members = Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${layOut(item, inner)}`)
  return `{\n${members.join(',\n')}\n${indent}}`
}
