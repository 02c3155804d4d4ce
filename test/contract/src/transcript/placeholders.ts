/** Stands in for values that differ from run to run; the same value always gets the same placeholder. */

/** Values of one case and the placeholders they were given. */
export class Placeholders {
  readonly #byValue = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** The placeholder of a value, made from `kind` when the value is new: `<uuid>`, then `<uuid:2>`. */
  of(kind: string, value: string): string {
    const known = this.#byValue.get(value)
    if (known !== undefined) return known
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    const placeholder = count === 1 ? `<${kind}>` : `<${kind}:${count}>`
    this.#byValue.set(value, placeholder)
    return placeholder
  }

  /** Fixes the placeholder of a value, such as an origin. */
  set(value: string, placeholder: string): void {
    this.#byValue.set(value, placeholder)
  }

  get(value: string): string | undefined {
    return this.#byValue.get(value)
  }

  /** Replaces every known value inside a longer text, the longest first; short values only when they stand alone. */
  replaceIn(text: string): string {
    let result = text
    const inside = [...this.#byValue].filter(([value]) => value.length >= 6).toSorted(([a], [b]) => b.length - a.length)
    for (const [value, placeholder] of inside) {
      if (result.includes(value)) result = result.split(value).join(placeholder)
    }
    return result
  }
}
