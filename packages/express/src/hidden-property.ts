/**
 * Sets a property that neither JSON nor a log of the object shows. It replaces an accessor, too, so that what an earlier
 * middleware put there has no say.
 */
export function setHidden(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: false, configurable: true, writable: true })
}
