/** Sets a property that neither JSON nor a log of the object shows. */
export function setHidden(target: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: false, configurable: true, writable: true })
}
