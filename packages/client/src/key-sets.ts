/** JSON Web Key Sets (admin port). Answers contain **private keys**. */
import type { Answer } from './answer.ts'
import type { CallOptions, HydraCall } from './call.ts'
import type { Caller, OperationCall } from './caller.ts'
import { isHydraHttpError } from './errors.ts'
import { optionsError } from './options-error.ts'
import { refuseUnknown, requireText } from './arguments.ts'
import type { OperationName } from './operations.ts'
import { isJsonObject, readObject, wrongShape } from './reading.ts'
import type { JsonWebKey, JsonWebKeySet } from './wire/json-web-key.ts'

/** A key to generate. */
export interface KeyRequest {
  /**
   * 1.4 – 1.10: `RS256 ES512 HS256 HS512`; 1.11 also `ES256 EdDSA`; since 2.0 `RS256/384/512 PS256/384/512 ES256/384/512
   * EdDSA` and no symmetric ones. 1.11 can sign only with RSA keys.
   */
  alg: string
  /** Default `sig`. */
  use?: string | undefined
  /** Default: a UUID. 1.x stores a pair under `private:<kid>` and `public:<kid>`. */
  kid?: string | undefined
}

/** `hydra.keySets` */
export interface KeySets {
  /**
   * Generates a key into a set, which is made if it doesn't exist. In the sets `hydra.openid.id-token` and
   * `hydra.jwt.access-token` the new key signs from then on. Sent once: a repetition would make a second key.
   */
  create(set: string, key: KeyRequest, options?: CallOptions): HydraCall<JsonWebKeySet>
  /** All keys of a set, newest first. Unknown or empty: 404. */
  get(set: string, options?: CallOptions): HydraCall<JsonWebKeySet>
  /** Replaces a whole set; an empty one empties it. */
  set(set: string, keys: JsonWebKeySet, options?: CallOptions): HydraCall<JsonWebKeySet>
  /** Deletes a set. No error if it doesn't exist. Don't delete Hydra's own sets on 1.x: sign-in then fails until a restart. */
  delete(set: string, options?: CallOptions): HydraCall<void>
  /** One key. On 1.x a `kid` without prefix finds the private half of a pair, too. Unknown: 404. */
  getKey(set: string, kid: string, options?: CallOptions): HydraCall<JsonWebKey>
  /**
   * Adds or replaces one key, under the `kid` given (on 1.x exactly that, with its prefix if it is to replace half a
   * pair). Don't put a symmetric key into `hydra.jwt.access-token`: the public key set of 26.2 then answers 500.
   */
  setKey(set: string, kid: string, key: JsonWebKey, options?: CallOptions): HydraCall<JsonWebKey>
  /** Deletes one key; on 1.x a `kid` without prefix deletes both halves of a pair. No error if it doesn't exist. */
  deleteKey(set: string, kid: string, options?: CallOptions): HydraCall<void>
}

/** @internal */
export function createKeySets(caller: Caller): KeySets {
  const oneKey = (set: string, kid: string, options: CallOptions | undefined): OperationCall<JsonWebKey> => ({
    operation: 'keySets.getKey',
    ids: [set, kid],
    read: (answer) => {
      const [key] = readKeySet('keySets.getKey')(answer).keys
      if (key === undefined) throw wrongShape(answer, 'keySets.getKey', 'a set of one key')
      return key
    },
    options,
  })

  const deletion = (set: string, kid: string, options: CallOptions | undefined): OperationCall<void> => ({
    operation: 'keySets.deleteKey',
    ids: [set, kid],
    read: () => undefined,
    options,
  })

  return {
    create: (set, key, options) =>
      caller.call(() => {
        refuseUnknown(key, ['alg', 'use', 'kid'])
        const { alg, use = 'sig', kid = '' } = key
        return {
          operation: 'keySets.create',
          ids: [set],
          json: { alg: requireText(alg, 'alg'), use, kid },
          read: readKeySet('keySets.create'),
          options,
        }
      }),

    get: (set, options) =>
      caller.call(() => ({ operation: 'keySets.get', ids: [set], read: readKeySet('keySets.get'), options })),

    set: (set, keys, options) =>
      caller.call(() => {
        if (!Array.isArray(keys?.keys)) throw optionsError('`keySets.set` needs a set: { keys: [...] }')
        return { operation: 'keySets.set', ids: [set], json: keys, read: readKeySet('keySets.set'), options }
      }),

    delete: (set, options) =>
      caller.call(() => ({ operation: 'keySets.delete', ids: [set], read: () => undefined, options })),

    getKey: (set, kid, options) =>
      caller.compose(async (slot) => {
        try {
          return await caller.run(oneKey(set, kid, options), slot)
        } catch (error) {
          if (!isHydraHttpError(error) || error.status !== 404 || !isHalfless(caller, kid)) throw error
          return caller.run(oneKey(set, `private:${kid}`, options), slot)
        }
      }),

    setKey: (set, kid, key, options) =>
      caller.call(() => {
        requireText(kid, 'kid')
        // The server goes by the kid of the body and ignores the one of the path.
        if (key?.kid !== undefined && key.kid !== kid) {
          throw optionsError('`keySets.setKey`: the `kid` of the key must be the `kid` given, or left out')
        }
        return {
          operation: 'keySets.setKey',
          ids: [set, kid],
          json: { ...key, kid },
          read: (answer) => {
            const found = readObject(answer, 'keySets.setKey')
            if (typeof found['kty'] !== 'string') throw wrongShape(answer, 'keySets.setKey', 'a key')
            return found as unknown as JsonWebKey
          },
          options,
        }
      }),

    deleteKey: (set, kid, options) =>
      caller.compose(async (slot) => {
        await caller.run(deletion(set, kid, options), slot)
        if (!isHalfless(caller, kid)) return
        await caller.run(deletion(set, `private:${kid}`, options), slot)
        await caller.run(deletion(set, `public:${kid}`, options), slot)
      }),
  }
}

/** Whether the server keeps pairs and the `kid` names none of the halves. */
function isHalfless(caller: Caller, kid: string): boolean {
  return caller.server.knownFeatures?.keyPairs === true && !/^(private|public):/.test(kid)
}

/**
 * Reads a key set; `null` for an empty one, as servers answer it. Members that are no objects are left out: a key that
 * nobody understands must not cost the others (RFC 7517 section 5).
 */
export function readKeySet(operation: OperationName): (answer: Answer) => JsonWebKeySet {
  return (answer) => {
    const { keys } = readObject(answer, operation)
    const list = keys ?? (keys === null ? [] : undefined)
    if (!Array.isArray(list)) throw wrongShape(answer, operation, 'a key set')
    return { keys: list.filter(isJsonObject) as unknown as JsonWebKey[] }
  }
}
