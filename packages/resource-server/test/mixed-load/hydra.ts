/**
 * The server under the load, in a process of its own so that its memory is not counted. Mints the tokens, says `ready`,
 * then takes orders: a fault, or none.
 */
import { startHydra } from '@hydra-kit/embedded'
import type { FaultKind } from '@hydra-kit/embedded'

/** What the load is told at the start. */
export interface Ready {
  readonly issuer: string
  readonly publicUrl: string
  readonly adminUrl: string
  /** Tokens that may be accepted or cause a 503, but never a 401. */
  readonly good: readonly string[]
  /** Tokens that must never be accepted. */
  readonly bad: readonly string[]
}

/** An order: this fault from now on, no connection at all, or none of it. */
export type Order = FaultKind | { readonly kind: 'pause' } | { readonly kind: 'none' }

export const audience = 'https://api.example'
/** The load's clock runs fast, so nothing may expire by itself. */
const expiresInSeconds = 1_000_000_000
const eachKind = 150

if (process.send !== undefined) void serve()

async function serve(): Promise<void> {
  const hydra = await startHydra()
  const { mint } = hydra
  const many = async (make: () => Promise<string>): Promise<string[]> =>
    Promise.all(Array.from({ length: eachKind }, make))
  const opaque = await many(() => mint.accessToken({ audience, expiresInSeconds }))
  const jwt = await many(() => mint.accessToken({ format: 'jwt', audience, expiresInSeconds }))
  const defects = ['expired', 'wrong_key', 'unknown_kid', 'alg_none', 'hmac_with_public_key', 'crit'] as const
  const bad = await Promise.all([
    ...defects.map((defect) => mint.accessToken({ format: 'jwt', audience, defect })),
    mint.accessToken({ format: 'jwt', audience: 'https://other.example', expiresInSeconds }),
    mint.accessToken({ audience: 'https://other.example', expiresInSeconds }),
    mint.accessToken({ expiresInSeconds }),
    mint.refreshToken({ audience, expiresInSeconds }),
    mint.idToken({ claims: { aud: [audience], client_id: 'minted-client', scp: [] } }),
  ])
  const { issuer, publicUrl, adminUrl } = hydra
  process.on('message', (order: Order) => void obey(order))
  process.send!({ issuer, publicUrl, adminUrl, good: [...opaque, ...jwt], bad } satisfies Ready)

  async function obey(order: Order): Promise<void> {
    await hydra.faults.clear()
    if (order.kind === 'pause') await hydra.faults.pause()
    else if (order.kind !== 'none') hydra.faults.add({ route: '*', ...order })
    process.send!('done')
  }
}
