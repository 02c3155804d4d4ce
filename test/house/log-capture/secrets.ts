/** What must never stand in a log: recognised by its look, or because it went over the wire before. */

const looks: Readonly<Record<string, RegExp>> = {
  'opaque token or code of Hydra': /\bory_[a-z]{2}_[\w-]{8,}/,
  'signed token': /\beyJ[\w-]{6,}\.[\w-]{8,}\.[\w-]*/,
  credentials: /\b(?:Bearer|Basic) [\w.~+/-]{16,}=*/i,
  'secret parameter':
    /\b(?:access_token|refresh_token|id_token|code|client_secret|password|(?:login|consent|logout)_verifier)=[\w.~%+-]{8,}/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----|"d":\s*"[\w-]{32,}"/,
}

/** Shorter values could stand in a log by chance. */
const shortest = 16

/** Values that must not be logged, gathered while tests run. */
export interface KnownSecrets {
  add(value: string | undefined): void
  values(): Iterable<string>
}

/** Creates an empty collection. */
export function knownSecrets(): KnownSecrets {
  const values = new Set<string>()
  return {
    add(value) {
      if (value !== undefined && value.length >= shortest) values.add(value)
    },
    values: () => values,
  }
}

/** Says which secrets stand in a text, with the line they stand in, and not what they are. */
export function findSecrets(text: string, known?: KnownSecrets): string[] {
  const found: string[] = []
  for (const line of text.split('\n')) {
    for (const [name, look] of Object.entries(looks)) {
      if (look.test(line)) found.push(`${name}: ${line.replace(new RegExp(look, `${look.flags}g`), '***')}`)
    }
    for (const value of known?.values() ?? []) {
      if (line.includes(value)) found.push(`went over the wire: ${line.replaceAll(value, '***')}`)
    }
  }
  return [...new Set(found)]
}
