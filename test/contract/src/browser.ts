/** A browser as far as Hydra can see one: a cookie jar for one host. */

/** Cookies of one browser; Hydra sets all of its own for `Path=/` on one host, so name and value are enough. */
export class Browser {
  readonly #cookies = new Map<string, string>()

  /** Takes over what a `set-cookie` header says; `Max-Age=0` and an expiry in the past delete. */
  store(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [pair = '', ...attributes] = line.split(/;\s*/)
      const at = pair.indexOf('=')
      const name = pair.slice(0, at)
      const ended = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute) || isPast(attribute))
      if (ended) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(at + 1))
    }
  }

  /** The `cookie` header to send, if there is anything to send. */
  get header(): string | undefined {
    if (this.#cookies.size === 0) return undefined
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Names of the cookies held, sorted. */
  get names(): readonly string[] {
    return [...this.#cookies.keys()].toSorted()
  }

  /** Forgets the cookies whose name contains `part`; all of them without it. */
  forget(part = ''): void {
    for (const name of this.#cookies.keys()) if (name.includes(part)) this.#cookies.delete(name)
  }

  /** A second browser that starts with the same cookies. */
  copy(): Browser {
    const twin = new Browser()
    for (const [name, value] of this.#cookies) twin.#cookies.set(name, value)
    return twin
  }
}

function isPast(attribute: string): boolean {
  if (!/^expires=/i.test(attribute)) return false
  const time = Date.parse(attribute.slice('expires='.length))
  return Number.isFinite(time) && time <= Date.now()
}
