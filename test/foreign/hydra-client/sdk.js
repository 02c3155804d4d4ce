import * as hydraClient from '@ory/hydra-client'

const exported = new Map(Object.entries(hydraClient))

/** Every API class of the package. */
export const apiClasses = [...exported]
  .filter(([name, value]) => name.endsWith('Api') && typeof value === 'function')
  .map(([name, value]) => ({ name, methods: methodsOf(value) }))

function methodsOf(api) {
  return Object.getOwnPropertyNames(api.prototype).filter((name) => name !== 'constructor')
}

/**
 * The package's API objects for one server. `onAnswer(method, response)` hears of every call that succeeded, so that a
 * case can prove that it has called the method it is about.
 */
export function openSdk(server, onAnswer) {
  const api = (basePath) => (className, configuration) => {
    const Api = exported.get(className)
    const instance = new Api(new hydraClient.Configuration({ basePath, ...configuration }))
    return new Proxy(instance, {
      get(target, name) {
        const member = target[name]
        if (typeof member !== 'function' || name === 'constructor') return member
        return async (...parameters) => {
          const response = await member.apply(target, parameters)
          onAnswer(`${className}.${String(name)}`, response)
          return response
        }
      },
    })
  }
  return { admin: api(server.adminUrl), public: api(server.publicUrl) }
}

/** Makes the next call stop at a redirect, which is these routes' success, as a login app in a server would do. */
export const atRedirect = { maxRedirects: 0, validateStatus: (status) => status === 302 || status === 303 }

/** Sends form parameters that the SDK has no arguments for, beside those that it has. */
export function alsoSending(parameters) {
  return { transformRequest: (form) => `${form}&${new URLSearchParams(parameters)}` }
}
