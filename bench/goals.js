/** What is promised, and which bench measures it. A goal is met when the upper end of its interval is within the limit. */

const seen = (format, name, tokens) => ({
  bench: 'token-seen-before',
  settings: { format, tokens },
  goals: [
    {
      id: `${format}-seen-${tokens}`,
      title: `${name} seen before, ${tokens === 1 ? 'one token' : `${tokens} tokens in turn`}: CPU over bare Express`,
      limit: 5,
      unit: 'µs',
    },
  ],
})

/** Benches in the order they run; each in a process of its own. `jwts`: how many signed tokens it needs, if more than 100. */
export const benches = [
  ...[1, 100, 10_000].map((tokens) => seen('jwt', 'JWT', tokens)),
  ...[1, 100, 10_000].map((tokens) => seen('opaque', 'opaque token', tokens)),
  ...['express', 'fastify'].map((platform) => ({
    bench: 'nest-guard',
    settings: { platform },
    goals: [
      {
        id: `nest-${platform}`,
        title: `Nest guard on ${platform === 'express' ? 'Express' : 'Fastify'}, JWT seen before: CPU over a bare route`,
        limit: 10,
        unit: 'µs',
      },
    ],
  })),
  {
    bench: 'token-not-seen-before',
    settings: { format: 'jwt' },
    jwts: 5_100,
    goals: [{ id: 'jwt-unseen', title: 'JWT not seen before: CPU, over jose alone', limit: 1.1, unit: '×' }],
  },
  {
    bench: 'token-not-seen-before',
    settings: { format: 'opaque' },
    goals: [
      { id: 'opaque-unseen', title: 'opaque token not seen before: CPU, over undici alone', limit: 1.3, unit: '×' },
    ],
  },
  {
    bench: 'client-call',
    goals: [
      { id: 'client-undici', title: 'client, one introspection: CPU, over undici alone', limit: 1.15, unit: '×' },
      { id: 'client-sdk', title: 'client, one introspection: CPU, over the official SDK', limit: 1 / 3, unit: '×' },
    ],
  },
  {
    bench: 'many-at-once',
    goals: [{ id: 'at-once', title: '1000 equal unseen tokens at once: calls of Hydra', limit: 1, unit: 'calls' }],
  },
  {
    bench: 'forged-keys',
    goals: [
      { id: 'forged-fetches', title: '10000 forged key ids: fetches of the key set', limit: 2, unit: 'fetches' },
      { id: 'forged-misses', title: 'good tokens that lost their place in the cache meanwhile', limit: 0, unit: '%' },
    ],
  },
  {
    bench: 'memory',
    goals: [
      { id: 'memory', title: '100000 cached JWTs of 1.2 kB: memory', limit: 100, unit: 'MB' },
      { id: 'memory-hits', title: 'a hit among 100000 JWTs: CPU, over lru-cache by hand', limit: 1, unit: '×' },
    ],
  },
  {
    bench: 'embedded-start',
    goals: [
      { id: 'embedded-start', title: 'embedded Hydra: import and start to first answer', limit: 150, unit: 'ms' },
    ],
  },
  {
    bench: 'embedded-flow',
    goals: [
      { id: 'embedded-flow', title: 'embedded Hydra: a code flow, browser included: CPU', limit: 15, unit: 'ms' },
      { id: 'embedded-heap', title: 'embedded Hydra: heap growth after 1000 logins and reset()', limit: 5, unit: '%' },
    ],
  },
  {
    bench: 'login-consent',
    goals: [
      { id: 'login-consent', title: 'login and consent, four requests: CPU of the provider', limit: 3, unit: 'ms' },
    ],
  },
  {
    bench: 'over-http',
    settings: { format: 'jwt' },
    goals: [],
    table: { id: 'http-jwt', title: 'JWT seen before (100 in turn), over HTTP: CPU of the server' },
  },
  {
    bench: 'over-http',
    settings: { format: 'opaque' },
    goals: [],
    table: { id: 'http-opaque', title: 'opaque token seen before (100 in turn), over HTTP: CPU of the server' },
  },
]
